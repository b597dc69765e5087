"""The schema of a chart's values: what it refers to in itself, and whether values are what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.errors import LoadError
from kpy.inputs.chart_files import ChartFiles

__all__ = ["SCHEMA", "Schema", "has_checker", "properties_of", "schema_of"]

SCHEMA: Final = "values.schema.json"
_DEEPEST: Final = 24
#: How many faults are told.
_MOST: Final = 20
#: Words that say something of a value, to what they ask for.
_WORDS: Final = {
    "maximum": "at most {}",
    "minimum": "at least {}",
    "exclusiveMaximum": "less than {}",
    "exclusiveMinimum": "more than {}",
    "maxLength": "a text of at most {} characters",
    "minLength": "a text of at least {} characters",
    "maxItems": "at most {} items",
    "minItems": "at least {} items",
    "multipleOf": "a multiple of {}",
    "pattern": "a text that matches {}",
    "format": "a text of the format {}",
}

Node = Mapping[str, Any]


class Schema:
    """A JSON Schema of values."""

    def __init__(self, root: Node) -> None:
        self.root = root

    def resolved(self, node: object) -> Node:
        """Return a schema with what it refers to in this file, and with the properties of the parts that all hold.

        What leads nowhere, or in a circle, says nothing.
        """
        for _ in range(_DEEPEST):
            if not isinstance(node, Mapping):
                return {}
            reference = node.get("$ref")
            if not isinstance(reference, str):
                return self._with_parts(node)
            found = _at(self.root, reference)
            if not isinstance(found, Mapping):
                return {}
            node = {**found, **{key: value for key, value in node.items() if key != "$ref"}}
        return {}

    @property
    def is_whole(self) -> bool:
        """Whether all that it refers to is in itself."""
        return not any(not reference.startswith("#") for reference in _references(self.root))

    def faults(self, values: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with values, without a value in the text; nothing where jsonschema is not installed."""
        return _faults(self.root, values) if has_checker() else []

    def _with_parts(self, schema: Node) -> Node:
        parts = schema.get("allOf")
        if not isinstance(parts, list) or not parts:
            return schema
        merged = {key: value for key, value in schema.items() if key != "allOf"}
        found = dict(properties_of(schema))
        for part in parts[:_DEEPEST]:
            inner = self.resolved(part)
            found |= properties_of(inner)
            merged = {**inner, **merged}
        return {**merged, "properties": found} if found else merged


def schema_of(chart: ChartFiles) -> Schema | None:
    """Return the schema of a chart; nothing for one without. Raises `LoadError` for what is no schema."""
    content = chart.files.get(SCHEMA)
    if content is None:
        return None
    path = f"{chart.path}/{SCHEMA}"
    try:
        root = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise LoadError(f"{path}: this is no JSON: {error}") from None
    if not isinstance(root, dict):
        raise LoadError(f"{path}: expected a JSON Schema, which is an object")
    return Schema(root)


def properties_of(schema: Node) -> Node:
    """Return what a schema says of the keys of an object."""
    properties = schema.get("properties")
    return properties if isinstance(properties, Mapping) else {}


def has_checker() -> bool:
    """Return whether jsonschema is installed, an extra of kpy."""
    from importlib.util import find_spec

    return find_spec("jsonschema") is not None


def _at(root: Node, reference: str) -> object:
    node: object = root
    if not reference.startswith("#"):
        return None
    for step in filter(None, reference[1:].split("/")):
        step = step.replace("~1", "/").replace("~0", "~")
        node = node.get(step) if isinstance(node, Mapping) else None
    return node


def _references(node: object) -> Iterator[str]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Mapping):
            if isinstance(reference := current.get("$ref"), str):
                yield reference
            waiting += current.values()
        elif isinstance(current, list):
            waiting += current


def _faults(root: Node, values: Mapping[str, Any]) -> list[str]:
    from jsonschema import Draft202012Validator, validators
    from jsonschema.exceptions import SchemaError
    from referencing import Registry, Resource
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT7

    def nothing(uri: str) -> Resource[Any]:
        """Return a schema that says nothing for what is elsewhere: kpy fetches nothing."""
        return DRAFT7.create_resource({})

    extend: Any = validators.extend
    registry: Any = Registry
    base: Any = validators.validator_for(root, default=Draft202012Validator)
    try:
        base.check_schema(root)
        checker = extend(base, {"pattern": _pattern, "patternProperties": _pattern_properties})
        checker = extend(checker, {"additionalProperties": _others(base)})
        found = sorted(
            checker(root, registry=registry(retrieve=nothing)).iter_errors(values),
            key=lambda error: [str(step) for step in error.absolute_path],
        )
    except (SchemaError, Unresolvable, RecursionError, ValueError, TypeError, KeyError):
        return []  # helm says what is wrong with a schema that is none
    texts = dict.fromkeys(f"`{_path(error.absolute_path)}`: {_said(error)}" for error in found)
    return list(texts)[:_MOST]


def _others(base: Any) -> Any:
    """Return the check of further keys, which leaves alone what patterns speak of: helm checks that."""
    original = base.VALIDATORS["additionalProperties"]

    def others(validator: Any, said: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if "patternProperties" not in schema:
            yield from original(validator, said, instance, schema)

    return others


def _pattern(validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if validator.is_type(instance, "string") and not _matches(str(pattern), instance):
        yield ValidationError("no match")


def _pattern_properties(validator: Any, patterns: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if validator.is_type(instance, "object"):
        for pattern, inner in patterns.items():
            for key, value in instance.items():
                if _matches(pattern, key):
                    yield from validator.descend(value, inner, path=key, schema_path=pattern)


def _matches(pattern: str, text: str) -> bool:
    """Return whether a pattern of a stranger matches; one that Go does not know says nothing."""
    from kpy.syntax.re2 import PatternError, compile

    try:
        return compile(pattern).search(text)
    except PatternError:
        return True


def _path(steps: Any) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.removeprefix(".") or "values"


def _said(error: Any) -> str:
    """Return what was expected, without the value, which may be a secret."""
    word, asked = error.validator, error.validator_value
    if word == "type":
        kinds = asked if isinstance(asked, list) else [asked]
        return f"expected {' or '.join(map(str, kinds))}, not {_kind(error.instance)}"
    if word == "enum":
        return f"expected one of {', '.join(json.dumps(each) for each in asked[:_MOST])}"
    if word == "const":
        return f"expected {json.dumps(asked)}"
    if word == "required":
        missing = [each for each in asked if each not in error.instance]
        return f"it lacks {', '.join(f'`{each}`' for each in missing)}"
    if word == "additionalProperties" and isinstance(error.instance, Mapping):
        known = properties_of(error.schema)
        extra = [f"`{key}`" for key in error.instance if key not in known]
        return f"the schema does not know {', '.join(extra)}"
    if word in _WORDS:
        return f"expected {_WORDS[word].format(json.dumps(asked))}"
    return f"it is not what `{word}` of the schema asks for"


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case Mapping():
            return "object"
    return "array"
