"""What an enemy repeats is told within bounds, and costs what it is long."""

from __future__ import annotations

from typing import Any

import kpy


def pod(volume: dict[str, Any], **more: Any) -> dict[str, Any]:
    spec = {"containers": [{"name": "a", "image": "a:1"}], "volumes": [{"name": "v", **volume}], **more}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}


def found(rule: str, *documents: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.field, each.message) for each in kpy.validate(documents) if each.rule == rule]


def test_hundred_findings_of_a_rule_in_an_object_are_told_and_then_their_number() -> None:
    """Every pair of these was compared, and was a finding."""
    items = [{"key": "k", "path": "p"}] * 1700

    findings = found("volume-paths-overlap", pod({"configMap": {"name": "c", "items": items}}))

    assert findings[:-1] == [("spec.volumes[0]", 'paths "p" and "p" of the volume overlap')] * 100
    assert findings[-1] == ("", "and 1,599 more like this in the same object")


def test_other_rules_and_other_objects_are_told_all_the_same() -> None:
    many = pod({"configMap": {"name": "c", "items": [{"key": "k", "path": "p"}] * 200}})
    few = pod({"configMap": {"name": "c", "items": [{"key": "k", "path": "p"}] * 2}})

    assert len(found("volume-paths-overlap", many, few)) == 102


def test_path_that_many_sources_project_is_one_finding() -> None:
    sources = [{"configMap": {"name": f"c{at}", "items": [{"key": "k", "path": "p"}]}} for at in range(1600)]

    assert found("projected-path-duplicate", pod({"projected": {"sources": sources}})) == [
        ("spec.volumes[0].projected", 'two items of the projected volume have the path "p"')
    ]


def test_file_in_the_way_of_a_folder_is_found_whichever_is_first() -> None:
    def overlaps(*paths: str) -> list[str]:
        items = [{"key": "k", "path": path} for path in paths]
        return [message for _, message in found("volume-paths-overlap", pod({"secret": {"items": items}}))]

    assert overlaps("a/b", "a") == ['paths "a" and "a/b" of the volume overlap']
    assert overlaps("a", "a/b/c") == ['paths "a/b/c" and "a" of the volume overlap']
    assert overlaps("a/b", "a/c", "ab") == []


def test_many_definitions_of_one_kind_cost_no_more_than_many_kinds() -> None:
    """Each of 600 objects was judged by each of 600 definitions."""
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "as.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "A", "plural": "as"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
    objects = [
        {"apiVersion": "example.com/v1", "kind": "A", "metadata": {"name": f"a{at}"}, "a": 3} for at in range(600)
    ]

    assert len(found("custom-value-invalid", *[definition] * 600, *objects)) == 600
