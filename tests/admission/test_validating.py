"""ValidatingAdmissionPolicies among documents, run: what a real API server, 1.36, says of the same objects."""

from __future__ import annotations

from typing import Any

import pytest

import kpy
from tests.admission.shapes import binding, config, deployment, namespace, policy, said


def denied(documents: list[dict[str, Any]], **more: Any) -> list[str]:
    """Return why policies deny an object, without the names of the policy `p` and its binding `b`."""
    head = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: "
    return [message.removeprefix(head) for message in said(documents, "admission-denied", **more)]


def judged(expression: str, tree: dict[str, Any] | None = None, **more: Any) -> list[str]:
    spec = policy({"expression": expression, **more.pop("validation", {})}, **more)
    return denied([spec, binding(), tree or deployment()])


def test_denial_names_policy_binding_expression_and_place() -> None:
    rule = policy({"expression": "object.spec.replicas <= 5", "message": "at most five"})
    report = kpy.validate([rule, binding(), deployment(replicas=6)])

    (found,) = report.errors
    assert found.rule == "admission-denied"
    assert found.family == "admission"
    assert found.message == "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: at most five"
    assert found.field == "spec.replicas"
    assert found.fix == "meet `object.spec.replicas <= 5`"
    assert [seen.text for seen in found.see_also] == ["ValidatingAdmissionPolicy 'p'", "its binding 'b'"]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("object.spec.replicas == 1", ""),
        ("object.spec.revisionHistoryLimit == 10", ""),
        ("object.spec.strategy.rollingUpdate.maxSurge == '25%'", ""),
        ("object.spec.template.spec.containers[0].imagePullPolicy == 'IfNotPresent'", ""),
        ("has(object.spec.template.spec.containers[0].resources)", ""),
        ("object.metadata.namespace == 'default'", ""),
        ("has(object.status)", ""),
        ("oldObject == null", ""),
        ("!has(object.metadata.annotations)", ""),
        ("request.operation == 'CREATE' && request.name == 'web' && request.namespace == 'default'", ""),
        ("request.resource.resource == 'deployments' && request.kind.kind == 'Deployment'", ""),
        ("namespaceObject.metadata.name == 'default'", ""),
        ("namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == 'default'", ""),
        ("false", "failed expression: false"),
        ("true", ""),
        (
            "object.metadata.annotations['team'] == 'core'",
            "expression 'object.metadata.annotations['team'] == 'core'' resulted in error: no such key: annotations",
        ),
        ("object.metadata.?annotations[?'team'].orValue('core') == 'core'", ""),
        (
            "request.subResource == 'scale'",
            "expression 'request.subResource == 'scale'' resulted in error: no such key: subResource",
        ),
    ],
)
def test_what_expressions_see(expression: str, message: str) -> None:
    assert judged(expression) == ([message] if message else [])


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        ({"message": " static "}, "static"),
        ({"messageExpression": "'has ' + string(object.spec.replicas)"}, "has 1"),
        ({"messageExpression": "'  '", "message": "static"}, "static"),
        ({"messageExpression": "'a\\nb'", "message": "static"}, "static"),
        ({"messageExpression": "string(object.metadata.annotations['a'])", "message": "static"}, "static"),
        ({}, "failed expression: 1 == 2"),
    ],
)
def test_messages(validation: dict[str, Any], message: str) -> None:
    assert judged("1 == 2", validation=validation) == [message]


def test_zeros_that_say_nothing_are_absent() -> None:
    tree = deployment()
    tree["spec"]["template"]["spec"] |= {"hostNetwork": False, "automountServiceAccountToken": False, "volumes": []}

    assert judged("!has(object.spec.template.spec.hostNetwork)", tree) == []
    assert judged("has(object.spec.template.spec.automountServiceAccountToken)", tree) == []
    assert judged("!has(object.spec.template.spec.volumes)", tree) == []


def test_amounts_are_written_as_a_server_writes_them() -> None:
    tree = deployment()
    tree["spec"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {"cpu": 0.5, "memory": "1024Mi"}}

    limits = "object.spec.template.spec.containers[0].resources.limits"
    assert judged(f"{limits}.cpu == '500m' && {limits}.memory == '1Gi'", tree) == []


def test_variables_are_evaluated_when_they_are_asked_for() -> None:
    variables = [
        {"name": "bad", "expression": "object.metadata.annotations['team']"},
        {"name": "n", "expression": "object.spec.replicas"},
        {"name": "m", "expression": "variables.n * 2"},
        {"name": "nothing", "expression": "oldObject"},
    ]

    assert judged("variables.m == 2 || variables.bad == 'x'", variables=variables) == []
    assert judged("variables.nothing == null", variables=variables) == []
    text = "variables.m == 3 || variables.bad == 'x'"
    inner = 'composited variable "bad" fails to evaluate: no such key: annotations'
    assert judged(text, variables=variables) == [f"expression '{text}' resulted in error: {inner}"]


