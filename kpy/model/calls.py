"""Calls of kpy's public methods: what one is called wrongly with is said at the user's line.

A method runs as it is. Only when it raises is the call looked at: an error of kpy's gets the line, and what Python
raised, by kpy's code, because of a wrong argument becomes the error that names the argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from inspect import Parameter, signature
from types import FunctionType
from typing import Any, TypeVar

from kpy.errors import ArgumentError, KpyError
from kpy.model.wrong_values import wrong_field, wrong_value
from kpy.redaction.fields import is_secret_argument
from kpy.source import called_by_user, caller

__all__ = ["checked", "guard"]

#: Public methods that kpy calls for each object, with arguments of its own.
_CALLED_BY_KPY = frozenset({"build", "lower_into", "selector_tree"})

F = TypeVar("F", bound=Callable[..., object])


def checked(function: F, *, is_command: bool = False) -> F:
    """Return the function, made to say at the user's line what is wrong with a call of it.

    What commands call, too, has a line only when the user's code calls it itself.
    """

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> object:
        try:
            return function(*args, **kwargs)
        except KpyError as error:
            if not is_command or called_by_user():
                error.locate(caller())
            raise
        except Exception as error:
            wrong = _wrong_call(function, args, kwargs) if called_by_user() else None
            if wrong is None:
                raise
            wrong.locate(caller())
            raise wrong from error

    return call  # type: ignore[return-value]  # the same to whoever calls it


def guard(cls: type, *, is_command: bool = False) -> None:
    """Make the public methods in the body of a class say what is wrong with a call; see `checked`."""
    for name, value in list(vars(cls).items()):
        if (name.startswith("_") and name != "__getitem__") or name in _CALLED_BY_KPY:
            continue
        if isinstance(value, FunctionType):
            setattr(cls, name, checked(value, is_command=is_command))
        elif isinstance(value, classmethod):
            setattr(cls, name, classmethod(checked(value.__func__, is_command=is_command)))


def _wrong_call(function: Callable[..., object], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> KpyError | None:
    """Return the error for a call that does not fit a function; nothing where it does."""
    from kpy.model.annotations import types_of_parameters
    from kpy.model.expectations import misfit

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
    if function.__name__ == "__getitem__":
        return f"{owner.__name__}[...]", owner
    return f"{owner.__name__}.{function.__name__}", owner


_BY_PLACE = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.POSITIONAL_ONLY)


def _unfit(
    name: str, owner: type | None, parameters: list[Parameter], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> str:
    from kpy.model.arguments import Callee, unfit

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
