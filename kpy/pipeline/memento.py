"""What a tree of constructs is before transforms change it, so that the user's objects are afterwards as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

from kpy.model.fields import FieldOwner
from kpy.tree.part import Part

__all__ = ["Memento", "image_of"]

#: What of a part leads upwards, or says nothing of what is written.
_ASIDE = frozenset({"_owner", "_where", "_locked", "_is_lowered", "_made_beside", "_removed", "_found_by"})


class Memento:
    """The state of all parts of a tree and of the values in them."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Any, type, Any]] = {}

    def keep(self, value: Any) -> None:
        """Remember a value, and all that stands in it."""
        left = [value]
        while left:
            each = left.pop()
            if id(each) in self._kept:
                continue
            state = _state(each)
            if state is not None:
                self._kept[id(each)] = (each, type(each), state)
                left += state.values() if isinstance(state, dict) else state
            elif isinstance(each, tuple):
                left += each

    def restore(self) -> None:
        """Make everything as it was."""
        for each, cls, state in self._kept.values():
            if isinstance(each, dict):
                each.clear()
                each.update(state)
            elif isinstance(each, list):
                each[:] = state
            elif isinstance(each, set):
                each.clear()
                each.update(state)
            else:
                _put_back(each, cls, state)


def _state(value: Any) -> dict[Any, Any] | list[Any] | None:
    """Return a copy of what a value holds, where it can be changed and put back; else nothing."""
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list | set):
        return list(value)
    if isinstance(value, type):
        return None
    if isinstance(value, FieldOwner) or is_dataclass(value) or hasattr(type(value), "__attrs_attrs__"):
        state = getattr(value, "__dict__", None)
        if state is not None:
            return {name: each for name, each in state.items() if name != "_made_beside"}
    return None


def _put_back(value: Any, cls: type, state: dict[Any, Any]) -> None:
    if type(value) is not cls:
        value.__class__ = cls
    held = value.__dict__
    for name in [name for name in held if name not in state and name != "_made_beside"]:
        del held[name]
    held.update(state)


def image_of(value: Any, seen: frozenset[int] = frozenset()) -> object:
    """Return what a part says, without its parts, in a form that is equal as long as nobody changes it."""
    if id(value) in seen:
        return id(value)
    inner = seen | {id(value)}
    if isinstance(value, Part) and seen:
        return id(value)
    if isinstance(value, FieldOwner):
        return tuple(
            (name, image_of(each, inner))
            for name, each in value.__dict__.items()
            if name not in _ASIDE and not (name == "_parts" and not seen)
        )
    if isinstance(value, Mapping):
        return tuple((str(key), image_of(each, inner)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return tuple(image_of(each, inner) for each in value)
    if isinstance(value, str | int | float | bool | bytes | None):
        return value
    return id(value)
