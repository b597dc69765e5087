"""Hypothesis strategies for custom resources, from their definitions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from kpy.custom.compact import compact
from kpy.custom.schema import Schema as Judge
from kpy.errors import UsageError

__all__ = ["custom_resources"]

Schema = Mapping[str, Any]
Strategy = st.SearchStrategy

#: How deep values are made of fields that need not be there, and how many of these at once.
_DEEPEST, _MOST_OPTIONAL = 6, 4
_INT_OR_STRING, _PRESERVE = "x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields"
_EMBEDDED = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "embedded"}}
_FORMATS: Mapping[str, Strategy[str]] = {
    "byte": st.sampled_from(["", "aGVsbG8="]),
    "cidr": st.sampled_from(["10.0.0.0/8", "192.168.1.0/24"]),
    "date": st.dates().map(str),
    "date-time": st.datetimes().map(lambda time: time.strftime("20%y-%m-%dT%H:%M:%SZ")),
    "duration": st.integers(0, 3600).map("{}s".format),
    "email": st.sampled_from(["a@example.com", "first.last@example.org"]),
    "hostname": st.sampled_from(["example.com", "a.b.example.org"]),
    "ipv4": st.ip_addresses(v=4).map(str),
    "ipv6": st.ip_addresses(v=6).map(str),
    "uri": st.sampled_from(["https://example.com/a", "http://example.org"]),
    "uuid": st.uuids().map(str),
}


def custom_resources(definition: Mapping[str, Any], version: str | None = None) -> Strategy[dict[str, Any]]:
    """Return valid objects of a CustomResourceDefinition as documents: by its schema and its rules in CEL.

    Without a version, they are of the one that is stored. Raises `UsageError` for a version without a schema, or one
    that is not served. A definition whose rules hardly anything meets makes Hypothesis complain.
    """
    spec = definition["spec"]
    group, kind = spec["group"], spec["names"]["kind"]
    versions = [each for each in spec["versions"] if each.get("served")]
    stored = next((each["name"] for each in versions if each.get("storage")), "")
    name = version or stored
    found: Schema = next((each for each in versions if each["name"] == name), {})
    schema = (found.get("schema") or {}).get("openAPIV3Schema")
    if schema is None:
        raise UsageError(f"{kind} of {group} has no version {name} that is served and has a schema")
    subresources = found.get("subresources") or {}
    judge = Judge(compact(schema), drops_status=subresources.get("status") is not None, scale=subresources.get("scale"))
    head = {"apiVersion": f"{group}/{name}", "kind": kind}
    namespace = {} if spec.get("scope") == "Cluster" else {"namespace": "default"}
    fields = {key: inner for key, inner in _properties(schema).items() if key not in _OF_OBJECTS}
    rest = _struct({**schema, "properties": fields}, 0)
    names = st.integers(0, 999).map("object-{}".format)
    documents = st.builds(lambda name, rest: {**head, "metadata": {"name": name, **namespace}, **rest}, names, rest)
    return documents.filter(lambda document: not any(judge.faults(document)))


_OF_OBJECTS = frozenset({"apiVersion", "kind", "metadata", "status"})


def _values(schema: Schema, depth: int) -> Strategy[Any]:
    """Return values that a schema allows, its rules aside."""
    found = _plain(schema, depth)
    return found | st.none() if schema.get("nullable") is True else found


def _plain(schema: Schema, depth: int) -> Strategy[Any]:
    values = schema.get("enum")
    if isinstance(values, list) and values:
        return st.sampled_from(values)
    if schema.get(_INT_OR_STRING) is True:
        return _integers({}) | _texts(schema) if schema.get("pattern") is None else _texts(schema)
    if schema.get("x-kubernetes-embedded-resource") is True:
        return st.just(_EMBEDDED)
    match schema.get("type"):
        case "string":
            return _texts(schema)
        case "integer":
            return _integers(schema)
        case "number":
            return _integers(schema) | _floats(schema)
        case "boolean":
            return st.booleans()
        case "array":
            return _lists(schema, depth)
        case "object":
            return _objects(schema, depth)
    return st.sampled_from([1, "a", {"a": 1}])


def _texts(schema: Schema) -> Strategy[str]:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    form, pattern = schema.get("format"), schema.get("pattern")
    if isinstance(pattern, str) and _is_of_python(pattern):
        found = st.from_regex(pattern, alphabet=_LETTERS)
    elif isinstance(form, str) and form in _FORMATS:
        return _FORMATS[form]
    else:
        found = st.text(_LETTERS, min_size=least, max_size=min(most or 20, max(least, 20)))
    return found.filter(lambda text: len(text) >= least and (most is None or len(text) <= most))


def _is_of_python(pattern: str) -> bool:
    """Return whether Python reads a pattern, which is one of Go; of others, what fits is found by chance."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


