"""Rules about one version of a kind are about its other versions, too: the verdicts of a real API server, 1.36."""

from __future__ import annotations

from typing import Any

import pytest

from tests.admission.shapes import binding, mutation, policy, said

Tree = dict[str, Any]
SHOP = {
    "type": "object",
    "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer", "default": 3}}}},
}


def denied(trees: list[Tree]) -> list[str]:
    return said(trees, "admission-denied")


def definition(**conversion: Any) -> Tree:
    versions = [
        {"name": name, "served": True, "storage": name == "v1", "schema": {"openAPIV3Schema": SHOP}}
        for name in ("v1", "v2")
    ]
    names = {"kind": "Shop", "plural": "shops"}
    spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": versions}
    kind = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    more = {"conversion": conversion} if conversion else {}
    return {**kind, "metadata": {"name": "shops.example.com"}, "spec": {**spec, **more}}


def shop(version: str = "v2") -> Tree:
    return {"apiVersion": f"example.com/{version}", "kind": "Shop", "metadata": {"name": "web"}, "spec": {}}


def about(group: str, version: str, plural: str, **more: Any) -> Tree:
    rule = {"apiGroups": [group], "apiVersions": [version], "operations": ["*"], "resources": [plural]}
    return {"matchConstraints": {"resourceRules": [rule], **more}}


SHOPS = about("example.com", "v1", "shops")
SCALER: Tree = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "web"},
    "spec": {
        "maxReplicas": 9,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}},
            }
        ],
    },
}


@pytest.mark.parametrize(
    "expression",
    [
        "object.apiVersion == 'example.com/v1'",
        "object.spec.size == 3",
        "request.kind.version == 'v1' && request.resource.version == 'v1'",
        "request.requestKind.version == 'v2' && request.requestResource.version == 'v2'",
    ],
)
def test_object_is_seen_in_the_version_of_the_rule(expression: str) -> None:
    assert denied([definition(), policy({"expression": expression}, **SHOPS), binding(), shop()]) == []
    assert len(denied([definition(), policy({"expression": f"!({expression})"}, **SHOPS), binding(), shop()])) == 1


def test_own_version_comes_first() -> None:
    rule = {"apiGroups": ["example.com"], "apiVersions": ["*"], "operations": ["*"], "resources": ["shops"]}
    seen = policy({"expression": "request.kind.version == 'v2'"}, matchConstraints={"resourceRules": [rule]})

    assert denied([definition(), seen, binding(), shop()]) == []


def test_exact_rules_are_about_one_version() -> None:
    exact = policy({"expression": "false"}, **about("example.com", "v1", "shops", matchPolicy="Exact"))

    assert denied([definition(), exact, binding(), shop()]) == []
    assert len(denied([definition(), exact, binding(), shop("v1")])) == 1


def test_excluded_version_excludes_the_object() -> None:
    excluded = {"apiGroups": ["example.com"], "apiVersions": ["v1"], "operations": ["*"], "resources": ["shops"]}
    rule = policy({"expression": "false"}, **about("example.com", "v2", "shops", excludeResourceRules=[excluded]))

    assert denied([definition(), rule, binding(), shop()]) == []


def test_built_in_kinds_are_converted() -> None:
    rule = policy(
        {"expression": "object.spec.targetCPUUtilizationPercentage < 60"},
        **about("autoscaling", "v1", "horizontalpodautoscalers"),
    )

    assert len(denied([rule, binding(), SCALER])) == 1


def test_what_a_webhook_converts_is_not_judged() -> None:
    webhook = {"conversionReviewVersions": ["v1"], "clientConfig": {"url": "https://example.com/convert"}}
    trees = [
        definition(strategy="Webhook", webhook=webhook),
        policy({"expression": "false"}, **SHOPS),
        binding(),
        shop(),
    ]

    assert denied(trees) == []
    assert said(trees, "admission-not-run") == [
        "what ValidatingAdmissionPolicy 'p' says is not known here: it depends on how a webhook converts "
        "example.com/v2 to v1"
    ]


def test_mutated_object_comes_back_in_its_own_version() -> None:
    change = mutation("Object{spec: Object.spec{size: 7}}", **SHOPS)
    seen = policy(
        {"expression": "object.apiVersion == 'example.com/v2' && object.spec.size == 7"},
        **about("example.com", "v2", "shops", matchPolicy="Exact"),
    )

    assert denied([definition(), change, binding("Mutating"), seen, binding(), shop()]) == []
    assert len(denied([definition(), seen, binding(), shop()])) == 1


def test_what_depends_on_a_cluster_is_said_once_for_each_policy() -> None:
    selector = {"namespaceSelector": {"matchLabels": {"env": "prod"}}}
    shops = [{**shop("v1"), "metadata": {"name": "web", "namespace": name}} for name in ("a", "b", "c")]
    trees = [definition(), policy({"expression": "false"}, **SHOPS), binding(matchResources=selector), *shops]

    assert len(said(trees, "admission-not-run")) == 1
