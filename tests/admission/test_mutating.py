"""MutatingAdmissionPolicies among documents: what they make of objects, and what is said of the result."""

from __future__ import annotations

from typing import Any

import pytest

from tests.admission.shapes import binding, deployment, mutation, policy, said


def after(changes: dict[str, Any], expression: str, tree: dict[str, Any] | None = None) -> list[str]:
    """Return what a policy that asks for an expression says of an object that another one has changed."""
    judge = policy({"expression": expression})
    judge["metadata"]["name"] = "judge"
    bound = binding(policyName="judge")
    bound["metadata"]["name"] = "judge"
    return said([changes, binding("Mutating"), judge, bound, tree or deployment(replicas=3)], "admission-denied")


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        (
            "Object{metadata: Object.metadata{labels: {'team': 'core'}}}",
            "object.metadata.labels == {'app': 'web', 'team': 'core'}",
        ),
        ("Object{spec: Object.spec{replicas: object.spec.replicas + 1}}", "object.spec.replicas == 4"),
        (
            "Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: "
            "[Object.spec.template.spec.containers{name: 'web', imagePullPolicy: 'Always'}, "
            "Object.spec.template.spec.containers{name: 'side', image: 'side:1'}]}}}}",
            "object.spec.template.spec.containers.map(c, c.image + ' ' + c.imagePullPolicy) == "
            "['example.org/web:1.2 Always', 'side:1 IfNotPresent']",
        ),
        ("[JSONPatch{op: 'replace', path: '/spec/replicas', value: 1}]", "object.spec.replicas == 1"),
        (
            "[JSONPatch{op: 'test', path: '/spec/replicas', value: 4}, JSONPatch{op: 'remove', path: '/spec'}]",
            "object.spec.replicas == 3",
        ),
        (
            "[JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a/b'), value: 'x'}]",
            "object.metadata.labels['a/b'] == 'x'",
        ),
        (
            "[JSONPatch{op: 'add', path: '/spec/template/spec/containers/-', value: {'name': 'side', 'image': 'i:1'}}]",
            "object.spec.template.spec.containers.map(c, c.name) == ['web', 'side']",
        ),
        (
            "[JSONPatch{op: 'add', path: '/spec/template/spec/containers/0', value: {'name': 'side', 'image': 'i:1'}}]",
            "object.spec.template.spec.containers.map(c, c.name) == ['side', 'web']",
        ),
        (
            "[JSONPatch{op: 'copy', from: '/metadata/labels', path: '/metadata/annotations'}, "
            "JSONPatch{op: 'move', from: '/metadata/labels/app', path: '/metadata/labels/name'}]",
            "object.metadata.annotations == {'app': 'web'} && object.metadata.labels == {'name': 'web'}",
        ),
        ("[JSONPatch{op: 'remove', path: '/metadata/labels'}]", "!has(object.metadata.labels)"),
        ("[JSONPatch{op: 'remove', path: '/spec/replicas'}]", "object.spec.replicas == 1"),
    ],
)
def test_changed_object_is_judged(expression: str, holds: str) -> None:
    assert after(mutation(expression), holds) == []
    assert len(after(mutation(expression), f"!({holds})")) == 1


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: "
            "[Object.spec.template.spec.containers{name: 'web', args: ['a']}]}}}}",
            "may not mutate atomic arrays, maps or structs: .spec.template.spec.containers[web].args",
        ),
        ("Object{spec: Object.spec{size: 1}}", "failed to convert patch object to typed object: .spec.size"),
        ("[JSONPatch{op: 'remove', path: '/spec/paused'}]", "JSON Patch: remove operation does not apply"),
        ("[JSONPatch{op: 'add', path: '/a/b', value: 1}]", "JSON Patch: add operation does not apply"),
        ("[JSONPatch{op: 'copy', from: '/a', path: '/b'}]", "JSON Patch: copy operation does not apply"),
        ("Object{spec: Object.spec{replicas: int(object.metadata.annotations['n'])}}", "no such key: annotations"),
    ],
)
def test_mutation_that_fails_denies(expression: str, message: str) -> None:
    trees = [mutation(expression), binding("Mutating"), deployment()]
    (found,) = said(trees, "admission-denied")

    assert found.startswith("MutatingAdmissionPolicy 'p' with binding 'b' denied request: ")
    assert message in found
    trees[0]["spec"]["failurePolicy"] = "Ignore"
    assert said(trees, "admission-denied") == []