def test_place_is_found_through_variables() -> None:
    variables = [{"name": "n", "expression": "object.spec.replicas"}]
    report = kpy.validate([policy({"expression": "variables.n > 5"}, variables=variables), binding(), deployment()])

    assert report.errors[0].field == "spec"


def test_failure_policy() -> None:
    text = "object.metadata.annotations['team'] == 'core'"

    assert len(judged(text)) == 1
    assert judged(text, failurePolicy="Ignore") == []
    assert judged("false", failurePolicy="Ignore") == ["failed expression: false"]


@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        (["true"], 1),
        (["true", "false"], 0),
        (["object.metadata.annotations.a == 'b'", "false"], 0),
        (["object.metadata.annotations.a == 'b'"], 1),
    ],
)
def test_match_conditions(conditions: list[str], count: int) -> None:
    said = [{"name": f"c{at}", "expression": text} for at, text in enumerate(conditions)]

    assert len(judged("false", matchConditions=said)) == count


@pytest.mark.parametrize(
    ("criteria", "matches"),
    [
        ({}, True),
        ({"objectSelector": {"matchLabels": {"app": "web"}}}, True),
        ({"objectSelector": {"matchLabels": {"app": "api"}}}, False),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "default"}}}, True),
        ({"namespaceSelector": {"matchLabels": {"env": "prod"}}}, False),
        ({"resourceRules": [["apps", "v1", "CREATE", "deployments"]]}, True),
        ({"resourceRules": [["*", "*", "*", "*"]]}, True),
        ({"resourceRules": [["apps", "v1", "UPDATE", "deployments"]]}, False),
        ({"resourceRules": [["apps", "v1", "CREATE", "pods"]]}, False),
        ({"resourceRules": [["", "v1", "CREATE", "*"]]}, False),
        ({"resourceRules": [["apps", "v1", "CREATE", "deployments"]], "names": ["api"]}, False),
        ({"resourceRules": [["apps", "v1", "CREATE", "deployments"]], "names": ["web"]}, True),
        ({"resourceRules": [["apps", "v1", "CREATE", "deployments"]], "scope": "Cluster"}, False),
        ({"resourceRules": [["apps", "v1", "CREATE", "deployments"]], "scope": "Namespaced"}, True),
        ({"excludeResourceRules": [["apps", "v1", "CREATE", "deployments"]]}, False),
    ],
)
def test_what_a_binding_is_about(criteria: dict[str, Any], matches: bool) -> None:
    resources = dict(criteria)
    more = {
        key: resources.pop(field)
        for field, key in (("names", "resourceNames"), ("scope", "scope"))
        if field in resources
    }
    for field in ("resourceRules", "excludeResourceRules"):
        keys = ("apiGroups", "apiVersions", "operations", "resources")
        if field in resources:
            resources[field] = [
                {**{key: [one] for key, one in zip(keys, each, strict=True)}, **more} for each in resources[field]
            ]
    rule = policy({"expression": "false"})

    assert bool(denied([rule, binding(matchResources=resources), deployment()])) == matches


def test_object_whose_name_a_server_makes_is_judged() -> None:
    tree = deployment()
    tree["metadata"] = {"generateName": "web-"}

    assert judged("!has(request.name) && object.metadata.generateName == 'web-'", tree) == []
    assert judged("has(request.name)", tree) == ["failed expression: has(request.name)"]


def test_custom_resource_has_its_defaults() -> None:
    from tests.custom.test_resources import definition, shop

    schema = {
        "type": "object",
        "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer", "default": 3}}}},
    }
    everything = {"resourceRules": [{key: ["*"] for key in ("apiGroups", "apiVersions", "operations", "resources")}]}
    for expression, count in (
        ("object.kind != 'Shop' || object.spec.size == 3", 0),
        ("object.kind != 'Shop' || object.spec.size == 4", 1),
        ("object.kind != 'Shop' || request.resource.resource == 'shops'", 0),
    ):
        rule = policy({"expression": expression}, matchConstraints=everything)
        assert len(denied([rule, binding(), definition(schema), shop(spec={})])) == count


def test_policy_without_binding_is_not_run() -> None:
    assert denied([policy({"expression": "false"}), deployment()]) == []


def test_policies_do_not_judge_policies() -> None:
    everything = {"resourceRules": [{key: ["*"] for key in ("apiGroups", "apiVersions", "operations", "resources")}]}

    assert denied([policy({"expression": "false"}, matchConstraints=everything), binding()]) == []


def test_namespace_among_the_documents_is_seen() -> None:
    tree = deployment(namespace="shop")
    rule = policy({"expression": "namespaceObject.metadata.labels['env'] == 'prod'"})

    assert denied([rule, binding(), namespace("shop", env="prod"), tree]) == []
    assert len(denied([rule, binding(), namespace("shop", env="test"), tree])) == 1


def test_what_only_a_cluster_knows_is_said_once() -> None:
    for expression in (
        "authorizer.group('').resource('pods').namespace('default').check('create').allowed()",
        "request.userInfo.username == 'me'",
        "request.userInfo.groups.exists(g, g == 'team')",
    ):
        trees = [policy({"expression": expression}), binding(), deployment("web"), deployment("api")]
        assert len(said(trees, "admission-not-run")) == 1
        assert denied(trees) == []
        assert denied([policy({"expression": f"true || {expression}"}), *trees[1:]]) == []


