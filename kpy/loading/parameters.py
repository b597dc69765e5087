"""Texts of a command line to the parameters of a function, by their annotations."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kpy.errors import LoadError

__all__ = ["fill", "fill_values"]

Arguments = tuple[list[object], dict[str, object]]


def fill(function: Callable[..., object], values: Mapping[str, Sequence[str]], *, where: str) -> Arguments:
    """Return the arguments for a call of the function, its parameters filled from texts.

    A parameter that is a list takes several texts, or one with commas; every other takes one. Raises `LoadError` for
    names that the function does not have, for texts that do not fit, and when a parameter without a default has none.
    """
    parameters = _parameters(function)
    named = {
        name: each for name, each in parameters.items() if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    }
    rest = next((each for each in parameters.values() if each.kind is each.VAR_KEYWORD), None)
    if rest is None:
        _refuse_unknown(values, list(named), where)
    _refuse_missing(values, named, where, _as_options)

    args: list[object] = []
    kwargs: dict[str, object] = {}
    for name, parameter in named.items():
        if name not in values and parameter.kind is not parameter.POSITIONAL_ONLY:
            continue
        value = _value(name, values[name], parameter, function, where) if name in values else parameter.default
        if parameter.kind is parameter.POSITIONAL_ONLY:
            args.append(value)
        else:
            kwargs[name] = value
    for name in values:
        if rest is not None and name not in named:
            kwargs[name] = _value(name, values[name], rest, function, where)
    return args, kwargs


def fill_values(function: Callable[..., object], values: Mapping[str, object], *, where: str) -> dict[str, object]:
    """Return the arguments for a call of the function from values of Python; texts are converted as `fill` does.

    A text that is what the parameter takes stays as it is. Raises `LoadError` as `fill` does.
    """
    parameters = _parameters(function)
    named = {
        name: each for name, each in parameters.items() if each.kind in (each.KEYWORD_ONLY, each.POSITIONAL_OR_KEYWORD)
    }
    if not any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        _refuse_unknown(values, list(named), where)
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
        return _value(name, [value], parameter, function, where)
    if parameter.annotation is not parameter.empty:
        from kpy.model.expectations import expectation, misfit
        from kpy.model.shown import shown

        fault = misfit(value, _annotation(name, parameter, function, where))
        if fault is not None:
            raise LoadError(f"{where}: `{name}` must be {expectation(fault.hint)}, not {shown(fault.value)}")
    return value


def _parameters(function: Callable[..., object]) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return {}


def _refuse_unknown(values: Mapping[str, object], names: list[str], where: str) -> None:
    unknown = [name for name in values if name not in names]
    if not unknown:
        return
    from difflib import get_close_matches

    if near := get_close_matches(unknown[0], names, n=1):
        hint = f"; did you mean `{near[0]}`?"
    elif names:
        hint = f"; it has {', '.join(f'`{name}`' for name in names)}"
    else:
        hint = "; it has none"
    raise LoadError(f"{where} has no parameter `{unknown[0]}`{hint}")


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
    name: str, texts: Sequence[str], parameter: inspect.Parameter, function: Callable[..., object], where: str
) -> object:
    from kpy.loading.conversion import UnfitError, convert, is_list

    annotation = _annotation(name, parameter, function, where)
    try:
        if is_list(annotation):
            return convert(",".join(texts), annotation)
        if len(texts) > 1:
            raise LoadError(f"{where}: `{name}` is set {len(texts)} times: {', '.join(texts)}")
        return convert(texts[0], annotation)
    except UnfitError as error:
        raise LoadError(f"{where}: {name}={texts[0]}: {error}") from None


def _annotation(name: str, parameter: inspect.Parameter, function: Callable[..., object], where: str) -> Any:
    """Return the annotation as an object; without one, the type of the default says what is meant."""
    annotation = parameter.annotation
    if annotation is parameter.empty:
        default = type(parameter.default)
        return default if default in (bool, int, float) else str
    if isinstance(annotation, str):
        scope = getattr(inspect.unwrap(function), "__globals__", {})
        try:
            return eval(annotation, scope)
        except Exception as error:
            raise LoadError(f"{where}: the annotation of `{name}`, {annotation}, cannot be resolved: {error}") from None
    return annotation
