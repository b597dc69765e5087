"""Fields that users declare in classes of their own: what they take is looked at when they are given.

kpy's own fields are not: type checkers do that, and every value that is looked at costs time.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, ForwardRef, get_args, get_origin

from kpy.model.fields import Accepts, FieldOwner, annotations_of, fields_of, is_own, own_names

__all__ = ["check_value", "wrong_values"]

#: Stands for an annotation that cannot be evaluated when the program runs.
_UNKNOWN: Any = object()


def wrong_values(cls: type[FieldOwner], given: Mapping[str, object]) -> dict[str, str]:
    """Return what is wrong with the values that were given for fields of a user's class, by the fields."""
    own = own_names(cls)
    texts = {name: check_value(cls, name, value) for name, value in given.items() if name in own}
    return {name: text for name, text in texts.items() if text}


def check_value(cls: type[FieldOwner], name: str, value: object) -> str:
    """Return what is wrong with a value for a field of a user's class; empty when it fits, or nobody can tell.

    `None` for a field with a converter means "not given".
    """
    if value is None and name in fields_of(cls).converters:
        return ""
    hint = _hints_of(cls).get(name, _UNKNOWN)
    if hint is _UNKNOWN:
        return ""
    from kpy.model.expectations import misfit
    from kpy.model.wrong_values import wrong_value
    from kpy.redaction.fields import is_secret_argument

    try:
        fault = misfit(value, hint)
        if fault is None:
            return ""
        return wrong_value(name, cls.__name__, fault, hidden=is_secret_argument(name, cls.__name__))
    except Exception:  # what an annotation may hold has no end, and an odd one is not the user's mistake
        return ""


def _hints_of(cls: type[FieldOwner]) -> dict[str, Any]:
    found: dict[str, Any] | None = cls.__dict__.get("_own_hints")
    if found is None:
        found = {}
        for base in reversed(cls.__mro__):
            if is_own(base):
                found |= {name: _evaluated(said, base) for name, said in annotations_of(base).items()}
        cls._own_hints = found  # type: ignore[attr-defined]  # kept where the next call finds it
    return found


def _evaluated(said: object, base: type) -> Any:
    """Return what an annotation says, as far as that can be told when the program runs."""
    names = {**vars(sys.modules.get(base.__module__, sys)), base.__name__: base}
    try:
        hint = _resolved(said, names)
        if get_origin(hint) is Accepts:
            hint = _resolved(get_args(hint)[0], names)
    except Exception:
        return _UNKNOWN
    return hint


def _resolved(said: object, names: Mapping[str, object]) -> Any:
    if isinstance(said, ForwardRef):
        said = said.__forward_arg__
    if not isinstance(said, str):
        return said
    return eval(said, dict(names))  # the text of an annotation of code that runs already
