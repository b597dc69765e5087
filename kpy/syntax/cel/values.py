"""The values of expressions that Python does not have: unsigned integers, times, optional values, types.

All others are Python's own: bool, int, float, str, bytes, None, lists and dicts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from kpy.syntax.cel.errors import EvaluationError

__all__ = [
    "NONE",
    "Bad",
    "Duration",
    "MapList",
    "Opaque",
    "Optional",
    "SetList",
    "Timestamp",
    "TypeValue",
    "Uint",
    "equals",
    "no_overload",
    "size_of",
    "type_name",
]

_SECOND: Final = 1_000_000_000
_UNITS: Final = ((3600 * _SECOND, "h"), (60 * _SECOND, "m"))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Uint(int):
    """An integer without sign."""

    __slots__ = ()


class Duration:
    """A length of time, in nanoseconds."""

    __slots__ = ("ns",)

    def __init__(self, ns: int) -> None:
        if not -(1 << 63) <= ns < 1 << 63:
            raise EvaluationError("duration overflow")
        self.ns = ns

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Duration) and self.ns == other.ns

    def __hash__(self) -> int:
        return hash(("duration", self.ns))

    def __str__(self) -> str:
        whole, rest = divmod(abs(self.ns), _SECOND)
        text = f"{whole}.{rest:09d}".rstrip("0").rstrip(".") + "s"
        return f"-{text}" if self.ns < 0 else text


class Timestamp:
    """A point in time, in nanoseconds since 1970, and the offset from UTC in which it was written, in seconds."""

    __slots__ = ("ns", "offset")

    def __init__(self, ns: int, offset: int = 0) -> None:
        if not -62135596800 <= ns // _SECOND <= 253402300799:
            raise EvaluationError("timestamp overflow")
        self.ns = ns
        self.offset = offset

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timestamp) and self.ns == other.ns

    def __hash__(self) -> int:
        return hash(("timestamp", self.ns))

    def __str__(self) -> str:
        second, rest = divmod(self.ns, _SECOND)
        try:
            local = _EPOCH + timedelta(seconds=second + self.offset)
        except OverflowError:
            local, self.offset = _EPOCH + timedelta(seconds=second), 0
        fraction = f".{rest:09d}".rstrip("0") if rest else ""
        sign, minutes = "-" if self.offset < 0 else "+", abs(self.offset) // 60
        zone = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}" if self.offset else "Z"
        return f"{local.replace(tzinfo=None).isoformat()}{fraction}{zone}"


class Optional:
    """A value that may be there."""

    __slots__ = ("has_value", "value")

    def __init__(self, value: object = None, *, has_value: bool = True) -> None:
        self.value = value
        self.has_value = has_value


#: The optional value that is not there.
NONE: Final = Optional(has_value=False)


class TypeValue:
    """A type as a value, as `type(1)` gives it."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypeValue) and self.name == other.name

    def __hash__(self) -> int:
        return hash(("type", self.name))

    def __str__(self) -> str:
        return self.name


class Opaque:
    """A value of a library, such as an address; `type_name` is how expressions call its type."""

    __slots__ = ()
    type_name: str = "opaque"

    def size(self) -> int:
        """Return how much it counts for where costs are counted by size."""
        return 1


class SetList(list[object]):
    """A list of type `set`: its order does not matter, `+` merges."""

    __slots__ = ()

    def plus(self, other: list[object]) -> SetList:
        """Return the elements of both, each once."""
        found = SetList(self)
        for item in other:
            if not any(equals(item, each) for each in found):
                found.append(item)
        return found

    def same(self, other: list[object]) -> bool:
        """Return whether both have the same elements."""
        return len(self) == len(other) and all(any(equals(item, each) for each in self) for item in other)


