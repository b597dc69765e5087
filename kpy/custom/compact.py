"""The part of a schema that objects are judged by: without what only people read, and with marks where rules are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

__all__ = ["RULED", "compact", "is_ruled"]

#: Marks a schema in which, or below which, there are rules.
RULED: Final = "x-kpy-ruled"

_READ: Final = frozenset({"description", "title", "example", "externalDocs", RULED})
_RULES: Final = "x-kubernetes-validations"
#: What has a schema, several of them, or some by name.
_ONE: Final = ("items", "additionalProperties", "not")
_SEVERAL: Final = ("allOf", "anyOf", "oneOf")
_NAMED: Final = "properties"


def compact(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema as objects are judged by it; the given one is left as it is."""
    found = {key: value for key, value in schema.items() if key not in _READ}
    ruled = bool(schema.get(_RULES))
    for key in _ONE:
        if isinstance(inner := schema.get(key), Mapping):
            found[key] = made = compact(inner)
            ruled = ruled or (RULED in made and key != "not")
    for key in _SEVERAL:
        if isinstance(inner := schema.get(key), list):
            found[key] = [compact(each) if isinstance(each, Mapping) else each for each in inner]
    if isinstance(inner := schema.get(_NAMED), Mapping):
        properties = {name: compact(each) if isinstance(each, Mapping) else each for name, each in inner.items()}
        found[_NAMED] = properties
        ruled = ruled or any(isinstance(each, dict) and RULED in each for each in properties.values())
    if ruled:
        found[RULED] = True
    return found


def is_ruled(schema: object) -> bool:
    """Return whether a compact schema has rules in it or below it."""
    return isinstance(schema, Mapping) and RULED in schema
