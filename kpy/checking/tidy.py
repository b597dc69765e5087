"""A copy of a document as an API server reads it: without nulls, with text keys, of plain lists and dicts.

A null field is an absent one. A null in a list or a map stands for the zero value: an empty struct, an empty text, 0.
Keys that YAML read as numbers or booleans are texts in JSON. `3.0` is the integer 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.objects import Tree
from kpy.schema import Api, Field

__all__ = ["tidied"]

_ZERO: Tree = {
    "string": "",
    "integer": 0,
    "number": 0,
    "boolean": False,
    "int-or-string": 0,
    "quantity": "0",
    "bytes": "",
}


def tidied(value: Any, type_name: str, api: Api) -> Any:
    """Return a tidy copy of a value of the type; what cannot be tidied stays as it is."""
    struct = api.type(type_name)
    if struct is None or not isinstance(value, Mapping):
        return value
    copy: dict[str, Any] = {}
    for key, item in value.items():
        name = _key(key)
        field = struct.fields.get(name)
        if field is None:
            copy[name] = item
        elif item is not None:
            copy[name] = _field(item, field, api)
    return copy


def _field(value: Any, field: Field, api: Api) -> Any:
    match field.container:
        case "list" if isinstance(value, list | tuple):
            return [_element(item, field, api) for item in value]
        case "map" if isinstance(value, Mapping):
            return {_key(key): _element(item, field, api) for key, item in value.items()}
        case "map-list" if isinstance(value, Mapping):
            return {_key(key): _list(item, field, api) for key, item in value.items()}
        case "":
            return _element(value, field, api)
    return value


def _list(value: Any, field: Field, api: Api) -> Any:
    if value is None:
        return []
    return [_element(item, field, api) for item in value] if isinstance(value, list | tuple) else value


def _element(value: Any, field: Field, api: Api) -> Any:
    if field.type is not None:
        return {} if value is None else tidied(value, field.type, api)
    if field.shape in ("object", "any"):
        return value
    if value is None:
        return _ZERO.get(field.shape, value)
    if field.shape.startswith("schema-or-"):
        return _schema_or(value, api)
    if field.shape == "bytes" and isinstance(value, list | tuple):
        return [0 if item is None else item for item in value]
    return _scalar(value, field)


def _scalar(value: Any, field: Field) -> Any:
    if isinstance(value, float) and value.is_integer() and field.shape in ("integer", "int-or-string"):
        return int(value)
    for plain in (str, int, float):
        if isinstance(value, plain) and not isinstance(value, bool):
            return plain(value)
    return value


def _schema_or(value: Any, api: Api) -> Any:
    if isinstance(value, list | tuple):
        return [_schema_or(item, api) for item in value]
    return tidied(value, "apiextensions/v1 JSONSchemaProps", api)


def _key(key: Any) -> str:
    if isinstance(key, str):
        return str(key)
    if isinstance(key, bool):
        return "true" if key else "false"
    return "null" if key is None else str(key)
