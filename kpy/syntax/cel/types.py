"""The types of expressions, and which type can stand for which.

Types are made once: equal types are the same object, but for the objects of schemas, of which each is its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

__all__ = ["BOOL", "BYTES", "DOUBLE", "DURATION", "DYN", "ERROR", "INT", "NULL", "STRING", "TIMESTAMP", "UINT"]
__all__ += ["Bindings", "Type", "list_of", "map_of", "named", "optional_of", "type_of"]


class Type:
    """A type; `kind` is its name without parameters, `object` for one of a schema, `param` for one yet to be found."""

    __slots__ = ("fields", "ground", "keys", "kind", "name", "params")

    def __init__(self, kind: str, name: str = "", params: tuple[Type, ...] = ()) -> None:
        self.kind = kind
        self.name = name or kind
        self.params = params
        #: The types of the fields of an object, by the names that expressions use, and the keys that these stand for.
        self.fields: Mapping[str, Type] = {}
        self.keys: Mapping[str, str] = {}
        #: Whether nothing in it is yet to be found.
        self.ground: bool = kind != "param" and all(each.ground for each in params)

    def __str__(self) -> str:
        inner = ", ".join(map(str, self.params))
        return f"{self.name}({inner})" if inner else self.name

    __repr__ = __str__


@cache
def named(kind: str) -> Type:
    """Return a type without parameters."""
    return Type(kind)


BOOL: Final = named("bool")
INT: Final = named("int")
UINT: Final = named("uint")
DOUBLE: Final = named("double")
STRING: Final = named("string")
BYTES: Final = named("bytes")
NULL: Final = named("null_type")
DURATION: Final = named("google.protobuf.Duration")
TIMESTAMP: Final = named("google.protobuf.Timestamp")
DYN: Final = named("dyn")
ERROR: Final = named("error")
#: Types of libraries that may be null, as those of objects may.
_NULLABLE: Final = frozenset(("object", "optional_type", DURATION.kind, TIMESTAMP.kind))


@cache
def _made(kind: str, *params: Type) -> Type:
    return Type(kind, "", params)


def list_of(item: Type) -> Type:
    """Return the type of lists."""
    return _made("list", item)


def map_of(key: Type, value: Type) -> Type:
    """Return the type of maps."""
    return _made("map", key, value)


def optional_of(value: Type) -> Type:
    """Return the type of values that may be there."""
    return _made("optional_type", value)


def type_of(value: Type) -> Type:
    """Return the type of types."""
    return _made("type", value)


@cache
def param(name: str) -> Type:
    """Return a type that is yet to be found."""
    return Type("param", name)


def is_dyn(kind: Type) -> bool:
    """Return whether anything goes."""
    return kind is DYN or kind is ERROR


class Bindings:
    """What types that were yet to be found turned out to be."""

    def __init__(self) -> None:
        self.found: dict[Type, Type] = {}
        self._count = 0

    def fresh(self) -> Type:
        """Return a new type that is yet to be found."""
        self._count += 1
        return param(f"_{self._count}")

    def substitute(self, kind: Type, *, closed: bool = False) -> Type:
        """Return a type with what has been found; `closed` makes the rest `dyn`."""
        if kind.ground:
            return kind
        if kind.kind == "param":
            if (bound := self.found.get(kind)) is not None:
                return self.substitute(bound, closed=closed)
            return DYN if closed else kind
        return _made(kind.kind, *(self.substitute(each, closed=closed) for each in kind.params))

    def assignable(self, one: Type, other: Type) -> bool:
        """Return whether one type can stand for another; what has been found is kept if so."""
        if one is other:
            return True
        before = dict(self.found)
        if self._fits(one, other):
            return True
        self.found = before
        return False

    def all_assignable(self, ones: Iterable[Type], others: Iterable[Type]) -> bool:
        """Return whether all types of a list can stand for those of another."""
        before = dict(self.found)
        if all(self._fits(one, other) for one, other in zip(ones, others, strict=True)):
            return True
        self.found = before
        return False

    def _fits(self, one: Type, other: Type) -> bool:
        if one is other:
            return True
        if other.kind == "param":
            is_valid, is_bound = self._binds(one, other)
            if is_valid or is_bound:
                return is_valid
        if one.kind == "param":
            return self._binds(other, one)[0]
        if is_dyn(one) or is_dyn(other):
            return True
        if one is NULL or other is NULL:
            return (other if one is NULL else one).kind in _NULLABLE or _is_opaque(other if one is NULL else one)
        if one.kind == "type":
            return other.kind == "type"
        if one.kind == other.kind and one.params and len(one.params) == len(other.params):
            return all(map(self._fits, one.params, other.params))
        return False

    def _binds(self, kind: Type, variable: Type) -> tuple[bool, bool]:
        """Return whether a type can be what was yet to be found, and whether that was known already."""
        bound = self.found.get(variable)
        if bound is not None:
            if bound is kind:
                return True, True
            if self._fits(kind, bound):
                general = most_general(kind, bound)
                if self._is_free(variable, general):
                    self.found[variable] = general
                return True, True
            return False, True
        if self._is_free(variable, kind):
            self.found[variable] = kind
            return True, False
        return False, False

    def _is_free(self, variable: Type, within: Type) -> bool:
        """Return whether a type does not stand within another."""
        if variable is within:
            return False
        if within.kind == "param":
            bound = self.found.get(within)
            return bound is None or self._is_free(variable, bound)
        return all(self._is_free(variable, each) for each in within.params)


def _is_opaque(kind: Type) -> bool:
    return kind.kind not in _PLAIN


_PLAIN: Final = frozenset(("bool", "int", "uint", "double", "string", "bytes", "list", "map", "type", "null_type"))


def most_general(one: Type, other: Type) -> Type:
    """Return the more general of two types that fit each other."""
    return one if _is_general(one, other) else other


def _is_general(one: Type, other: Type) -> bool:
    if one is DYN or one.kind == "param":
        return True
    if other is DYN or other.kind == "param" or one.kind != other.kind:
        return False
    if one.kind == "type" or not one.params:
        return one is other or one.kind == "type"
    return all(map(_is_general, one.params, other.params))
