"""From schemas to shapes: what the values of a module's kinds are, each struct once.

Two structs are one where they have the same fields with the same values, and stand in fields of the same name.
Structural schemas have no recursion: generators unroll it some levels deep, and its equal levels become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from kpy.custom.types.core_types import core_type
from kpy.custom.types.object_names import names_an_object
from kpy.schema.custom import custom_kind
from kpy.schema.custom.places import leads_to

__all__ = ["Core", "Enum", "ListOf", "MapOf", "Member", "Plain", "Shapes", "Struct", "Use", "Value", "singular"]

Schema = Mapping[str, Any]
Path = tuple[str, ...]

_INT_OR_STRING = "x-kubernetes-int-or-string"
_PRESERVE = "x-kubernetes-preserve-unknown-fields"
#: What the patterns of quantities have in common, however a generator writes them.
_QUANTITY = "[KMGTPE]i"
_SCALARS = {"integer": "int", "number": "Number", "boolean": "bool"}
_LITERALS = (str, int, bool)


class Plain(NamedTuple):
    """A value that needs no class."""

    #: Its annotation: `str`, `JsonObject`.
    annotation: str


class Core(NamedTuple):
    """A value of a type of Kubernetes."""

    #: `core/v1 Affinity`
    type: str


class ListOf(NamedTuple):
    """A list."""

    item: Value


class MapOf(NamedTuple):
    """A mapping by free keys."""

    item: Value


class Use(NamedTuple):
    """Where a shape stands, and what is said of it there."""

    kind: str
    #: The fields on the way, those of lists in the singular.
    path: Path
    description: str
    #: Field to what is said of it.
    fields: Mapping[str, str]


class Named:
    """A shape that gets a name."""

    def __init__(self, last: str) -> None:
        #: The field in which it stands; of lists in the singular.
        self.last = last
        self.uses: list[Use] = []
        #: The name of its class, once that is known.
        self.name = ""

    @property
    def first(self) -> Use:
        """The use that speaks for all."""
        return min(self.uses, key=lambda use: (len(use.path), use.kind, use.path))


class Enum(Named):
    """One of some values."""

    def __init__(self, last: str, values: tuple[str | int | bool, ...]) -> None:
        super().__init__(last)
        self.values = values


class Member(NamedTuple):
    """A field of a struct, by its name in the API."""

    name: str
    value: Value


class Struct(Named):
    """An object with fields."""

    def __init__(self, last: str, members: tuple[Member, ...], *, is_open: bool) -> None:
        super().__init__(last)
        self.members = members
        #: Whether the definition keeps fields that it does not name.
        self.is_open = is_open


Value = Plain | Core | Enum | Struct | ListOf | MapOf


class Shapes:
    """The shapes of one module."""

    def __init__(self, group: str = "") -> None:
        #: The group of the kinds.
        self._group = group
        self._known: dict[object, Named] = {}

    @property
    def named(self) -> Iterator[Named]:
        """All shapes that get a name."""
        yield from self._known.values()

    def members(self, kind: str, schema: Schema, path: Path, *, without: Iterable[str] = ()) -> tuple[Member, ...]:
        """Return the fields of an object of the schema, by their names."""
        left_out = frozenset(without)
        properties = schema.get("properties") or {}
        return tuple(
            Member(name, self._value(kind, inner, (*path, name), frozenset(properties)))
            for name, inner in sorted(properties.items())
            if name not in left_out and isinstance(inner, dict)
        )

    def _value(self, kind: str, schema: Schema, path: Path, siblings: frozenset[str], list_of: str = "") -> Value:
        """Return a value; an element of a list is told the field with the list."""
        if schema.get(_INT_OR_STRING) is True:
            return Plain("QuantityInput" if _QUANTITY in str(schema) else "int | str")
        if (values := _values(schema)) is not None:
            return self._enum(kind, path, values, schema)
        match schema.get("type"):
            case "string":
                return Plain(self._text(kind, schema, path, siblings))
            case "integer" | "number" | "boolean" as scalar:
                return Plain(_SCALARS[scalar])
            case "array":
                inner = schema.get("items") or {}
                *way, last = path
                return ListOf(self._value(kind, inner, (*way, singular(last)), siblings, last))
            case "object":
                return self._object(kind, schema, path, list_of)
        return Plain("Json")

    def _text(self, kind: str, schema: Schema, path: Path, siblings: frozenset[str]) -> str:
        if schema.get("format") == "date-time":
            return "Time"
        names = names_an_object(path, siblings) or _is_told_to_name(self._group, kind, path)
        return "str | Referable" if names else "str"

    def _object(self, kind: str, schema: Schema, path: Path, list_of: str) -> Value:
        free = schema.get("additionalProperties")
        if schema.get("properties"):
            core = core_type(list_of or path[-1], schema, is_list=bool(list_of))
            return Core(core) if core else self._struct(kind, schema, path)
        if isinstance(free, dict) and free and schema.get(_PRESERVE) is not True:
            *way, last = path
            return MapOf(self._value(kind, free, (*way, singular(last)), frozenset()))
        return Plain("JsonObject")

    def _struct(self, kind: str, schema: Schema, path: Path) -> Struct:
        members = self.members(kind, schema, path)
        is_open = schema.get(_PRESERVE) is True
        key = (path[-1], is_open, tuple((name, _key(value)) for name, value in members))
        struct = self._known.setdefault(key, Struct(path[-1], members, is_open=is_open))
        assert isinstance(struct, Struct)
        struct.uses.append(_use(kind, path, schema))
        return struct

    def _enum(self, kind: str, path: Path, values: tuple[str | int | bool, ...], schema: Schema) -> Enum:
        key = (path[-1], tuple((type(value), value) for value in values))
        enum = self._known.setdefault(key, Enum(path[-1], values))
        assert isinstance(enum, Enum)
        enum.uses.append(_use(kind, path, schema))
        return enum


def _use(kind: str, path: Path, schema: Schema) -> Use:
    inner = schema.get("properties") or {}
    fields = {name: said for name, each in inner.items() if isinstance(each, dict) and (said := _description(each))}
    return Use(kind, path, _description(schema), fields)


def _description(schema: Schema) -> str:
    said = schema.get("description")
    return said if isinstance(said, str) else ""


def _key(value: Value) -> object:
    """Return what a value is known by; shapes with a name are there once."""
    match value:
        case ListOf(item) | MapOf(item):
            return type(value), _key(item)
        case Enum() | Struct():
            return id(value)
    return value


def _values(schema: Schema) -> tuple[str | int | bool, ...] | None:
    """Return the closed set of values; nothing where there is none, or where Python cannot say it."""
    values = schema.get("enum")
    if not isinstance(values, list) or not values or not all(isinstance(value, _LITERALS) for value in values):
        return None
    by_text: dict[object, str | int | bool] = {(type(value), value): value for value in values}
    return tuple(by_text.values())


def _is_told_to_name(group: str, kind: str, path: Path) -> bool:
    """Return whether the table of custom kinds says that a text of a spec is the name of an object."""
    return any(leads_to(way, ("spec", *map(singular, path))) for way in _ways(group, kind))


@cache
def _ways(group: str, kind: str) -> tuple[Path, ...]:
    """Return the ways to names, with the fields of lists in the singular."""
    known = custom_kind(group, kind)
    rows = [row for row in known.rows if row.verb == "names"] if known is not None else []
    return tuple(tuple(map(singular, row.path)) for row in rows)


#: Words that end with an s and are no plurals.
_NO_PLURALS = frozenset(
    {"aws", "cors", "dns", "fs", "gcs", "https", "kms", "mtls", "nfs", "os", "rbs", "sns", "sqs", "sts", "tls"}
)
_LAST_WORD = re.compile(r"[A-Z]+s?$|[A-Z]?[a-z]+$")


def singular(name: str) -> str:
    """Return the name of one of a list: `endpoint` of `endpoints`."""
    found = _LAST_WORD.search(name)
    word = found[0].lower() if found else ""
    if word in _NO_PLURALS or len(word) < 3:
        return name
    if word.endswith("ies") and len(word) > 4:
        return f"{name[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return name[:-2]
    return name[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is", "as")) else name
