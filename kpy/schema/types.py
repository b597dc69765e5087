"""Types of the API and their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

__all__ = ["Field", "Shape", "Type"]

Shape = Literal[
    "string",
    "integer",
    "number",
    "boolean",
    "int-or-string",
    "quantity",
    "time",
    "micro-time",
    "bytes",
    "struct",
    "object",
    "any",
    "schema-or-list",
    "schema-or-boolean",
    "schema-or-strings",
]
Container = Literal["", "list", "map", "map-list"]

_SHAPES: dict[str, Shape] = {
    "s": "string",
    "i32": "integer",
    "i64": "integer",
    "n": "number",
    "b": "boolean",
    "is": "int-or-string",
    "q": "quantity",
    "t": "time",
    "mt": "micro-time",
    "y": "bytes",
    "o": "object",
    "a": "any",
    "schema|list": "schema-or-list",
    "schema|bool": "schema-or-boolean",
    "schema|strings": "schema-or-strings",
}
_CONTAINERS: tuple[tuple[str, Container], ...] = (("{}[]", "map-list"), ("{}", "map"), ("[]", "list"))
_NOTHING: Mapping[str, Any] = {}


class Field:
    """One field of a type: what it holds and how lists of it merge."""

    __slots__ = (
        "bits",
        "container",
        "enum",
        "list_keys",
        "list_type",
        "map_type",
        "merge_key",
        "name",
        "shape",
        "strategy",
        "type",
    )

    def __init__(self, name: str, said: str | list[Any]) -> None:
        code, extra = (said, _NOTHING) if isinstance(said, str) else (said[0], said[1])
        #: The name in JSON.
        self.name = name
        #: How values are held: alone, in a list, in a map by free keys, or in a map of lists.
        self.container: Container = ""
        for prefix, container in _CONTAINERS:
            if code.startswith(prefix):
                self.container, code = container, code[len(prefix) :]
                break
        #: The name of the struct type of a value or element; nothing for scalars and free-form values.
        self.type: str | None = code[1:] if code.startswith("@") else None
        #: What a value or element is.
        self.shape: Shape = "struct" if self.type else _SHAPES[code]
        #: The width of an integer, 32 or 64; 0 for all else.
        self.bits = {"i32": 32, "i64": 64}.get(code, 0)
        #: The closed set of values, where the API has one; `""` in it means that the empty text is fine too.
        self.enum: frozenset[str] | None = frozenset(extra["enum"]) if "enum" in extra else None
        #: `atomic`, `set` or `map`, as server-side apply treats the list.
        self.list_type: str = extra.get("list", "atomic")
        #: The fields that identify an element of a list of type `map`.
        self.list_keys: tuple[str, ...] = tuple(extra.get("keys", ()))
        #: The field that identifies an element in a strategic merge patch.
        self.merge_key: str | None = extra.get("merge")
        #: The words of the strategic merge patch strategy: `merge`, `replace`, `retainKeys`.
        self.strategy: tuple[str, ...] = tuple(extra.get("strategy", "").split(",")) if "strategy" in extra else ()
        #: `atomic` where a struct or map is replaced whole.
        self.map_type: str | None = extra.get("map")

    def __repr__(self) -> str:
        """Return name and shape for a prompt."""
        return f"<Field {self.name}: {self.container or 'one'} {self.type or self.shape}>"


class Type:
    """A struct type of the API with its fields, in the order of the published schema."""

    __slots__ = ("fields", "name", "required")

    def __init__(self, name: str, definition: Mapping[str, Any]) -> None:
        #: `core/v1 Container`
        self.name = name
        self.fields: dict[str, Field] = {name: Field(name, said) for name, said in definition["fields"].items()}
        #: The fields that the published schema calls required; a server checks some more and some less.
        self.required: frozenset[str] = frozenset(definition["required"])

    @property
    def group(self) -> str:
        """The folder of the group: `core`."""
        return self.name.partition("/")[0]

    @property
    def version(self) -> str:
        """The version: `v1`."""
        return self.name.partition("/")[2].partition(" ")[0]

    @property
    def short_name(self) -> str:
        """The Go type: `Container`."""
        return self.name.rpartition(" ")[2]

    def __repr__(self) -> str:
        """Return the name for a prompt."""
        return f"<Type {self.name}>"
