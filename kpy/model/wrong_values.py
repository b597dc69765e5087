"""Values that a field or an argument does not take, and the errors that say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kpy.errors import ArgumentError, KpyError
from kpy.model.fields import FieldOwner, fields_of
from kpy.redaction.fields import is_secret_argument

if TYPE_CHECKING:
    from kpy.model.expectations import Misfit

__all__ = ["wrong_field", "wrong_value", "wrong_value_of"]


def wrong_field(value: object, seen: set[int] | None = None) -> KpyError | None:
    """Return the error for the first field of a value, or of what stands in it, that holds what it does not take.

    It has the line of the innermost value. Fields of classes that are not kpy's own say nothing.
    """
    seen = set() if seen is None else seen
    if id(value) in seen:
        return None
    seen.add(id(value))
    inner: Iterable[object] = ()
    if isinstance(value, FieldOwner):
        error = _of_own_fields(value)
        if error is not None:
            return error
        inner = [each for name, each in vars(value).items() if name != "_owner"]
    elif isinstance(value, Mapping):
        inner = value.values()
    elif isinstance(value, list | tuple):
        inner = value
    return next((error for each in inner if (error := wrong_field(each, seen))), None)


def _of_own_fields(value: FieldOwner) -> KpyError | None:
    cls = type(value)
    for name in fields_of(cls).defaults:
        if name in value.__dict__:
            text = wrong_value_of(cls, name, value.__dict__[name])
            if text is not None:
                return ArgumentError.at(value._where, text)
    return None


def wrong_value_of(cls: type[FieldOwner], name: str, value: object) -> str | None:
    """Return what is wrong with a value for a field; nothing when it fits, or when that cannot be told."""
    from kpy.model.annotations import type_of_field
    from kpy.model.expectations import misfit

    accepted = type_of_field(cls, name)
    fault = misfit(value, accepted.takes)
    if fault is None or misfit(value, accepted.holds) is None:
        return None
    return wrong_value(name, cls.__name__, fault, hidden=is_secret_argument(name, cls.__name__))


def wrong_value(name: str, owner: str, fault: Misfit, *, hidden: bool) -> str:
    """Return the message for a value that does not fit; where it is hidden, only its type is told."""
    from kpy.model.expectations import expectation, remedy
    from kpy.model.shown import shown

    said = f"a value of the type {type(fault.value).__name__}" if hidden else shown(fault.value)
    fix = "" if hidden else remedy(fault)
    return f"`{name}{fault.path}` of {owner} must be {expectation(fault.hint)}, not {said}" + (
        f"; {fix}" if fix else ""
    )