_LETTERS = st.characters(codec="ascii", exclude_categories=("Cc", "Cs"))


def _integers(schema: Schema) -> Strategy[int]:
    factor = int(schema.get("multipleOf") or 1)
    least, most = schema.get("minimum", -1000), schema.get("maximum")
    least = int(least) + (1 if schema.get("exclusiveMinimum") else 0)
    most = max(least, 1000) if most is None else int(most) - (1 if schema.get("exclusiveMaximum") else 0)
    return st.integers(-(-least // factor), most // factor).map(lambda number: number * factor)


def _floats(schema: Schema) -> Strategy[float]:
    least, most = schema.get("minimum", -1000), schema.get("maximum", 1000)
    return st.floats(least, max(least, most), allow_nan=False, width=32).filter(lambda number: least < number < most)


def _lists(schema: Schema, depth: int) -> Strategy[list[Any]]:
    least = schema.get("minItems", 0)
    most = min(schema.get("maxItems", least + 2), least + 2)
    if depth >= _DEEPEST:
        most = least
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    is_set = schema.get("x-kubernetes-list-type") == "set" or schema.get("uniqueItems") is True
    items = _values(schema.get("items") or {}, depth + 1)
    if keys:
        return st.lists(items, min_size=least, max_size=most, unique_by=lambda item: repr([item.get(k) for k in keys]))
    return st.lists(items, min_size=least, max_size=most, unique_by=repr if is_set else None)


def _objects(schema: Schema, depth: int) -> Strategy[dict[str, Any]]:
    free = schema.get("additionalProperties")
    if _properties(schema):
        return _struct(schema, depth)
    least = schema.get("minProperties", 0)
    if isinstance(free, Mapping) and (depth < _DEEPEST or least):
        keys = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
        return st.dictionaries(keys, _values(free, depth + 1), min_size=least, max_size=least + 2)
    return st.just({"a": 1} if schema.get(_PRESERVE) is True and least else {})


def _struct(schema: Schema, depth: int) -> Strategy[dict[str, Any]]:
    """Return objects with all fields that are required, and a few of the others."""
    properties = _properties(schema)
    required = [name for name in schema.get("required") or () if name in properties]
    others = sorted(set(properties) - set(required))
    least = max(schema.get("minProperties", 0) - len(required), 0)
    most = max(least, _MOST_OPTIONAL if depth < _DEEPEST else 0)
    must = {name: _deferred(properties[name], depth) for name in required}
    if not others or not most:
        return st.fixed_dictionaries(must)
    some = st.lists(st.sampled_from(others), min_size=least, max_size=min(most, len(others)), unique=True)
    return some.flatmap(
        lambda names: st.fixed_dictionaries({**must, **{name: _deferred(properties[name], depth) for name in names}})
    )


def _deferred(schema: Schema, depth: int) -> Strategy[Any]:
    """Return a strategy that is made when it is drawn from, since definitions have thousands of fields."""
    return st.deferred(lambda: _values(schema, depth + 1))


def _properties(schema: Schema) -> Mapping[str, Schema]:
    found = schema.get("properties")
    return found if isinstance(found, Mapping) else {}
