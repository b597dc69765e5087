"""What is said when a model or a construct is declared or called wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from kpy.errors import ArgumentError, KpyError, UsageError
from kpy.model.fields import FieldOwner, annotations_of, fields_of
from kpy.model.names import python_name
from kpy.source import Location, caller

__all__ = ["check_body", "explain", "refused", "suggestion", "unknown"]


def explain(
    cls: type[FieldOwner], args: tuple[object, ...], kwargs: Mapping[str, object], where: Location | None
) -> ArgumentError:
    """Return the error for a call whose arguments do not fit the fields of the class."""
    fields = fields_of(cls)
    for name in kwargs:
        if name not in fields.defaults:
            return unknown(cls, name, where)
    if len(args) > len(fields.positional):
        return ArgumentError.at(where, _too_many(cls, args, fields.positional))
    for name in fields.positional[: len(args)]:
        if name in kwargs:
            return ArgumentError.at(where, f"{cls.__name__} was given `{name}` twice, by position and by name")
    missing = [name for name in fields.required if name not in kwargs]
    rest = f"; required are {_list(fields.required)}" if len(fields.required) > len(missing) else ""
    return ArgumentError.at(where, f"{cls.__name__} needs {_list(missing)}{rest}")


def unknown(cls: type[FieldOwner], name: str, where: Location | None, word: str = "argument") -> ArgumentError:
    """Return the error for an argument, or a field, that the class does not have."""
    if hasattr(cls, name) and not name.startswith("_"):
        return ArgumentError.at(
            where,
            f"{cls.__name__} has no argument `{name}`; the name in its class body has no annotation, "
            f"so it is no field: write `{name}: <type> = ...` there",
        )
    hint = cls._elsewhere(name) or suggestion(name, fields_of(cls).defaults)
    return ArgumentError.at(where, f"{cls.__name__} has no {word} `{name}`{hint}")


def suggestion(name: str, names: Iterable[str]) -> str:
    """Return `; did you mean ...?` when one of the names is close, else nothing."""
    names = tuple(names)
    if python_name(name) in names:
        return f"; did you mean `{python_name(name)}`?"
    near = get_close_matches(python_name(name), names, n=1, cutoff=0.7)
    return f"; did you mean `{near[0]}`?" if near else ""


def refused(cls: type[FieldOwner], name: str, error: KpyError, where: Location | None) -> ArgumentError:
    """Return the error for a value that the converter of a field refused."""
    return ArgumentError.at(where, f"`{name}` of {cls.__name__}: {error}")


def check_body(cls: type[FieldOwner]) -> None:
    """Refuse what can only be a mistake in the body of a user's class."""
    body = vars(cls)
    if "__init__" in body:
        raise UsageError.at(
            caller(),
            f"class {cls.__name__} defines `__init__`; declare its arguments as fields (`replicas: int = 2`) and "
            "make its parts in `build`",
        )
    own = annotations_of(cls)
    for name in own:
        default = getattr(body.get(name), "default", body.get(name))
        if isinstance(default, (list, dict, set)):
            raise ArgumentError.at(
                caller(),
                f"`{name}` of class {cls.__name__} has a default that all its objects would share; "
                f"use `{name}: ... = field(factory={type(default).__name__})`",
            )
    inherited = {name for base in cls.__mro__[1:] for name in annotations_of(base)}
    for name in own:
        taken = next((base for base in cls.__mro__[1:] if name in vars(base)), None)
        if taken is not None and taken.__module__.startswith("kpy.") and name not in inherited:
            raise UsageError.at(
                caller(),
                f"class {cls.__name__} has a field `{name}`, and that is what {taken.__name__} calls something else; "
                f"give the field another name, such as `{name}_`",
            )
    for name, value in body.items():
        if name in inherited and name not in own and not hasattr(value, "__get__"):
            raise UsageError.at(
                caller(),
                f"class {cls.__name__} sets the field `{name}` without an annotation, which changes nothing; "
                f"write `{name}: <type> = {value!r}`",
            )


def _too_many(cls: type[FieldOwner], args: tuple[object, ...], positional: Sequence[str]) -> str:
    if not positional:
        return f"{cls.__name__} takes its arguments by name; {args[0]!r} was given without one"
    return f"{cls.__name__} takes only {_list(positional)} without a name; give {args[len(positional)]!r} by name"


def _list(names: Iterable[str]) -> str:
    *most, last = [f"`{name}`" for name in names]
    return f"{', '.join(most)} and {last}" if most else last
