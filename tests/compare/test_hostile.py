"""Objects that no server would take are compared all the same."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.compare import compare
from kpy.compare.changes import show
from kpy.manifest import Resource

ODD = [None, "x", 3, True, [], ["x"], [[]], {}, {"x": {}}, [{"x": 1}]]


def effect(kind: str, old: dict[str, Any], new: dict[str, Any], group: str = "") -> str:
    head = {"apiVersion": f"{group}/v1" if group else "v1", "kind": kind, "metadata": {"name": "a"}}
    (change,) = compare([Resource({**head, **old})], [Resource({**head, **new})]).changes
    return change.effect


@pytest.mark.parametrize("old", ODD)
@pytest.mark.parametrize("new", ODD)
@pytest.mark.parametrize(
    ("group", "kind", "field"),
    [
        ("", "Pod", "tolerations"),
        ("", "Pod", "activeDeadlineSeconds"),
        ("", "Pod", "containers"),
        ("", "Service", "type"),
        ("", "Service", "ipFamilies"),
        ("", "Service", "clusterIP"),
        ("", "PersistentVolumeClaim", "resources"),
        ("networking.k8s.io", "ServiceCIDR", "cidrs"),
        ("batch", "Job", "completions"),
    ],
)
def test_fields_of_any_shape_are_compared(group: str, kind: str, field: str, old: object, new: object) -> None:
    assert effect(kind, {"spec": {field: old}}, {"spec": {field: new}}, group)


@pytest.mark.parametrize("kind", ["Pod", "Service", "PersistentVolume", "Node", "ConfigMap", "Secret"])
@pytest.mark.parametrize("spec", ODD)
def test_object_without_a_spec_is_compared(kind: str, spec: object) -> None:
    assert effect(kind, {"spec": spec}, {})
    assert effect(kind, {}, {"spec": spec})


def test_pod_that_loses_its_spec_cannot_be_changed_in_place() -> None:
    assert effect("Pod", {"spec": {"containers": []}}, {}) == "immutable field changed"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a" * 1_000_000, '"' + "a" * 98 + "…"),
        (["ab"] * 1_000_000, ('["ab"' + ', "ab"' * 20)[:99] + "…"),
        ({"k": {"l": ["a" * 1_000_000] * 1000}}, '{"k": {"l": ["' + "a" * 85 + "…"),
        (["a", {"b": None}], '["a", {"b": null}]'),
    ],
)
def test_value_is_shown_by_its_beginning(value: object, shown: str) -> None:
    assert show(value) == shown


def test_very_long_text_is_cut_for_machines_too() -> None:
    texts = {"data": {"k": "a" * 1_000_000}}
    head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
    (change,) = compare([Resource(head)], [Resource({**head, **texts})]).changes

    (difference,) = (each.to_dict() for each in change.differences)
    assert difference["new"] in (
        "a" * 10_000 + "… (1,000,000 characters)",
        {"k": "a" * 10_000 + "… (1,000,000 characters)"},
    )
