"""What becomes a call of a method: where pods go, what serves a workload, who gets a role."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.importing.reading import body, imported

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
RBAC = "rbac.authorization.k8s.io"


def workload(name: str = "web", kind: str = "Deployment", **pod: Any) -> dict[str, Any]:
    labels = {"app": name}
    spec = {"containers": [{"name": name, "image": "nginx:1.29"}], **pod}
    template = {"metadata": {"labels": labels}, "spec": spec}
    return document("apps/v1", kind, name, spec={"selector": {"matchLabels": labels}, "template": template})


def document(api_version: str, kind: str, name: str = "web", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **fields}


def text(*documents: dict[str, Any]) -> str:
    return "\n---\n".join(map(json.dumps, documents))


def calls(*documents: dict[str, Any]) -> list[str]:
    return [line for line in body(text(*documents)).splitlines() if line.startswith("web.")]


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        ({"operator": "Exists"}, "web.tolerate()"),
        ({"key": "gpu", "operator": "Exists"}, 'web.tolerate("gpu")'),
        (
            {"key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"},
            'web.tolerate("gpu", "yes", effect="NoSchedule")',
        ),
        (
            {"key": "slow", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 30},
            'web.tolerate("slow", effect="NoExecute", seconds=30)',
        ),
    ],
)
def test_tolerations(toleration: dict[str, Any], expected: str) -> None:
    assert calls(workload(tolerations=[toleration])) == [expected]


@pytest.mark.parametrize(
    "toleration",
    [
        {"key": "gpu", "value": "yes"},
        {"operator": "Equal", "value": "yes"},
        {"key": "gpu", "operator": "Equal"},
        {"key": "gpu", "operator": "Exists", "value": "yes"},
        {"key": "gpu", "operator": "Exists", "effect": "Never"},
        {"key": "gpu", "operator": "Exists", "tolerationSeconds": "30"},
        {"key": 1, "operator": "Exists"},
        "gpu",
    ],
)
def test_toleration_in_other_words_stays_a_field_with_all_others(toleration: Any) -> None:
    made = body(text(workload(tolerations=[{"operator": "Exists"}, toleration])))

    assert ".tolerate(" not in made


def test_comments_stand_above_the_call_that_they_explain() -> None:
    made = body(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers: [{name: web, image: "nginx:1.29"}]
          tolerations:
          # The old ones.
          - {key: old, operator: Exists}
          # The new ones.
          - {key: new, operator: Exists}
        """
    )

    assert made.endswith(
        '# The old ones.\nweb.tolerate("old")\n# The new ones.\nweb.tolerate("new")\n',
    )


def constraint(**fields: Any) -> dict[str, Any]:
    zone = {"topologyKey": "topology.kubernetes.io/zone", "labelSelector": {"matchLabels": {"app": "web"}}}
    return {"maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway", **zone, **fields}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (constraint(), ['web.spread_across("zone")']),
        (
            constraint(maxSkew=2, whenUnsatisfiable="DoNotSchedule", topologyKey="example.com/rack"),
            ['web.spread_across("example.com/rack", max_skew=2, required=True)'],
        ),
        (constraint(labelSelector={"matchLabels": {"app": "other"}}), []),
        (constraint(minDomains=2), []),
    ],
)
def test_spread(said: dict[str, Any], expected: list[str]) -> None:
    assert calls(workload(topologySpreadConstraints=[said])) == expected


def expression(key: str, operator: str = "In", *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, **({"values": [*values]} if values else {})}


def nodes(*expressions: dict[str, Any]) -> dict[str, Any]:
    return {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [{"matchExpressions": [*expressions]}]}}}


def pods(kind: str, app: str, key: str = "kubernetes.io/hostname", **more: Any) -> dict[str, Any]:
    return {kind: {REQUIRED: [{"topologyKey": key, "labelSelector": {"matchLabels": {"app": app}}, **more}]}}


def wish(kind: str, app: str, weight: int) -> dict[str, Any]:
    term = {"topologyKey": "topology.kubernetes.io/zone", "labelSelector": {"matchLabels": {"app": app}}}
    return {kind: {PREFERRED: [{"weight": weight, "podAffinityTerm": term}]}}


