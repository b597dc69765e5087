"""The annotations of generated fields."""

from __future__ import annotations

from collections.abc import Iterable

from kpy.model.names import api_name, python_name
from kpy.schema import Field
from kpy.schema.references import names_object

__all__ = ["annotation", "irregular_names", "module_alias"]

_BUILTINS = frozenset({"str", "int", "float", "bool", "list", "dict"})
_SHAPES = {
    "string": "str",
    "integer": "int",
    "number": "Number",
    "boolean": "bool",
    "int-or-string": "int | str",
    "quantity": "QuantityInput",
    "time": "Time",
    "micro-time": "Time",
    "bytes": "str",
    "object": "JsonObject",
    "any": "Json",
    "schema-or-list": "{schema} | list[{schema}]",
    "schema-or-boolean": "{schema} | bool",
    "schema-or-strings": "{schema} | list[str]",
}
_JSON_SCHEMA = "apiextensions/v1 JSONSchemaProps"


def module_alias(type_name: str) -> str:
    """Return the name under which generated code imports the module of a type: `core_v1`."""
    return type_name.partition(" ")[0].replace("/", "_")


def annotation(type_name: str, field: Field, *, module: str = "", shadowed: Iterable[str] = ()) -> str:
    """Return the annotation of a field.

    Types of `module` (such as `core_v1`) are written without it. `shadowed` are builtin names that mean something else
    where the annotation stands.
    """
    element = _element(type_name, field, module)
    match field.container:
        case "list":
            text = f"list[{element}]"
        case "map":
            text = f"dict[str, {element}]"
        case "map-list":
            text = f"dict[str, list[{element}]]"
        case _:
            text = element
    for name in _BUILTINS.intersection(shadowed):
        text = _qualified(text, name)
    return text if text == "Json" else f"{text} | None"


def irregular_names(fields: Iterable[str]) -> dict[str, str]:
    """Return Python name to API name, of those fields for which the rule does not lead back."""
    names = {python_name(field): field for field in fields}
    return {name: field for name, field in names.items() if api_name(name) != field}


def _element(type_name: str, field: Field, module: str) -> str:
    if field.type == "meta/v1 LabelSelector":
        return f"{_class(field.type, module)} | Selectable"
    if field.type:
        return _class(field.type, module)
    if field.enum is not None:
        return f"Literal[{', '.join(_quoted(value) for value in sorted(field.enum))}]"
    if names_object(type_name, field.name):
        return "str | Referable"
    if field.shape == "integer" and "seconds" in field.name.lower():
        return "Seconds"
    return _SHAPES[field.shape].format(schema=_class(_JSON_SCHEMA, module))


def _class(type_name: str, module: str) -> str:
    alias, name = module_alias(type_name), type_name.rpartition(" ")[2]
    return name if alias == module else f"{alias}.{name}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _qualified(text: str, name: str) -> str:
    import re

    return re.sub(rf"(?<![\w.]){name}(?!\w)", f"builtins.{name}", text)
