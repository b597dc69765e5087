"""Structural schemas: every field has a type, and alternatives only check further what is there already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.apiextensions.places import Place, schemas
from kpy.rules.apiextensions.schemas import DEFINITION, STRUCTURAL, is_said

__all__ = ["is_convertible", "is_structural"]

Report = Callable[[Place, str], None]

_EMBEDDED = "x-kubernetes-embedded-resource"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_UNSUPPORTED = ("id", "$schema", "$ref", "patternProperties", "dependencies", "definitions")
#: What an alternative must not say: it is said once, outside of it.
_FORBIDDEN = (
    "type", "default", "title", "description", "nullable", _PRESERVE, _EMBEDDED, _INT_OR_STRING,
    "x-kubernetes-list-map-keys", "x-kubernetes-list-type", "x-kubernetes-map-type", "x-kubernetes-validations",
)  # fmt: skip
_FREE_IN_METADATA = ("type", "default", "properties")
_LISTS = ("allOf", "anyOf", "oneOf", "enum", "x-kubernetes-validations")
_LEVELS = {"root": "the root", "item": "the elements of an array", "field": "a field"}


def is_convertible(schema: Tree) -> bool:
    """Return whether a server gets as far as looking at the structure: keywords it does not support stop it."""
    if any(schema.get(name) for name in _UNSUPPORTED) or schema.get("additionalItems") is not None:
        return False
    if schema.get(_PRESERVE) is False or isinstance(schema.get("items"), list):
        return False
    return all(is_convertible(child) for _, child in _inner(schema))


def _inner(schema: Tree) -> Iterator[tuple[tuple[str | int, ...], Tree]]:
    """Yield all schemas directly within one, with the steps to them."""
    for name in ("items", "additionalProperties", "not"):
        if isinstance(schema.get(name), Mapping):
            yield (name,), schema[name]
    for key, value in (schema.get("properties") or {}).items():
        yield ("properties", key), value
    for name in ("allOf", "anyOf", "oneOf"):
        for index, value in enumerate(schema.get(name) or ()):
            yield (name, index), value


def is_structural(schema: Tree) -> bool:
    """Return whether a schema is structural."""
    faults: list[str] = []
    nowhere = Place(Path(None, ""), Path(None, ""))
    if is_convertible(schema):
        _check_structure(schema, "root", nowhere, lambda _, message: faults.append(message))
        return not faults
    return False


@rule("crd-structural", on=DEFINITION, source=STRUCTURAL)
def structural(definition: Tree, at: Path, check: Check) -> None:
    """A schema is structural: all fields and elements have types; alternatives only check what has one already."""
    for version in schemas(definition, at):
        if is_convertible(version.schema):
            _check_structure(version.schema, "root", version.place, lambda place, message: place.report(check, message))


def _check_structure(schema: Tree, level: str, place: Place, report: Report) -> None:
    if isinstance(schema.get("items"), Mapping):
        _check_structure(schema["items"], "item", place.field("items"), report)
    elif schema.get("type") == "array":
        report(place.field("items"), "array has no schema of its elements")
    for name, value in (schema.get("properties") or {}).items():
        _check_structure(value, "field", place.field("properties").key(name), report)
    extra = schema.get("additionalProperties")
    if extra is not None and level == "root":
        report(place.field("additionalProperties"), "a resource has no additional properties at its root")
    if isinstance(extra, Mapping):
        _check_structure(extra, "field", place.field("additionalProperties"), report)
    _check_type(schema, level, place, report)
    _check_resource(schema, level, place, report)
    skip = _is_int_or_string(schema)
    first = (schema.get("allOf") or [{}])[0]
    _check_values(schema, place, report, skip, _is_int_or_string(first))
    if level == "root":  # a server looks no deeper for this
        _check_complete(schema, schema, place, report)


def _check_type(schema: Tree, level: str, place: Place, report: Report) -> None:
    type_name, embedded = schema.get("type"), schema.get(_EMBEDDED)
    here = place.field("type")
    if embedded and type_name != "object":
        report(here, "an embedded resource must be of type object")
    elif not type_name and not schema.get(_INT_OR_STRING) and not schema.get(_PRESERVE):
        report(here, f"{_LEVELS[level]} must have a type")
    if level == "root" and type_name and type_name != "object":
        report(here, "the root must be of type object")
    for name in (_PRESERVE, _EMBEDDED):
        if schema.get(_INT_OR_STRING) and schema.get(name):
            report(place.field(name), f"`{name}` cannot be combined with `{_INT_OR_STRING}`")
    if embedded and schema.get("additionalProperties") is not None:
        report(place.field("additionalProperties"), "an embedded resource has no additional properties")
    if embedded and not schema.get(_PRESERVE) and not schema.get("properties"):
        report(place.field("properties"), f"an embedded resource has properties, or `{_PRESERVE}: true`")


def _check_resource(schema: Tree, level: str, place: Place, report: Report) -> None:
    """Check apiVersion, kind and metadata, which every resource has."""
    properties = schema.get("properties") or {}
    is_resource = level == "root" or bool(schema.get(_EMBEDDED))
    for name, kind in (("kind", "string"), ("apiVersion", "string"), ("metadata", "object")):
        field = properties.get(name)
        if field is not None and is_resource and field.get("type") != kind:
            report(place.field("properties").key(name).field("type"), f"{name} must be of type {kind}")
    metadata = properties.get("metadata")
    if metadata is not None and level == "root":
        odd = [name for name in metadata if name not in _FREE_IN_METADATA and is_said(metadata, name)]
        odd = [name for name in odd if metadata[name] or name not in _LISTS]
        named = metadata.get("properties") or {}
        if odd or set(named) - {"name", "generateName"}:
            report(
                place.field("properties").key("metadata"), "of metadata only name and generateName can be restricted"
            )


def _is_int_or_string(schema: Tree) -> bool:
    """Return whether `anyOf` is the well-known pair of integer and string, which is allowed to have types."""
    return list(schema.get("anyOf") or ()) == [{"type": "integer"}, {"type": "string"}]


def _check_values(schema: Tree, place: Place, report: Report, skip_any: bool, skip_first: bool) -> None:
    """Check alternatives and the pattern."""
    for index, value in enumerate(() if skip_any else schema.get("anyOf") or ()):
        _check_alternative(value, place.field("anyOf").field(index), report)
    for index, value in enumerate(schema.get("allOf") or ()):
        _check_alternative(value, place.field("allOf").field(index), report, skip_any=skip_first and index == 0)
    for index, value in enumerate(schema.get("oneOf") or ()):
        _check_alternative(value, place.field("oneOf").field(index), report)
    if schema.get("not") is not None:
        _check_alternative(schema["not"], place.field("not"), report)
    if pattern := schema.get("pattern"):
        _check_pattern(pattern, place.field("pattern"), report)


def _check_pattern(pattern: str, place: Place, report: Report) -> None:
    from kpy.syntax import re2

    try:
        re2.compile(pattern)
    except re2.PatternError as error:
        report(place, f"`pattern` is not a regular expression that Go (RE2) takes: {error.summary}")


def _check_alternative(schema: Tree, place: Place, report: Report, *, skip_any: bool = False) -> None:
    _check_values(schema, place, report, skip_any, False)
    for name in _FORBIDDEN:
        if schema.get(name) not in (None, "", False, []):
            report(place.field(name), f"`{name}` belongs outside of allOf, anyOf, oneOf and not")
    extra = schema.get("additionalProperties")
    if extra is not None and extra is not False:
        report(place.field("additionalProperties"), "`additionalProperties` belongs outside of alternatives")
    if isinstance(schema.get("items"), Mapping):
        _check_alternative(schema["items"], place.field("items"), report)
    for name, value in (schema.get("properties") or {}).items():
        _check_alternative(value, place.field("properties").key(name), report)
    if "metadata" in (schema.get("properties") or {}):
        report(place.field("properties").key("metadata"), "metadata cannot be restricted in alternatives")


def _check_complete(values: Tree, schema: Tree, place: Place, report: Report) -> None:
    """Check that what alternatives restrict is there outside of them."""
    nested = [values["not"]] if values.get("not") is not None else []
    for name in ("allOf", "anyOf", "oneOf"):
        nested.extend(values.get(name) or ())
    for nested_schema in nested:
        _check_complete(nested_schema, schema, place, report)
        _check_inner(nested_schema, schema, place, report)


def _check_inner(values: Tree, schema: Tree, place: Place, report: Report) -> None:
    items = values.get("items")
    if isinstance(items, Mapping):
        if isinstance(schema.get("items"), Mapping):
            _check_complete(items, schema["items"], place.field("items"), report)
            _check_inner(items, schema["items"], place.field("items"), report)
        else:
            report(place.field("items"), "an alternative restricts elements that are not described outside of it")
    for name, value in (values.get("properties") or {}).items():
        here = place.field("properties").key(name)
        outside = (schema.get("properties") or {}).get(name)
        if outside is None:
            report(here, f"an alternative restricts the field {name!r}, which is not described outside of it")
        else:
            _check_complete(value, outside, here, report)
            _check_inner(value, outside, here, report)