def test_object_that_is_no_longer_valid_is_refused() -> None:
    for expression in (
        "Object{spec: Object.spec{replicas: -1}}",
        "[JSONPatch{op: 'replace', path: '/spec/replicas', value: -1}]",
    ):
        (found,) = said([mutation(expression), binding("Mutating"), deployment()], "admission-spoilt")
        assert "leaves it invalid at spec.replicas" in found


def test_match_conditions_decide() -> None:
    rule = mutation("Object{spec: Object.spec{replicas: 9}}", matchConditions=[{"name": "a", "expression": "false"}])

    assert after(rule, "object.spec.replicas == 3") == []


def test_policy_is_run_again_where_a_later_one_changed_the_object() -> None:
    first = mutation(
        "object.spec.replicas > 5 ? [JSONPatch{op: 'replace', path: '/spec/replicas', value: 5}] : []",
        reinvocationPolicy="IfNeeded",
    )
    first["metadata"]["name"] = "a"
    bound = binding("Mutating", policyName="a")
    bound["metadata"]["name"] = "a"
    second = mutation("Object{spec: Object.spec{replicas: 9}}")
    judge = policy({"expression": "object.spec.replicas == 5"})

    assert said([first, bound, second, binding("Mutating"), judge, binding(), deployment()], "admission-denied") == []


def test_custom_resource_is_changed_by_its_schema() -> None:
    from tests.custom.test_resources import definition, shop

    doors = {
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "items": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}, "wide": {"type": "integer"}},
        },
    }
    tags = {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}}
    spec = {"type": "object", "properties": {"doors": doors, "tags": tags, "rows": {"type": "array", "items": {}}}}
    spec["properties"]["rows"]["items"] = {"type": "string"}
    everything = {"resourceRules": [{key: ["*"] for key in ("apiGroups", "apiVersions", "operations", "resources")}]}
    given = {"doors": [{"name": "a", "wide": 1}, {"name": "b", "wide": 2}], "tags": ["x"], "rows": ["r"]}
    judge = policy(
        {"expression": "object.spec.doors.map(d, d.wide) == [1, 7, 8] && object.spec.tags == ['x', 'y']"},
        matchConstraints=everything,
        matchConditions=[{"name": "shops", "expression": "object.kind == 'Shop'"}],
    )
    rest = [judge, binding(), definition({"type": "object", "properties": {"spec": spec}}), shop(spec=given)]
    change = "Object.spec.doors{name: 'b', wide: 7}, Object.spec.doors{name: 'c', wide: 8}"

    def denied(fields: str) -> list[str]:
        only = [{"name": "shops", "expression": "object.kind == 'Shop'"}]
        text = f"Object{{spec: Object.spec{{{fields}}}}}"
        rule = mutation(text, matchConstraints=everything, matchConditions=only)
        return said([rule, binding("Mutating"), *rest], "admission-denied")

    assert denied(f"doors: [{change}], tags: ['x', 'y']") == []
    assert "may not mutate atomic arrays, maps or structs: .spec.rows" in denied("rows: ['s']")[0]
    assert ".spec.floors: field not declared in schema" in denied("floors: 1")[0]


def test_who_asks_is_not_known() -> None:
    rule = mutation("Object{metadata: Object.metadata{labels: {'by': request.userInfo.username}}}")

    assert len(said([rule, binding("Mutating"), deployment()], "admission-not-run")) == 1