@pytest.mark.parametrize(
    ("affinity", "expected"),
    [
        (
            nodes(expression("disk", "In", "ssd"), expression("zone", "NotIn", "a"), expression("gpu", "Exists")),
            ['web.on_nodes({"disk": "ssd", "zone": NotIn("a"), "gpu": Exists()})'],
        ),
        (
            {
                "nodeAffinity": {
                    PREFERRED: [
                        {"weight": 100, "preference": {"matchExpressions": [expression("zone", "In", "a", "b")]}},
                        {"weight": 5, "preference": {"matchExpressions": [expression("disk", "In", "ssd")]}},
                    ]
                }
            },
            [
                'web.on_nodes({"zone": In("a", "b")}, required=False)',
                'web.on_nodes({"disk": "ssd"}, required=False, weight=5)',
            ],
        ),
        (pods("podAntiAffinity", "web"), ["web.keep_apart(required=True)"]),
        (wish("podAntiAffinity", "web", 100), ['web.keep_apart("zone")']),
        (wish("podAntiAffinity", "api", 100), ['web.away_from(api, "zone")']),
        (pods("podAffinity", "api"), ['web.near(api, "node", required=True)']),
        (wish("podAffinity", "api", 30), ["web.near(api, weight=30)"]),
        (
            {**nodes(expression("disk", "In", "ssd")), **pods("podAntiAffinity", "api")},
            ['web.on_nodes({"disk": "ssd"})', "web.away_from(api, required=True)"],
        ),
    ],
)
def test_affinity(affinity: dict[str, Any], expected: list[str]) -> None:
    assert calls(workload("api"), workload(affinity=affinity)) == expected


@pytest.mark.parametrize(
    "affinity",
    [
        {},
        {"nodeAffinity": {}},
        {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": []}}},
        {"nodeAffinity": {PREFERRED: {}}},
        {"nodeAffinity": {PREFERRED: [{"weight": 1, "preference": {"matchFields": []}}]}},
        {"nodeAffinity": {PREFERRED: ["a"]}},
        nodes(),
        nodes(expression("disk", "In", "ssd"), expression("disk", "NotIn", "hdd")),
        nodes(expression("cores", "Gt", "4")),
        {"podAffinity": {}},
        {"podAffinity": {PREFERRED: "a"}},
        pods("podAffinity", "nobody"),
        pods("podAffinity", "api", namespaces=["x"]),
        {**nodes(expression("disk", "In", "ssd")), **pods("podAffinity", "nobody")},
    ],
)
def test_affinity_that_no_call_can_say_stays_a_field(affinity: dict[str, Any]) -> None:
    assert calls(workload("api"), workload(affinity=affinity)) == []


def test_pods_that_have_no_selector_are_not_kept_apart_from_themselves() -> None:
    labels = {"labels": {"app": "web"}}
    pod = document("v1", "Pod", spec={"containers": [{"name": "web", "image": "a:1"}]})
    pod["metadata"] |= labels
    pod["spec"]["affinity"] = pods("podAntiAffinity", "web")

    assert calls(pod) == []


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"enforce": "restricted"}, 'Namespace("web", pod_security="restricted")'),
        ({"enforce": "baseline", "warn-version": "latest"}, '{"enforce": "baseline", "warn-version": "latest"}'),
        ({"enforce": "strict"}, 'labels={"pod-security.kubernetes.io/enforce": "strict"}'),
        ({"forbid": "baseline"}, 'labels={"pod-security.kubernetes.io/forbid": "baseline"}'),
    ],
)
def test_pod_security_of_a_namespace(labels: dict[str, str], expected: str) -> None:
    namespace = document("v1", "Namespace")
    namespace["metadata"]["labels"] = {f"pod-security.kubernetes.io/{mode}": level for mode, level in labels.items()}

    assert expected in body(text(namespace))


def autoscaler(name: str = "web", **spec: Any) -> dict[str, Any]:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    return document("autoscaling/v2", "HorizontalPodAutoscaler", name, spec={"scaleTargetRef": target, **spec})


CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}


