"""What a field of a custom resource is, by its definition."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from kpy.custom.sources import objects_in
from kpy.errors import UsageError
from kpy.explaining.custom_facts import facts_of_custom
from kpy.explaining.pages import Page
from kpy.model.names import python_name

__all__ = ["CustomPlace", "find_custom_place", "page_about_custom", "tree_below_custom"]

Schema = Mapping[str, Any]

_SHAPES = {"boolean": "true or false", "integer": "whole number", "number": "number", "string": "text"}
_BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "matches {}",
    "format": "form: {}",
}


class CustomPlace(NamedTuple):
    """A kind of custom resource, or a field within it."""

    api_version: str
    kind: str
    scope: str
    names: Mapping[str, Any]
    file: str
    steps: tuple[str, ...]
    schema: Schema
    is_required: bool


def find_custom_place(word: str, paths: tuple[str, ...]) -> CustomPlace | None:
    """Return what a word means by the definitions in files and folders, or nothing where they have no such kind.

    Raises `UsageError`, which names the nearest fields, where the kind is there and a field is not.
    """
    group_version, _, plain = word.strip().rpartition(" ")
    head, *steps = plain.split(".")
    for file, definition in objects_in(paths, "crds"):
        spec = definition.get("spec")
        if not isinstance(spec, Mapping) or not _is_called(spec.get("names"), head):
            continue
        for version in _versions(spec):
            api_version = f"{spec.get('group')}/{version.get('name')}"
            if group_version in ("", api_version, spec.get("group")):
                place = CustomPlace(
                    api_version,
                    spec["names"]["kind"],
                    str(spec.get("scope")),
                    spec["names"],
                    file,
                    (),
                    _top(version),
                    False,
                )
                return _walk(place, steps)
    return None


def page_about_custom(place: CustomPlace) -> Page:
    """Return the page about a place in a custom resource."""
    title = ".".join([place.kind, *place.steps])
    scope = "in a namespace" if place.scope == "Namespaced" else "of the cluster"
    shape = _holds(place.schema) if place.steps else f"{place.api_version}, {scope}, plural {place.names.get('plural')}"
    page = Page(title, shape, _text(place.schema))
    known = facts_of_custom(place.api_version.rpartition("/")[0], place.kind, place.steps)
    page.rows = [("Python", _example(place)), *_facts(place), *known, ("Definition", place.file)]
    page.fields = [(name, _holds(inner), _text(inner)) for name, inner in _fields(place.schema).items()]
    return page


def tree_below_custom(schema: Schema, depth: int = 0) -> Iterator[tuple[int, str, str, str]]:
    """Yield depth, name, what it holds and meaning of all fields below."""
    for name, inner in _fields(schema).items():
        yield depth, name, _holds(inner), _text(inner)
        yield from tree_below_custom(inner, depth + 1)


def _is_called(names: object, head: str) -> bool:
    if not isinstance(names, Mapping) or not isinstance(names.get("kind"), str):
        return False
    short = names.get("shortNames")
    known = [names["kind"], names.get("plural"), names.get("singular"), *(short if isinstance(short, list) else [])]
    return head.lower() in [str(name).lower() for name in known]


def _versions(spec: Schema) -> list[Schema]:
    """Return the versions, the stored one first."""
    said = spec.get("versions")
    versions = [each for each in said if isinstance(each, Mapping)] if isinstance(said, list) else []
    return sorted(versions, key=lambda each: (not each.get("storage"), not each.get("served")))


def _top(version: Schema) -> Schema:
    schema = version.get("schema")
    found = schema.get("openAPIV3Schema") if isinstance(schema, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _walk(place: CustomPlace, steps: list[str]) -> CustomPlace:
    for number, step in enumerate(steps):
        fields = _fields(place.schema)
        name = _named(fields, step)
        if name is None and number == 0 and "spec" in fields:  # a keyword of the class
            inner = _named(_fields(fields["spec"]), step)
            if inner is not None:
                return _walk(place, ["spec", inner, *steps[1:]])
        if name is None:
            raise UsageError(_lacking(place, step, list(fields)))
        required = place.schema.get("required")
        is_required = isinstance(required, list) and name in required
        place = place._replace(steps=(*place.steps, name), schema=fields[name], is_required=is_required)
    return place


def _named(fields: Mapping[str, Schema], step: str) -> str | None:
    return next((name for name in fields if step in (name, python_name(name)) or step.lower() == name.lower()), None)


def _lacking(place: CustomPlace, step: str, names: list[str]) -> str:
    at = ".".join([place.kind, *place.steps])
    if near := get_close_matches(step, names, n=3):
        return f"{at} has no field {step}; did you mean {' or '.join(near)}?"
    return f"{at} has no field {step}" + (f"; it has {', '.join(names[:12])}" if names else "")


def _fields(schema: Schema) -> Mapping[str, Schema]:
    """Return the fields within: of an object, or of what a list or map holds."""
    for _ in range(4):
        inner = schema.get("items") or schema.get("additionalProperties")
        if not isinstance(inner, Mapping) or schema.get("properties"):
            break
        schema = inner
    found = schema.get("properties")
    return (
        {str(name): each for name, each in found.items() if isinstance(each, Mapping)}
        if isinstance(found, Mapping)
        else {}
    )


def _holds(schema: Schema) -> str:
    items, values = schema.get("items"), schema.get("additionalProperties")
    if isinstance(items, Mapping):
        return f"list of {_holds(items)}"
    if isinstance(values, Mapping):
        return f"map of {_holds(values)}"
    if schema.get("x-kubernetes-int-or-string"):
        return "whole number or text"
    return _SHAPES.get(str(schema.get("type")), "object" if _fields(schema) else "any object")


def _text(schema: Schema) -> str:
    said = schema.get("description")
    return " ".join(said.split()) if isinstance(said, str) else ""


def _facts(place: CustomPlace) -> Iterator[tuple[str, str]]:
    schema = place.schema
    values = schema.get("enum")
    if isinstance(values, list):
        yield "Values", ", ".join(json.dumps(value) for value in values)
    if place.is_required:
        yield "Required", "yes"
    if "default" in schema:
        yield "Default", json.dumps(schema["default"])
    for name, text in _BOUNDS.items():
        if name in schema:
            yield "Limits", text.format(schema[name])
    rules = schema.get("x-kubernetes-validations")
    for rule in rules if isinstance(rules, list) else []:
        if isinstance(rule, Mapping) and isinstance(rule.get("rule"), str):
            message = f" ({rule['message']})" if isinstance(rule.get("message"), str) else ""
            yield "Rule", f"{' '.join(rule['rule'].split())}{message}"


def _example(place: CustomPlace) -> str:
    """Return the Python that says it, by the class that `kpy crds` makes of the definition."""
    if place.steps[:1] != ("spec",) or len(place.steps) < 2:
        return f'{place.kind}("web")'
    value = _value(place.schema)
    for name in reversed(place.steps[2:]):
        value = f'{{"{name}": {value}}}'
    return f'{place.kind}("web", {python_name(place.steps[1])}={value})'


def _value(schema: Schema) -> str:
    values = schema.get("enum")
    if isinstance(values, list) and values:
        return json.dumps(values[-1])
    if "default" in schema:
        return repr(schema["default"])
    if isinstance(schema.get("items"), Mapping):
        return f"[{_value(schema['items'])}]"
    plain = {"boolean": "True", "integer": "1", "number": "1.5", "string": '"text"'}
    return plain.get(str(schema.get("type")), "{}")
