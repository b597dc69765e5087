"""What operators do: comparing, counting, joining, indexing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from kpy.syntax.cel.errors import CostError, EvaluationError
from kpy.syntax.cel.values import (
    NONE,
    Bad,
    Duration,
    MapList,
    Optional,
    SetList,
    Timestamp,
    Uint,
    equals,
    is_nan,
    no_overload,
    type_name,
)  # fmt: skip

__all__ = ["OPERATORS", "find", "longest"]

Value = Any
_MISSING: Final = object()
_INT: Final = 1 << 63
_UINT: Final = 1 << 64
_NUMBERS: Final = frozenset((int, Uint, float))
_ORDERED: Final = frozenset((bool, str, bytes))
#: The longest text or list that an expression may make.
_LONGEST: Final = 10_000_000


def longest(size: int) -> None:
    """Refuse to make a text or list that is longer than any that a server could hold."""
    if size > _LONGEST:
        raise CostError


def integer(value: int) -> int:
    """Return an integer of 64 bits."""
    if not -_INT <= value < _INT:
        raise EvaluationError("integer overflow")
    return value


def unsigned(value: int) -> Uint:
    """Return an integer of 64 bits without sign."""
    if not 0 <= value < _UINT:
        raise EvaluationError("unsigned integer overflow")
    return Uint(value)


def compare(one: Value, other: Value) -> int:
    """Return -1, 0 or 1 for a value that is less, equal or greater."""
    kind, other_kind = type(one), type(other)
    if kind in _NUMBERS and other_kind in _NUMBERS:
        if is_nan(one) or is_nan(other):
            raise EvaluationError("NaN values cannot be ordered")
        if kind is float or other_kind is float:
            one, other = float(one), float(other)
    elif kind is not other_kind:
        raise no_overload(one, other)
    elif kind is Duration or kind is Timestamp:
        one, other = one.ns, other.ns
    elif kind not in _ORDERED:
        raise no_overload(one, other)
    return int(one > other) - int(one < other)


def less(one: Value, other: Value) -> bool:
    """Return whether a value is less."""
    return compare(one, other) < 0


def less_equals(one: Value, other: Value) -> bool:
    """Return whether a value is less or equal."""
    return compare(one, other) <= 0


def greater(one: Value, other: Value) -> bool:
    """Return whether a value is greater."""
    return compare(one, other) > 0


def greater_equals(one: Value, other: Value) -> bool:
    """Return whether a value is greater or equal."""
    return compare(one, other) >= 0


def not_equals(one: Value, other: Value) -> bool:
    """Return whether two values differ."""
    return not equals(one, other)


def add(one: Value, other: Value) -> Value:
    """Return a sum, or two texts or lists in one."""
    kind, other_kind = type(one), type(other)
    if kind is Timestamp or other_kind is Timestamp:
        return _add_timestamp(one, other)
    if isinstance(one, list):
        return _add_lists(one, other)
    if kind is not other_kind:
        raise no_overload(one, other)
    if kind is int:
        return integer(one + other)
    if kind is str or kind is bytes:
        longest(len(one) + len(other))
        return one + other
    if kind is float:
        return one + other
    if kind is Uint:
        return unsigned(int(one) + int(other))
    if kind is Duration:
        return Duration(one.ns + other.ns)
    raise no_overload(one, other)


def _add_lists(one: list[Value], other: Value) -> list[Value]:
    if not isinstance(other, list):
        raise no_overload(other)
    longest(len(one) + len(other))
    return one.plus(other) if isinstance(one, SetList | MapList) else [*one, *other]


def _add_timestamp(one: Value, other: Value) -> Timestamp:
    if isinstance(other, Timestamp):
        one, other = other, one
    if not isinstance(other, Duration):
        raise no_overload(one, other)
    return Timestamp(one.ns + other.ns, one.offset)


def subtract(one: Value, other: Value) -> Value:
    """Return a difference."""
    kind, other_kind = type(one), type(other)
    if kind is Timestamp and other_kind is Duration:
        return Timestamp(one.ns - other.ns, one.offset)
    if kind is not other_kind:
        raise no_overload(one, other)
    if kind is int:
        return integer(one - other)
    if kind is float:
        return one - other
    if kind is Uint:
        return unsigned(int(one) - int(other))
    if kind is Duration or kind is Timestamp:
        return Duration(one.ns - other.ns)
    raise no_overload(one, other)


def multiply(one: Value, other: Value) -> Value:
    """Return a product."""
    kind = type(one)
    if kind is not type(other):
        raise no_overload(one, other)
    if kind is int:
        return integer(one * other)
    if kind is float:
        return one * other
    if kind is Uint:
        return unsigned(int(one) * int(other))
    raise no_overload(one, other)


def divide(one: Value, other: Value) -> Value:
    """Return a quotient; of integers, without the rest."""
    kind = type(one)
    if kind is not type(other):
        raise no_overload(one, other)
    if kind is float:
        return _divided(one, other)
    if kind is not int and kind is not Uint:
        raise no_overload(one, other)
    if not other:
        raise EvaluationError("division by zero")
    quotient = abs(int(one)) // abs(int(other))
    if kind is Uint:
        return Uint(quotient)
    return integer(-quotient if (one < 0) != (other < 0) else quotient)


def _divided(one: float, other: float) -> float:
    if other:
        return one / other
    if not one or math.isnan(one):
        return math.nan
    return math.copysign(math.inf, one) * math.copysign(1.0, other)


def modulo(one: Value, other: Value) -> Value:
    """Return the rest of a division, with the sign of what is divided."""
    kind = type(one)
    if kind is not type(other) or kind not in (int, Uint):
        raise no_overload(one, other)
    if not other:
        raise EvaluationError("modulus by zero")
    if kind is int and one == -_INT and other == -1:
        raise EvaluationError("integer overflow")
    rest = abs(int(one)) % abs(int(other))
    return Uint(rest) if kind is Uint else -rest if one < 0 else rest


def negate(value: Value) -> Value:
    """Return a number with the other sign."""
    if type(value) is int:
        return integer(-value)
    if type(value) is float:
        return -value
    raise no_overload(value)


def logical_not(value: Value) -> bool:
    """Return the opposite."""
    if type(value) is not bool:
        raise no_overload(value)
    return not value


def contains(item: Value, owner: Value) -> bool:
    """Return whether a list has an element, or a map a key."""
    if isinstance(owner, list):
        if type(item) is str:
            return item in owner
        return any(equals(item, each) for each in owner)
    if isinstance(owner, dict):
        return find(owner, item) is not _MISSING
    raise no_overload(owner, item)


def find(owner: dict[object, object], key: Value, missing: object = _MISSING) -> Value:
    """Return the value of a key of a map."""
    kind = type(key)
    if kind is str:
        return owner.get(key, missing)
    if kind is bool or kind in _NUMBERS:
        if key not in owner:
            return missing
        for each, value in owner.items():
            if equals(each, key):
                return value
    return missing


def index(owner: Value, key: Value) -> Value:
    """Return an element of a list, or the value of a key of a map."""
    if isinstance(owner, dict):
        found = find(owner, key)
        if found is _MISSING:
            raise EvaluationError(f"no such key: {_shown(key)}")
        return found
    if isinstance(owner, list):
        return owner[_place(owner, key)]
    if isinstance(owner, Optional):
        return optional_index(owner, key)
    if isinstance(owner, Bad):
        raise no_overload(owner)
    raise EvaluationError(f"no such key: {_shown(key)}")


def _place(owner: list[object], key: Value) -> int:
    if type(key) is float and key.is_integer():
        key = int(key)
    if type(key) is not int and type(key) is not Uint:
        shown = f"value {_shown(key)}" if type(key) is float else f"type '{type_name(key)}'"
        raise EvaluationError(f"unsupported index {shown} in list")
    if not 0 <= key < len(owner):
        raise EvaluationError(f"index out of bounds: {int(key)}")
    return int(key)


def _shown(key: Value) -> str:
    return "true" if key is True else "false" if key is False else str(key)


def optional_index(owner: Value, key: Value) -> Optional:
    """Return what is there at a place or key, if anything is."""
    if isinstance(owner, Optional):
        if not owner.has_value:
            return NONE
        owner = owner.value
    if isinstance(owner, dict):
        found = find(owner, key)
        return NONE if found is _MISSING else Optional(found)
    if isinstance(owner, list):
        if type(key) in (int, Uint) and 0 <= key < len(owner):
            return Optional(owner[key])
        return NONE
    raise no_overload(owner, key)


#: By sign, for values of any type.
OPERATORS: Final[dict[str, Callable[..., Value]]] = {
    "==": equals,
    "!=": not_equals,
    "<": less,
    "<=": less_equals,
    ">": greater,
    ">=": greater_equals,
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
    "!": logical_not,
    "negate": negate,
    "in": contains,
    "[]": index,
    "[?]": optional_index,
}
