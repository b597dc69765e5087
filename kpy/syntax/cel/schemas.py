"""The types that expressions see in the schema of a custom resource, and how large their values can be.

Names of fields that are not names in expressions are escaped: `x-y` is `x__dash__y`. Fields of which the schema says no
type, since it preserves what is unknown, are not seen at all. What is not asked for is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.syntax.cel.tokens import RESERVED_WORDS
from kpy.syntax.cel.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    Type,
    list_of,
    map_of,
)  # fmt: skip

__all__ = ["MAX_REQUEST", "Declaration", "declared", "escaped"]

Schema = Mapping[str, Any]

#: The size of the largest request that a server takes, in bytes.
MAX_REQUEST: Final = 3 * 1024 * 1024
_WORDS: Final = RESERVED_WORDS | {"true", "false", "null", "in"}
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_ESCAPABLE: Final = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*", re.ASCII)
_ESCAPES: Final = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_SIGNS: Final = re.compile(r"__|[./-]")
#: Type, longest value and shortest text in JSON of the formats that are not text to an expression.
_FORMATS: Final = {
    "duration": (DURATION, 32, 3),
    "date": (TIMESTAMP, 12, 12),
    "date-time": (TIMESTAMP, 32, 21),
}
_SCALARS: Final = {"boolean": (BOOL, 4), "number": (DOUBLE, 1), "integer": (INT, 1)}
_META: Final[Schema] = {
    "type": "object", "properties": {"name": {"type": "string"}, "generateName": {"type": "string"}},
}  # fmt: skip


def escaped(name: str) -> str | None:
    """Return the name of a field in expressions, or nothing for a name that cannot be written."""
    if name in _WORDS:
        return f"__{name}__"
    if "__" not in name and _PLAIN.fullmatch(name):
        return name
    if not _ESCAPABLE.fullmatch(name):
        return None
    return _SIGNS.sub(lambda match: _ESCAPES[match[0]], name)


def declared(schema: Any, *, is_resource: bool = False) -> Declaration | None:
    """Return what expressions see of a value with this schema, or nothing where they see nothing of it."""
    if not isinstance(schema, Mapping):
        return None
    if schema.get("x-kubernetes-int-or-string"):
        return Declaration(schema, DYN, _length(schema, MAX_REQUEST - 2), 1)
    kind = schema.get("type")
    if kind == "object" or (is_resource and kind == "object"):
        return _declared_object(schema, is_resource)
    if kind == "array":
        return _declared_list(schema)
    if kind == "string":
        return _declared_text(schema)
    if kind in _SCALARS:
        of_kind, size = _SCALARS[kind]
        return Declaration(schema, of_kind, 0, size)
    return None


def _declared_object(schema: Schema, is_resource: bool) -> Declaration | None:
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping) and not is_resource:
        value = declared(others, is_resource=bool(others.get("x-kubernetes-embedded-resource")))
        if value is None:
            return None
        most = _given(schema, "maxProperties")
        most = (MAX_REQUEST - 2) // (value.min_size + 6) if most is None else most
        found = Declaration(schema, map_of(STRING, value.type), most, 2)
        found.key, found.element = Declaration({}, STRING, 0, 2), value
        return found
    return _Object(schema, is_resource)


def _declared_list(schema: Schema) -> Declaration | None:
    items = schema.get("items")
    element = declared(
        items, is_resource=bool(isinstance(items, Mapping) and items.get("x-kubernetes-embedded-resource"))
    )
    if element is None:
        return None
    most = _given(schema, "maxItems")
    most = (MAX_REQUEST - 2) // (element.min_size + 1) if most is None else most
    found = Declaration(schema, list_of(element.type), most, 2)
    found.element = element
    return found


def _declared_text(schema: Schema) -> Declaration:
    form = schema.get("format")
    if form == "byte":
        most = _given(schema, "maxLength")
        return Declaration(schema, BYTES, MAX_REQUEST - 2 if most is None else most, 2)
    if form in _FORMATS:
        kind, longest, size = _FORMATS[form]
        return Declaration(schema, kind, longest, size)
    values = schema.get("enum")
    if values and schema.get("maxLength") is None:
        longest = max((len(each.encode(errors="surrogatepass")) for each in values if isinstance(each, str)), default=0)
        return Declaration(schema, STRING, longest, 2)
    return Declaration(schema, STRING, _length(schema, MAX_REQUEST - 2), 2)


def _given(schema: Schema, name: str) -> int | None:
    value = schema.get(name)
    return max(0, int(value)) if isinstance(value, int | float) else None


def _length(schema: Schema, otherwise: int) -> int:
    """Return the longest text in bytes; a character has up to four."""
    most = _given(schema, "maxLength")
    return otherwise if most is None else most * 4


class Declaration:
    """What expressions see of a value: its type, its parts, and how large it can be."""

    __slots__ = ("element", "key", "max_elements", "schema", "size", "type")

    def __init__(self, schema: Schema, kind: Type, max_elements: int, size: int) -> None:
        self.schema = schema
        self.type = kind
        #: The most characters, bytes, items or entries.
        self.max_elements = max_elements
        self.size = size
        self.element: Declaration | None = None
        self.key: Declaration | None = None

    @property
    def min_size(self) -> int:
        """The fewest bytes of a value in JSON."""
        return self.size

    def field(self, name: str) -> Declaration | None:
        """Return a field of an object by its name in expressions."""
        return None

    def property(self, key: str) -> Declaration | None:
        """Return a property of an object by its key."""
        return None


class _Object(Declaration):
    """An object with fields."""

    __slots__ = ("_fields", "_keys", "_min_size", "_properties")

    def __init__(self, schema: Schema, is_resource: bool) -> None:
        super().__init__(schema, Type("object"), 0, 2)
        properties = dict(schema.get("properties") or {})
        if is_resource and not _has_meta(properties):
            properties |= {"kind": {"type": "string"}, "apiVersion": {"type": "string"}, "metadata": _META}
        self._properties = properties
        self._keys = {name: key for key in properties if (name := escaped(key)) is not None}
        self._fields: dict[str, Declaration | None] = {}
        self._min_size: int | None = None
        self.type.fields = _Fields(self)
        self.type.keys = self._keys

    @property
    def min_size(self) -> int:
        """The fewest bytes: those of the fields that are required and have no default."""
        if self._min_size is None:
            size = 2
            required = frozenset(self.schema.get("required") or ())
            for key, schema in self._properties.items():
                if key in required and (not isinstance(schema, Mapping) or schema.get("default") is None):
                    found = self.property(key)
                    size += len(key.encode(errors="surrogatepass")) + found.min_size + 4 if found is not None else 0
            self._min_size = size
        return self._min_size

    def field(self, name: str) -> Declaration | None:
        """Return a field by its name in expressions."""
        key = self._keys.get(f"__{name}__" if name in _WORDS else name)
        return None if key is None else self.property(key)

    def property(self, key: str) -> Declaration | None:
        """Return a property by its key."""
        if key not in self._fields:
            schema = self._properties.get(key)
            is_resource = isinstance(schema, Mapping) and bool(schema.get("x-kubernetes-embedded-resource"))
            self._fields[key] = declared(schema, is_resource=is_resource)
        return self._fields[key]

    def names(self) -> Iterator[str]:
        """Yield the names of the fields in expressions."""
        return (name for name in self._keys if self.field(name) is not None)


class _Fields(Mapping[str, Type]):
    """The types of the fields of an object, made when they are asked for."""

    def __init__(self, owner: _Object) -> None:
        self._owner = owner

    def __getitem__(self, name: str) -> Type:
        found = self._owner.field(name)
        if found is None:
            raise KeyError(name)
        return found.type

    def __iter__(self) -> Iterator[str]:
        return self._owner.names()

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _has_meta(properties: Mapping[str, Any]) -> bool:
    """Return whether a schema says of itself what every resource has."""
    metadata = properties.get("metadata") or {}
    inner = metadata.get("properties") or {}
    texts = (properties.get("kind"), properties.get("apiVersion"), inner.get("name"), inner.get("generateName"))
    return metadata.get("type") == "object" and all((each or {}).get("type") == "string" for each in texts)
