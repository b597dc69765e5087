"""JSON values against the schema of a custom resource, as a server checks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["Fault", "has_unknown_fields", "value_faults"]

#: The steps from the value to where the fault is, and what it is.
Fault = tuple[tuple[str | int, ...], str]
Schema = Mapping[str, Any]

_INT_OR_STRING = "x-kubernetes-int-or-string"
_PRESERVE = "x-kubernetes-preserve-unknown-fields"


def _is_integer(value: Any) -> bool:
    return type(value) is int or (type(value) is float and value.is_integer())


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": lambda value: type(value) in (int, float),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, Mapping),
}


def value_faults(value: Any, schema: Schema) -> Iterator[Fault]:
    """Yield what is wrong with a value."""
    if value is None and schema.get("nullable"):
        return
    kind = schema.get("type")
    if schema.get(_INT_OR_STRING):
        if not isinstance(value, str) and not _is_integer(value):
            yield (), "must be an integer or text"
            return
    elif kind and (kind not in _TYPES or not _TYPES[kind](value)):
        yield (), f"must be of type {kind}"
        return
    yield from (((), message) for message in _own_faults(value, schema))
    yield from _alternative_faults(value, schema)
    if isinstance(value, Mapping):
        yield from _field_faults(value, schema)
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for index, item in enumerate(value):
            yield from (((index, *steps), message) for steps, message in value_faults(item, schema["items"]))


def _own_faults(value: Any, schema: Schema) -> Iterator[str]:
    enum = schema.get("enum")
    if enum and not any(type(value) is type(allowed) and value == allowed for allowed in enum):
        yield f"must be one of {', '.join(map(repr, enum))}"
    if isinstance(value, str):
        yield from _length_faults(len(value), schema, "Length", "characters")
        pattern = schema.get("pattern")
        if pattern and _differs(value, pattern):
            yield f"must match {pattern!r}"
    elif isinstance(value, list):
        yield from _length_faults(len(value), schema, "Items", "elements")
    elif isinstance(value, Mapping):
        yield from _length_faults(len(value), schema, "Properties", "fields")
    elif type(value) in (int, float):
        yield from _number_faults(value, schema)


def _length_faults(length: int, schema: Schema, what: str, noun: str) -> Iterator[str]:
    least, most = schema.get(f"min{what}"), schema.get(f"max{what}")
    if least is not None and length < least:
        yield f"must have at least {least} {noun}"
    if most is not None and length > most:
        yield f"must have at most {most} {noun}"


def _number_faults(value: float, schema: Schema) -> Iterator[str]:
    least, most, step = schema.get("minimum"), schema.get("maximum"), schema.get("multipleOf")
    if least is not None and (value < least or (value == least and schema.get("exclusiveMinimum"))):
        yield f"must not be less than {least}"
    if most is not None and (value > most or (value == most and schema.get("exclusiveMaximum"))):
        yield f"must not be more than {most}"
    if step and type(value) is int and type(step) is int and value % step:
        yield f"must be a multiple of {step}"


def _differs(value: str, pattern: str) -> bool:
    """Return whether a text does not match; what is not a pattern is told at its own place."""
    from kpy.syntax import re2

    try:
        return not re2.compile(pattern).search(value)
    except re2.PatternError:
        return False


def _alternative_faults(value: Any, schema: Schema) -> Iterator[Fault]:
    def fits(each: Schema) -> bool:
        return next(value_faults(value, each), None) is None

    if schema.get("anyOf") and not any(map(fits, schema["anyOf"])):
        yield (), "must fit one of the schemas of anyOf"
    if schema.get("oneOf") and sum(map(fits, schema["oneOf"])) != 1:
        yield (), "must fit exactly one of the schemas of oneOf"
    if schema.get("not") is not None and fits(schema["not"]):
        yield (), "must not fit the schema of not"
    for each in schema.get("allOf") or ():
        yield from value_faults(value, each)


def _field_faults(value: Mapping[str, Any], schema: Schema) -> Iterator[Fault]:
    for name in schema.get("required") or ():
        if name not in value:
            yield (name,), "is required"
    properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    for name, item in value.items():
        inner = properties.get(name, extra)
        if isinstance(inner, Mapping):
            yield from (((name, *steps), message) for steps, message in value_faults(item, inner))


def has_unknown_fields(value: Any, schema: Schema) -> bool:
    """Return whether a server would drop fields of the value, as the schema does not mention them."""
    if isinstance(value, list):
        items = schema.get("items")
        return isinstance(items, Mapping) and any(has_unknown_fields(item, items) for item in value)
    if not isinstance(value, Mapping) or schema.get(_PRESERVE):
        return False
    properties, extra = schema.get("properties") or {}, schema.get("additionalProperties")
    known = {"apiVersion", "kind", "metadata"} if schema.get("x-kubernetes-embedded-resource") else set()
    for name, item in value.items():
        inner = properties.get(name, extra)
        if inner is None or inner is False:
            if name not in known:
                return True
        elif isinstance(inner, Mapping) and has_unknown_fields(item, inner):
            return True
    return False
