"""Values to the parameters of a function, by their annotations."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kpy.errors import LoadError
from kpy.loading.values import Text, Values

__all__ = ["fill", "fill_values", "fit_said"]

Arguments = tuple[list[object], dict[str, object]]


def fill(function: Callable[..., object], values: Values, *, where: str) -> Arguments:
    """Return the arguments for a call of the function, its parameters filled from values.

    A parameter that is a list takes several texts of a command line, or one with commas; every other takes one. Raises
    `LoadError` for names that the function does not have, for values that do not fit, and when a parameter without a
    default has none.
    """
    parameters = _parameters(function)
    named = {
        name: each for name, each in parameters.items() if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    }
    rest = next((each for each in parameters.values() if each.kind is each.VAR_KEYWORD), None)
    given = values.for_names(named)
    if rest is None:
        _refuse_unknown(given, values, list(named), where)
    _refuse_missing(given, named, where, _as_options)

    args: list[object] = []
    kwargs: dict[str, object] = {}
    for name, parameter in named.items():
        if name not in given and parameter.kind is not parameter.POSITIONAL_ONLY:
            continue
        value = _value(name, given[name], parameter, function, values, where) if name in given else parameter.default
        if parameter.kind is parameter.POSITIONAL_ONLY:
            args.append(value)
        else:
            kwargs[name] = value
    for name in given:
        if rest is not None and name not in named:
            kwargs[name] = _value(name, given[name], rest, function, values, where)
    return args, kwargs


def fit_said(function: Callable[..., object], values: Values, *, where: str) -> dict[str, object]:
    """Return the values that are said for parameters of the function, as it would be called with them.

    Parameters without a value are left out. Raises `LoadError` as `fill` does for names and values that do not fit.
    """
    parameters = _parameters(function)
    named = {
        name: each for name, each in parameters.items() if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    }
    given = values.for_names(named)
    if not any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        _refuse_unknown(given, values, list(named), where)
    return {
        name: _value(name, given[name], each, function, values, where) for name, each in named.items() if name in given
    }


def fill_values(function: Callable[..., object], values: Mapping[str, object], *, where: str) -> dict[str, object]:
    """Return the arguments for a call of the function from values of Python; texts are converted as `fill` does.

    A text that is what the parameter takes stays as it is. Raises `LoadError` as `fill` does.
    """
    parameters = _parameters(function)
    named = {
        name: each for name, each in parameters.items() if each.kind in (each.KEYWORD_ONLY, each.POSITIONAL_OR_KEYWORD)
    }
    if not any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        _refuse_unknown(values, Values(), list(named), where)
    _refuse_missing(values, named, where, _as_arguments)
    return {
        name: _given(name, value, named[name], function, where) if name in named else value
        for name, value in values.items()
    }


def _given(
    name: str, value: object, parameter: inspect.Parameter, function: Callable[..., object], where: str
) -> object:
    """Return a value of Python for a parameter; a text becomes what it means there."""
    if isinstance(value, str):
        return _value(name, Text((value,)), parameter, function, Values.of_texts({name: [value]}), where)
    if parameter.annotation is not parameter.empty:
        from kpy.model.expectations import expectation, misfit
        from kpy.model.shown import shown

        fault = misfit(value, _annotation(name, value, parameter, function, where))
        if fault is not None:
            raise LoadError(f"{where}: `{name}` must be {expectation(fault.hint)}, not {shown(fault.value)}")
    return value


def _parameters(function: Callable[..., object]) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return {}


def _refuse_unknown(given: Mapping[str, object], values: Values, names: list[str], where: str) -> None:
    unknown = [name for name in given if name not in names]
    if not unknown:
        return
    from difflib import get_close_matches

    if near := get_close_matches(unknown[0], names, n=1):
        hint = f"; did you mean `{near[0]}`?"
    elif names:
        hint = f"; it has {', '.join(f'`{name}`' for name in names)}"
    else:
        hint = "; it has none"
    raise LoadError(f"{_at(values, unknown[0], where)} has no parameter `{unknown[0]}`{hint}")


def _at(values: Values, name: str, where: str) -> str:
    """Return what is called, after the place of a value that a file says."""
    if values.is_of_command_line((name,)):
        return where
    return f"{values.place((name,))}: {where.rpartition(': ')[2]}"


def _refuse_missing(
    values: Mapping[str, object],
    named: Mapping[str, inspect.Parameter],
    where: str,
    how: Callable[[Sequence[str]], str],
) -> None:
    missing = [name for name, each in named.items() if each.default is each.empty and name not in values]
    if missing:
        names = ", ".join(f"`{name}`" for name in missing)
        raise LoadError(f"{where} needs a value for {names}: {how(missing)}")


def _as_options(names: Sequence[str]) -> str:
    return f"add {' '.join(f'--set {name}=...' for name in names)}"


def _as_arguments(names: Sequence[str]) -> str:
    return f"`OtherApp(..., {', '.join(f'{name}=...' for name in names)})`"


def _value(
    name: str,
    value: object,
    parameter: inspect.Parameter,
    function: Callable[..., object],
    values: Values,
    where: str,
) -> object:
    from kpy.loading.fitting import MisfitError, fit

    annotation = _annotation(name, value, parameter, function, where)
    try:
        return fit(value, annotation, (name,), values.resolve)
    except MisfitError as error:
        dotted = ".".join(error.keys)
        if not values.is_of_command_line(error.keys):
            raise LoadError(f"{values.place(error.keys)}: `{dotted}`: {error}") from None
        said = f"={found.texts[0]}" if error.is_of_text and isinstance(found := values.at(error.keys), Text) else ""
        raise LoadError(f"{where}: {dotted}{_fit_to_show(dotted, said)}: {error}") from None


def _fit_to_show(name: str, said: str) -> str:
    from kpy.redaction.fields import is_sensitive_name

    return "=..." if said and is_sensitive_name(name.rpartition(".")[2]) else said


def _annotation(
    name: str, value: object, parameter: inspect.Parameter, function: Callable[..., object], where: str
) -> Any:
    """Return the annotation as an object; without one, the type of the default says what is meant."""
    annotation = parameter.annotation
    if annotation is parameter.empty:
        default = type(parameter.default)
        if default in (bool, int, float):
            return default
        return str if isinstance(value, Text) or default is str else Any
    if isinstance(annotation, str):
        scope = getattr(inspect.unwrap(function), "__globals__", {})
        try:
            return eval(annotation, scope)
        except Exception as error:
            raise LoadError(f"{where}: the annotation of `{name}`, {annotation}, cannot be resolved: {error}") from None
    return annotation