@pytest.mark.parametrize(
    ("served", "expected"),
    [
        (autoscaler(minReplicas=2, maxReplicas=5, metrics=[CPU]), "web.scale(2, 5, cpu=80)"),
        (autoscaler("load", minReplicas=2, maxReplicas=5), 'web.scale(2, 5, name="load")'),
        (autoscaler(maxReplicas=5), "HorizontalPodAutoscaler("),
        (
            document(
                "policy/v1",
                "PodDisruptionBudget",
                spec={"selector": {"matchLabels": {"app": "web"}}, "minAvailable": 1},
            ),
            "web.budget(min_available=1)",
        ),
        (
            document("policy/v1", "PodDisruptionBudget", spec={"selector": {"matchLabels": {"app": "web"}}}),
            "PodDisruptionBudget(",
        ),
        (
            document(
                "policy/v1",
                "PodDisruptionBudget",
                spec={
                    "selector": {"matchLabels": {"app": "web"}},
                    "maxUnavailable": "50%",
                    "unhealthyPodEvictionPolicy": "AlwaysAllow",
                },
            ),
            "PodDisruptionBudget(",
        ),
    ],
)
def test_what_serves_a_workload_is_made_by_it(served: dict[str, Any], expected: str) -> None:
    made = imported(text(workload(), served))

    assert made.counts == {"short": 2}
    assert f"chart.add({expected}" in made.text.replace("add(\n    ", "add(")


def test_autoscaler_of_what_cannot_be_scaled_is_written_out() -> None:
    scaler = autoscaler(minReplicas=2, maxReplicas=5)
    scaler["spec"]["scaleTargetRef"]["kind"] = "DaemonSet"

    assert "HorizontalPodAutoscaler(" in body(text(workload(kind="DaemonSet"), scaler))


@pytest.mark.parametrize(
    ("role", "binding", "expected"),
    [
        ("Role", "RoleBinding", 'web_role.bind(User("jane"), Group("team"))'),
        ("ClusterRole", "ClusterRoleBinding", 'web_cluster_role.bind(User("jane"), Group("team"))'),
        ("ClusterRole", "RoleBinding", 'web_cluster_role.bind_in_namespace(User("jane"), Group("team"))'),
    ],
)
def test_binding_of_a_role_is_made_by_it(role: str, binding: str, expected: str) -> None:
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
    subjects = [
        {"kind": "User", "apiGroup": RBAC, "name": "jane"},
        {"kind": "Group", "apiGroup": RBAC, "name": "team"},
    ]
    ref = {"apiGroup": RBAC, "kind": role, "name": "web"}
    documents = [
        document(f"{RBAC}/v1", role, rules=rules),
        document(f"{RBAC}/v1", binding, roleRef=ref, subjects=subjects),
    ]

    assert f"chart.add({expected})" in body(text(*documents))
    assert f"{binding}(" in body(text(documents[0], document(f"{RBAC}/v1", binding, roleRef=ref)))


@pytest.mark.parametrize(
    ("own", "pods", "expected"),
    [
        ({"app": "web"}, {"app": "web"}, 'labels={"app": "web"}, selector={"app": "web"}'),
        ({"chart": "c"}, {"app": "web"}, 'object_labels={"chart": "c"}, selector={"app": "web"}'),
        (
            {"app": "web", "chart": "c"},
            {"app": "web"},
            'object_labels={"app": "web", "chart": "c"}, selector={"app": "web"}',
        ),
        (
            {"app": "web", "team": "x", "chart": "c"},
            {"app": "web", "team": "x", "tier": "front"},
            'labels={"app": "web", "team": "x"}, object_labels={"chart": "c"}, selector={"app": "web"}, '
            'pod_labels={"tier": "front"}',
        ),
    ],
)
def test_labels_of_a_workload_alone(own: dict[str, str], pods: dict[str, str], expected: str) -> None:
    web = workload()
    web["metadata"]["labels"] = own
    web["spec"]["template"]["metadata"]["labels"] = pods

    assert f'Deployment("web", {expected}, ' in " ".join(body(text(web)).split()).replace("( ", "(")


def test_annotations_of_a_workload_alone() -> None:
    web = workload()
    web["metadata"]["annotations"] = {"a": "1", "b": "2"}
    web["spec"]["template"]["metadata"]["annotations"] = {"b": "2"}

    assert 'annotations={"b": "2"}, object_annotations={"a": "1"}' in " ".join(body(text(web)).split())
