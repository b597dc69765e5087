"""Copies of what can be in a tree: such a copy is in none, and can be added."""

from __future__ import annotations

from typing import Any

__all__ = ["deep_copy"]

#: The parts that are copied, by identity, in the memo of one copy.
_INSIDE = "kpy: the parts that are copied"
#: What was found of a value, and is not part of it.
_FOUND = frozenset({"_as_others_see_it", "_is_lowered"})


def deep_copy(value: Any, memo: dict[Any, Any]) -> Any:
    """Return a copy of a part with copies of all parts below it; it has no owner.

    What it refers to elsewhere in a tree stays the same object, so that the reference means what it meant.
    """
    from copy import deepcopy

    inside: set[int] = memo.setdefault(_INSIDE, set())
    owner = value.__dict__.get("_owner")
    if id(value) not in inside:
        if inside and owner is not None:
            return value
        inside.update(_below(value))
    cls: Any = type(value)
    made = memo[id(value)] = cls.__new__(cls)
    state = {name: deepcopy(each, memo) for name, each in value.__dict__.items() if name not in {"_owner", *_FOUND}}
    if "_owner" in value.__dict__:
        state["_owner"] = memo.get(id(owner))
    if "_locked" in state:
        state["_locked"] = False
    made.__dict__.update(state)
    return made


def _below(value: Any) -> set[int]:
    found, left = set(), [value]
    while left:
        each = left.pop()
        found.add(id(each))
        left += each.__dict__.get("_parts", ())
    return found