class MapList(list[object]):
    """A list of type `map`: its elements are known by their keys, their order does not matter, `+` replaces."""

    __slots__ = ("keys",)

    def __init__(self, items: list[object], keys: tuple[str, ...]) -> None:
        super().__init__(items)
        self.keys = keys

    def key_of(self, item: object) -> object:
        """Return what an element is known by."""
        if not isinstance(item, Mapping):
            return ("item", id(item))
        return tuple((type(item.get(key)), item.get(key)) for key in self.keys)

    def plus(self, other: list[object]) -> MapList:
        """Return the elements of both, those of the other in place of ones with the same keys."""
        found, places = MapList(self, self.keys), {self.key_of(each): at for at, each in enumerate(self)}
        for item in other:
            if (place := places.get(self.key_of(item))) is not None:
                found[place] = item
            else:
                found.append(item)
        return found

    def same(self, other: list[object]) -> bool:
        """Return whether both have equal elements for the same keys."""
        if len(self) != len(other):
            return False
        mine = {self.key_of(each): each for each in self}
        return all(self.key_of(item) in mine and equals(mine[self.key_of(item)], item) for item in other)


class Bad:
    """A value that is not of its type, such as text that is not a time; an error to whom uses it."""

    __slots__ = ("message",)

    def __init__(self, message: str) -> None:
        self.message = message


_NAMES: Final[dict[type, str]] = {
    bool: "bool",
    int: "int",
    Uint: "uint",
    float: "double",
    str: "string",
    bytes: "bytes",
    list: "list",
    SetList: "list",
    MapList: "list",
    dict: "map",
    Duration: "google.protobuf.Duration",
    Timestamp: "google.protobuf.Timestamp",
    Optional: "optional_type",
    TypeValue: "type",
    type(None): "null_type",
}


def type_name(value: object) -> str:
    """Return the name of the type of a value."""
    if isinstance(value, Opaque):
        return value.type_name
    if isinstance(value, Bad):
        raise EvaluationError(value.message)
    return _NAMES.get(type(value)) or ("map" if isinstance(value, dict) else _NAMES[type(value)])


def no_overload(*values: object) -> EvaluationError:
    """Return the error for values that an operation does not take."""
    for value in values:
        if isinstance(value, Bad):
            return EvaluationError(value.message)
    return EvaluationError("no such overload")


def size_of(value: object) -> int:
    """Return the size that costs are counted by: 1 for all that has none."""
    if isinstance(value, str | bytes | list | dict):
        return len(value)
    if isinstance(value, Opaque):
        return value.size()
    if isinstance(value, Optional) and value.has_value:
        return size_of(value.value)
    return 1


_NUMBERS: Final = frozenset((int, Uint, float))


def equals(one: object, other: object) -> bool:
    """Return whether two values are equal; those of different types are not, but for numbers."""
    kind, other_kind = type(one), type(other)
    if kind is str or kind is bool:
        return kind is other_kind and one == other
    if kind in _NUMBERS:
        return other_kind in _NUMBERS and _equal_numbers(one, other)
    if isinstance(one, list):
        return isinstance(other, list) and _equal_lists(one, other)
    if isinstance(one, dict):
        return isinstance(other, dict) and _equal_maps(one, other)
    if kind is Optional:
        return other_kind is Optional and _equal_optionals(one, other)
    if kind is Bad or other_kind is Bad:
        raise no_overload(one, other)
    return kind is other_kind and one == other


def _equal_numbers(one: object, other: object) -> bool:
    """Compare as a server does, which makes floats of both where one is a float."""
    if type(one) is float or type(other) is float:
        return float(one) == float(other)  # type: ignore[arg-type]  # they are numbers
    return one == other


def _equal_lists(one: list[object], other: list[object]) -> bool:
    if isinstance(one, SetList | MapList):
        return one.same(other)
    return len(one) == len(other) and all(map(equals, one, other))


def _equal_maps(one: dict[object, object], other: dict[object, object]) -> bool:
    if len(one) != len(other):
        return False
    return all(key in other and equals(value, other[key]) for key, value in one.items())


def _equal_optionals(one: object, other: object) -> bool:
    assert isinstance(one, Optional)
    assert isinstance(other, Optional)
    if not one.has_value or not other.has_value:
        return one.has_value == other.has_value
    return equals(one.value, other.value)


def is_nan(value: object) -> bool:
    """Return whether a value is the number that is none."""
    return isinstance(value, float) and math.isnan(value)
