"""Where a rule of a definition may compare with the value from before: where a server can tell which that was."""

from __future__ import annotations

from typing import Any

import pytest

import kpy

RULE = {"type": "integer", "x-kubernetes-validations": [{"rule": "self == oldSelf"}]}
INNER = {"type": "object", "properties": {"size": RULE}}


def errors(schema: dict[str, Any]) -> list[str]:
    names = {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"}
    whole = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"field": schema}}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": whole}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.x.io"},
        "spec": {"group": "x.io", "scope": "Namespaced", "names": names, "versions": [version]},
    }
    return [found.rule for found in kpy.validate([definition]).errors]


@pytest.mark.parametrize("map_type", ["atomic", "granular"])
def test_fields_of_a_mapping_can_be_told_whatever_its_type(map_type: str) -> None:
    assert errors({**INNER, "x-kubernetes-map-type": map_type}) == []


def test_elements_of_a_list_can_be_told_by_keys_alone() -> None:
    item = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "size": RULE}}
    by_keys = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}

    assert errors({"type": "array", "maxItems": 5, "items": item, **by_keys}) == []
    assert errors({"type": "array", "maxItems": 5, "items": item, "x-kubernetes-list-type": "atomic"}) == [
        "crd-rule-expression"
    ]