def test_unknown_labels_of_a_namespace_are_said() -> None:
    rule = policy({"expression": "false"})
    selector = {"namespaceSelector": {"matchLabels": {"env": "prod"}}}
    trees = [rule, binding(matchResources=selector), deployment(namespace="shop")]

    assert said(trees, "admission-not-run") == [
        "what ValidatingAdmissionPolicy 'p' says is not known here: it depends on the labels of the namespace shop, "
        "which is not here"
    ]


def test_actions() -> None:
    rule = policy({"expression": "false", "message": "no"})
    named = "ValidatingAdmissionPolicy 'p' with binding 'b'"

    assert said([rule, binding(validationActions=["Warn", "Audit"]), deployment()], "admission-warned") == [
        f"Validation failed for {named}: no"
    ]
    assert said([rule, binding(validationActions=["Audit"]), deployment()], "admission-audited") == [
        f"{named} would note: no"
    ]
    assert denied([rule, binding(validationActions=["Audit"]), deployment()]) == []


class TestParams:
    RULE = policy(
        {
            "expression": "object.spec.replicas <= int(params.data.max)",
            "messageExpression": "'at most ' + params.data.max",
        },
        paramKind={"apiVersion": "v1", "kind": "ConfigMap"},
    )

    def test_named(self) -> None:
        bound = binding(paramRef={"name": "limits", "namespace": "default", "parameterNotFoundAction": "Deny"})

        assert denied([self.RULE, bound, config("limits", max="5"), deployment(replicas=6)]) == ["at most 5"]
        assert denied([self.RULE, bound, config("limits", max="6"), deployment(replicas=6)]) == []

    def test_missing(self) -> None:
        missing = "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"

        for action, expected in (("Allow", []), ("Deny", [missing])):
            bound = binding(paramRef={"name": "limits", "namespace": "default", "parameterNotFoundAction": action})
            assert denied([self.RULE, bound, deployment()]) == expected

    def test_outside(self) -> None:
        bound = binding(paramRef={"name": "limits", "namespace": "default", "parameterNotFoundAction": "Deny"})
        trees = [self.RULE, bound, deployment()]

        assert denied(trees, external=["ConfigMap/limits"]) == []
        assert len(said(trees, "admission-not-run", external=["ConfigMap/limits"])) == 1

    def test_selected_ones_must_all_pass(self) -> None:
        bound = binding(paramRef={"selector": {"matchLabels": {"for": "web"}}, "parameterNotFoundAction": "Deny"})
        labels = {"labels": {"for": "web"}}
        trees = [config("a", labels, max="9"), config("b", labels, max="5"), config("c", max="1")]

        assert denied([self.RULE, bound, *trees, deployment(replicas=6)]) == ["at most 5"]


def test_update_has_the_old_object() -> None:
    rule = policy({"expression": "oldObject == null || oldObject.spec.replicas == object.spec.replicas"})
    trees = [rule, binding(), deployment(replicas=3)]

    assert denied(trees) == []
    assert denied(trees, before=[deployment(replicas=3)]) == []
    assert len(denied(trees, before=[deployment(replicas=2)])) == 1


def test_all_expressions_together_may_cost_so_much() -> None:
    heavy = "[0,1,2,3,4,5,6,7,8,9]"
    text = f"{heavy}.all(a, {heavy}.all(b, {heavy}.all(c, {heavy}.all(d, {heavy}.all(e, a + b + c + d + e >= 0)))))"
    rule = policy(*({"expression": text} for _ in range(20)))
    messages = denied([rule, binding(), deployment()])

    assert messages[-1].endswith(
        "validation failed due to running out of cost budget, no further validation rules will be run"
    ) or messages[0].endswith("operation cancelled: actual cost limit exceeded")


@pytest.mark.parametrize("field", ["creationTimestamp", "generation", "managedFields", "uid"])
def test_what_a_server_writes_is_not_missing(field: str) -> None:
    for expression in (
        f"has(object.metadata.{field})",
        f"object.metadata.{field} != dyn(1)",
        f"'{field}' in object.metadata",
    ):
        trees = [policy({"expression": expression}), binding(), deployment()]

        assert denied(trees) == []
        assert said(trees, "admission-not-run") == [
            f"what ValidatingAdmissionPolicy 'p' says is not known here: it depends on `metadata.{field}`, which a "
            "cluster writes"
        ]


def test_other_metadata_is_plain() -> None:
    for expression in (
        "object.metadata.name == 'web' && !has(object.metadata.deletionTimestamp)",
        "object.metadata.labels == {'app': 'web'} && size(object.metadata) == 3",
        "type(object.metadata) == map && object.metadata.exists(key, key == 'labels')",
        "object.metadata == object.metadata && !has(object.metadata.annotations)",
    ):
        assert denied([policy({"expression": expression}), binding(), deployment()]) == []
