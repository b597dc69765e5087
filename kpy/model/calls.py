"""Calls of kpy's public methods: what one is called wrongly with is said at the user's line.

A method runs as it is. Only when it raises is the call looked at: an error of kpy's gets the line, and what Python
raised, by kpy's code, because of a wrong argument becomes the error that names the argument.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any, TypeVar

from kpy.errors import KpyError
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
            if not called_by_user():
                raise
            from kpy.model.wrong_calls import wrong_call

            wrong = wrong_call(function, args, kwargs)
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
