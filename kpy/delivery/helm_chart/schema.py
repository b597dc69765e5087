"""values.schema.json: what values may be, as the annotations of the parameters say and kpy checks them."""

from __future__ import annotations

import enum
import json
import typing
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from kpy.delivery.helm_chart.candidates import PATH
from kpy.delivery.helm_chart.expressions import Path
from kpy.delivery.helm_chart.plain import GREATEST, words_of
from kpy.loading.conversion import collection_of, parts_of
from kpy.loading.fitting import fields_of, is_mapping, takes_table

if TYPE_CHECKING:
    from kpy.delivery.helm_chart.parameters import Parameter

__all__ = ["NoValueError", "schema_of", "to_schema"]

_SIMPLE: Final[dict[Any, dict[str, Any]]] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": -GREATEST, "maximum": GREATEST},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
}


class NoValueError(ValueError):
    """A type of which a file of values has no values."""


def to_schema(
    parameters: Iterable[Parameter],
    base: Mapping[str, Any],
    *,
    name: str,
    only: Mapping[Path, Sequence[str]] | None = None,
    forbidden: Mapping[Path, Collection[str]] | None = None,
) -> bytes:
    """Return the schema of the values of a chart.

    Tables have the fields that they have in the base, since others were not tried. `only` has the texts that a value is
    one of, by its path, and `forbidden` the keys that a table must not have.
    """
    properties: dict[str, Any] = {}
    required = []
    for each in parameters:
        about = {"description": each.description} if each.description else {}
        said = schema_of(each.annotation, base.get(each.name), is_required=each.is_required)
        properties[each.name] = {**about, **said}
        if not is_optional(each.annotation):
            required.append(each.name)
    for path, texts in (only or {}).items():
        _narrow(properties, path, {"enum": list(texts)})
    for path, keys in (forbidden or {}).items():
        _add(properties, path, {"propertyNames": {"not": {"enum": sorted(keys)}}})
    # what Helm hands to a chart that is a part of another
    properties["global"] = {"type": "object", "description": "Values of all charts, which this one does not use."}
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"Values of the chart {name}",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


def _narrow(properties: dict[str, Any], path: Path, schema: dict[str, Any]) -> None:
    """Put a schema in the place of that of a value."""
    *outer, last = path
    for step in outer:
        properties = properties[step].get("properties", {})
    about = {key: said for key, said in properties[last].items() if key == "description"}
    properties[last] = {**about, **schema}


def _add(properties: dict[str, Any], path: Path, schema: dict[str, Any]) -> None:
    """Add to the schema of a value."""
    *outer, last = path
    for step in outer:
        properties = properties[step].get("properties", {})
    properties[last] |= schema


def is_optional(annotation: Any) -> bool:
    """Return whether a value may be nothing."""
    return any(part in (type(None), Any, object) for part in parts_of(annotation))


def schema_of(annotation: Any, base: Any = None, *, is_required: bool = False) -> dict[str, Any]:
    """Return the schema of an annotation; a table has the fields that the base has, all of them where there is none.

    A text that has no default may not be empty. Raises `NoValueError`.
    """
    schemas = [_schema(part, base) for part in dict.fromkeys(parts_of(annotation))]
    if is_required and schemas == [{"type": "string"}]:
        return {"type": "string", "minLength": 1}
    if len(schemas) == 1:
        return schemas[0]
    if all(each.keys() == {"type"} for each in schemas):
        return {"type": [each["type"] for each in schemas]}
    return {"anyOf": schemas}


def _schema(part: Any, base: Any = None) -> dict[str, Any]:
    if part in (Any, object):
        return {}
    try:
        if part in _SIMPLE:
            return dict(_SIMPLE[part])
    except TypeError:  # what has no hash is none of them
        pass
    if typing.get_origin(part) is typing.Literal:
        return {"enum": list(typing.get_args(part))}
    if isinstance(part, type) and issubclass(part, enum.Enum):
        return {"enum": words_of(part)}
    if isinstance(part, type) and issubclass(part, PurePath):
        return {"type": "string", "pattern": f"^({PATH})$"}
    if (collection := collection_of(part)) is not None:
        return _list_schema(part, collection)
    if takes_table(part):
        return _table_schema(part, base if isinstance(base, Mapping) else None)
    raise NoValueError(f"a file of values has none of `{getattr(part, '__name__', part)}`")


def _list_schema(part: Any, collection: Any) -> dict[str, Any]:
    elements: tuple[Any, ...] = typing.get_args(part) or (Any,)
    if collection is tuple and len(elements) > 1 and elements[-1] is not ...:
        items = [schema_of(each) for each in elements]
        return {"type": "array", "items": items, "minItems": len(items), "maxItems": len(items)}
    return {"type": "array", "items": schema_of(next(iter(elements)))}


def _table_schema(part: Any, base: Mapping[str, Any] | None) -> dict[str, Any]:
    origin = typing.get_origin(part) or part
    if is_mapping(origin):
        _, element = typing.get_args(part) or (str, Any)
        return {"type": "object", "additionalProperties": schema_of(element)}
    if hasattr(origin, "from_dict") or hasattr(origin, "model_validate"):
        return {"type": "object"}
    fields, required = fields_of(origin)
    known = [name for name in fields if base is None or name in base]
    if base is not None:  # what has a default has it in values.yaml, and `null` would take it away
        required = {name for name in known if not is_optional(fields[name])}
    return {
        "type": "object",
        "properties": {name: schema_of(fields[name], (base or {}).get(name)) for name in known},
        "additionalProperties": False,
        **({"required": sorted(required)} if required else {}),
    }
