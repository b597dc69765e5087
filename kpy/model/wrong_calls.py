"""What is wrong with a call of a function or a method that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter, signature
from typing import Any

from kpy.errors import ArgumentError, KpyError
from kpy.model.annotations import types_of_parameters
from kpy.model.arguments import Callee, unfit
from kpy.model.expectations import misfit
from kpy.model.wrong_values import wrong_field, wrong_value
from kpy.redaction.fields import is_secret_argument

__all__ = ["wrong_call"]


def wrong_call(function: Callable[..., object], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> KpyError | None:
    """Return the error for a call that does not fit a function; nothing where it does."""
    name, owner = _name_of(function, args)
    parameters = signature(function).parameters
    try:
        bound = signature(function).bind(*args, **kwargs)
    except TypeError:
        return ArgumentError(_unfit(name, owner, list(parameters.values()), args, kwargs))
    types = types_of_parameters(function)
    for each, value in _values(bound.arguments, parameters):
        fault = misfit(value, types.get(each, Any))
        if fault is not None:
            hidden = is_secret_argument(each, owner.__name__ if owner is not None else "")
            return ArgumentError(wrong_value(each, f"`{name}`", fault, hidden=hidden))
    return next((error for value in (*args, *kwargs.values()) if (error := wrong_field(value))), None)


def _name_of(function: Callable[..., object], args: tuple[Any, ...]) -> tuple[str, type | None]:
    """Return the name of a function or method for messages, and the class that the method belongs to."""
    if "." not in function.__qualname__.rpartition("<locals>.")[2] or not args:
        return function.__name__, None
    owner = args[0] if isinstance(args[0], type) else type(args[0])
    if function.__name__ == "__init__":
        return owner.__name__, owner
    if function.__name__ == "__getitem__":
        return f"{owner.__name__}[...]", owner
    return f"{owner.__name__}.{function.__name__}", owner


def _unfit(
    name: str, owner: type | None, parameters: list[Parameter], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> str:
    if owner is not None:
        parameters, args = parameters[1:], args[1:]
    by_place = [
        each for each in parameters if each.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.POSITIONAL_ONLY)
    ]
    several = any(each.kind is Parameter.VAR_POSITIONAL for each in parameters)
    named = [each for each in parameters if each.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)]
    callee = Callee(
        name,
        [each.name for each in named],
        [each.name for each in by_place],
        [each.name for each in named if each.default is Parameter.empty],
        None,
    )
    return unfit(callee, args[: len(by_place)] if several else args, kwargs)


def _values(given: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> Iterator[tuple[str, Any]]:
    """Yield name and value of arguments, each of several for one parameter by itself."""
    for name, value in given.items():
        match parameters[name].kind:
            case Parameter.VAR_POSITIONAL:
                yield from ((name, each) for each in value)
            case Parameter.VAR_KEYWORD:
                pass
            case _:
                yield name, value
