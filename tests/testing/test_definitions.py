"""Strategies from definitions: what they make is valid, by schema and rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import Phase, find, given, settings

import kpy
from kpy.errors import UsageError
from kpy.testing.strategies import custom_resources

ITEM = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "enum": ["a", "b", "c"]}, "weight": {"type": "number"}},
}
SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["size", "host"],
    "x-kubernetes-validations": [{"rule": "self.size != 3", "message": "not three"}],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "maximum": 9},
        "step": {"type": "integer", "minimum": 0, "multipleOf": 5},
        "host": {"type": "string", "pattern": "^[a-z]{1,5}$"},
        "since": {"type": "string", "format": "date-time"},
        "port": {"x-kubernetes-int-or-string": True},
        "note": {"type": "string", "nullable": True, "maxLength": 5},
        "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string", "enum": ["x", "y"]}},
        "items": {"type": "array", "minItems": 1, "items": ITEM},
        "doors": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": ITEM,
        },
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "pod": {"type": "object", "x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True},
        "free": {"x-kubernetes-preserve-unknown-fields": True},
    },
}


def definition(spec: dict[str, Any] = SPEC, scope: str = "Namespaced", **version: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"spec": spec, "status": {"type": "object"}}, "required": ["spec"]}
    served = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, **version}
    names = {"kind": "Lamp", "plural": "lamps", "singular": "lamp", "listKind": "LampList"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "lamps.example.com"},
        "spec": {"group": "example.com", "names": names, "scope": scope, "versions": [served]},
    }


@settings(max_examples=60)
@given(custom_resources(definition()))
def test_every_object_is_valid(document: dict[str, Any]) -> None:
    found = kpy.validate([definition(), document])

    assert [(each.rule, each.field, each.message) for each in found if each.severity == "error"] == []
    assert document["spec"]["size"] != 3


@pytest.mark.parametrize("field", ["since", "port", "doors", "free"])
def test_fields_that_need_not_be_there_come_up(field: str) -> None:
    once = settings(phases=[Phase.generate], max_examples=500, database=None)

    assert find(custom_resources(definition()), lambda document: field in document["spec"], settings=once)


@settings(max_examples=10)
@given(custom_resources(definition(scope="Cluster")))
def test_objects_of_the_cluster_have_no_namespace(document: dict[str, Any]) -> None:
    assert (document["apiVersion"], document["kind"], [*document["metadata"]]) == ("example.com/v1", "Lamp", ["name"])


def test_version_that_is_not_served_is_refused() -> None:
    with pytest.raises(UsageError, match=r"Lamp of example\.com has no version v2 that is served and has a schema"):
        custom_resources(definition(), "v2")
    with pytest.raises(UsageError, match="has no version v1 that is served"):
        custom_resources(definition(served=False), "v1")
