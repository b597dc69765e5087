"""The functions of lists, sets and optional values."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from itertools import pairwise
from typing import Any, Final

from kpy.syntax.cel.errors import EvaluationError
from kpy.syntax.cel.operators import add, compare, longest
from kpy.syntax.cel.values import NONE, Duration, Optional, Timestamp, Uint, equals, no_overload

__all__ = ["FUNCTIONS", "sort_by"]

Value = Any
_COMPARABLE: Final = frozenset((bool, int, Uint, float, str, bytes, Duration, Timestamp))
_ZEROS: Final = {"int": 0, "uint": Uint(0), "double": 0.0, "duration": Duration(0)}


def _is_sorted(items: list[Value]) -> bool:
    return all(compare(one, other) <= 0 for one, other in pairwise(items))


def _sum(zero: Value) -> Callable[[list[Value]], Value]:
    def total(items: list[Value]) -> Value:
        found = zero
        for item in items:
            found = add(found, item)
        return found

    return total


def _extreme(name: str, sign: int) -> Callable[[list[Value]], Value]:
    def choose(items: list[Value]) -> Value:
        if not items:
            raise EvaluationError(f"{name} called on empty list")
        found = items[0]
        for item in items[1:]:
            if compare(found, item) == sign:
                found = item
        return found

    return choose


def _index_of(items: list[Value], item: Value) -> int:
    return next((at for at, each in enumerate(items) if equals(each, item)), -1)


def _last_index_of(items: list[Value], item: Value) -> int:
    return next((at for at in range(len(items) - 1, -1, -1) if equals(items[at], item)), -1)


def _slice(items: list[Value], start: int, end: int) -> list[Value]:
    said = f"cannot slice({start}, {end})"
    if start < 0 or end < 0:
        raise EvaluationError(f"{said}, negative indexes not supported")
    if start > end:
        raise EvaluationError(f"{said}, start index must be less than or equal to end index")
    if end > len(items):
        raise EvaluationError(f"{said}, list is length {len(items)}")
    return list(items[start:end])


def _flatten(items: list[Value], depth: int = 1) -> list[Value]:
    if depth < 0:
        raise EvaluationError("level must be non-negative")
    found: list[Value] = []
    for item in items:
        if isinstance(item, list) and depth:
            found.extend(_flatten(item, depth - 1))
        else:
            found.append(item)
    return found


def _sort(items: list[Value]) -> list[Value]:
    return sort_by(items, items)


def sort_by(items: list[Value], keys: list[Value]) -> list[Value]:
    """Return a list in the order of keys."""
    if not items:
        return items
    if type(keys[0]) not in _COMPARABLE:
        raise EvaluationError("list elements must be comparable")
    if any(type(key) is not type(keys[0]) for key in keys):
        raise EvaluationError("list elements must have the same type")

    def order(one: int, other: int) -> int:
        return compare(keys[one], keys[other])

    return [items[at] for at in sorted(range(len(items)), key=cmp_to_key(order))]


def _range(count: int) -> list[int]:
    longest(count)
    return list(range(count))


def _distinct(items: list[Value]) -> list[Value]:
    found: list[Value] = []
    for item in items:
        if not any(equals(item, each) for each in found):
            found.append(item)
    return found


def _includes(owner: Value, item: Value) -> bool:
    if isinstance(owner, list):
        return _index_of(owner, item) >= 0
    return equals(owner, item)


def _sets_contains(items: list[Value], part: list[Value]) -> bool:
    return all(_index_of(items, each) >= 0 for each in part)


def _sets_equivalent(one: list[Value], other: list[Value]) -> bool:
    return _sets_contains(one, other) and _sets_contains(other, one)


def _sets_intersects(one: list[Value], other: list[Value]) -> bool:
    return any(_index_of(other, each) >= 0 for each in one)


def _optional_value(value: Optional) -> Value:
    if not value.has_value:
        raise EvaluationError("optional.none() dereference")
    return value.value


def _non_zero(value: Value) -> Optional:
    is_zero = value is None or (isinstance(value, Duration) and not value.ns)
    if isinstance(value, bool | int | float | str | bytes | list | dict):
        is_zero = not value
    if isinstance(value, Optional):
        is_zero = not value.has_value
    return NONE if is_zero else Optional(value)


def _unwrap(items: list[Value]) -> list[Value]:
    for item in items:
        if not isinstance(item, Optional):
            raise no_overload(item)
    return [item.value for item in items if item.has_value]


FUNCTIONS: Final[dict[str, Callable[..., Value]]] = {
    "list_is_sorted": _is_sorted,
    **{f"list_sum_{kind}": _sum(zero) for kind, zero in _ZEROS.items()},
    "list_max": _extreme("max", -1),
    "list_min": _extreme("min", 1),
    "list_index_of": _index_of,
    "list_last_index_of": _last_index_of,
    "list_slice": _slice,
    "list_flatten": _flatten,
    "list_sort": _sort,
    "list_sort_by": sort_by,
    "lists_range": _range,
    "list_reverse": lambda items: list(reversed(items)),
    "list_distinct": _distinct,
    "list_includes": _includes,
    "sets_contains": _sets_contains,
    "sets_equivalent": _sets_equivalent,
    "sets_intersects": _sets_intersects,
    "optional_of": Optional,
    "optional_of_non_zero": _non_zero,
    "optional_none": lambda: NONE,
    "optional_value": _optional_value,
    "optional_has_value": lambda value: value.has_value,
    "optional_unwrap": _unwrap,
    "list_first": lambda items: Optional(items[0]) if items else NONE,
    "list_last": lambda items: Optional(items[-1]) if items else NONE,
}
