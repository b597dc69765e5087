"""A release is judged as its own server judges: what came later is not asked of the older ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import kpy


def rules(document: Mapping[str, object], release: str) -> set[str]:
    report = kpy.validate([document], kubernetes=release)
    return {finding.rule for finding in report.errors if finding.family in ("schema", "api")}


def stateful_set(**spec: Any) -> dict[str, Any]:
    pod = {"containers": [{"name": "db", "image": "postgres:18"}], **spec.pop("pod", {})}
    metadata = {"labels": {"app": "db"}, **spec.pop("metadata", {})}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "db"},
        "spec": {
            "serviceName": "db",
            "selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": metadata, "spec": pod},
            **spec,
        },
    }


def claim(**spec: Any) -> dict[str, Any]:
    storage = {"resources": {"requests": {"storage": "1Gi"}}, "accessModes": ["ReadWriteOnce"]}
    return {"metadata": {"name": "data"}, "spec": {**storage, **spec}}


def pod_of(kind: str, pod: dict[str, Any]) -> dict[str, Any]:
    spec = {"containers": [{"name": "a", "image": "b"}], **pod}
    if kind == "Pod":
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}
    template = {"metadata": {"labels": {"app": "a"}}, "spec": {**spec, "restartPolicy": "Never"}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "a"}, "spec": {"template": template}}


TERM = {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a b"]}]}
AFFINITY = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [TERM]}}}
IMAGE = {"volumes": [{"name": "v", "image": {"pullPolicy": "Always"}}]}
SLICE = {
    "apiVersion": "discovery.k8s.io/v1",
    "kind": "EndpointSlice",
    "metadata": {"name": "a"},
    "addressType": "IPv6",
    "endpoints": [{"addresses": ["2001:DB8::1"]}],
    "ports": [{"name": "http", "port": 80}],
}


@pytest.mark.parametrize(
    ("document", "rule", "before", "since"),
    [
        pytest.param(
            stateful_set(pod={"volumes": [{"name": "a"}, {"name": "a"}]}),
            "volume-name-duplicate",
            "1.33",
            "1.34",
            id="pods of a StatefulSet",
        ),
        pytest.param(
            stateful_set(pod={"dnsPolicy": "first"}), "unsupported-value", "1.33", "1.34", id="closed sets in them"
        ),
        pytest.param(
            stateful_set(volumeClaimTemplates=[claim(accessModes=[])]),
            "access-modes-required",
            "1.33",
            "1.34",
            id="claim templates of a StatefulSet",
        ),
        pytest.param(pod_of("Pod", {"affinity": AFFINITY}), "node-value-invalid", "1.31", "1.32", id="values of nodes"),
        pytest.param(
            pod_of("Pod", {"os": {"name": "windows"}, "hostUsers": True}),
            "linux-setting-on-windows",
            "1.32",
            "1.33",
            id="users of the host on Windows",
        ),
        pytest.param(
            pod_of("Job", IMAGE), "image-volume-reference-required", "1.36", "1.37", id="volumes of images in templates"
        ),
        pytest.param(SLICE, "endpoint-slice-address-invalid", "1.32", "1.33", id="canonical addresses"),
    ],
)
def test_rule_holds_from_a_release_on(document: dict[str, Any], rule: str, before: str, since: str) -> None:
    assert rule not in rules(document, before)
    assert rule in rules(document, since)


@pytest.mark.parametrize("release", ["1.31", "1.36"])
@pytest.mark.parametrize(
    ("document", "rule"),
    [
        pytest.param(stateful_set(pod={"restartPolicy": "Never"}), "template-restart-policy", id="restart policy"),
        pytest.param(stateful_set(pod={"hostNetwork": "yes"}), "wrong-type", id="types in the pod"),
        pytest.param(stateful_set(pod={"hostNetwrok": True}), "unknown-field", id="fields of the pod"),
        pytest.param(stateful_set(metadata={"labels": {"app": "db", "a b": "c"}}), "label-key", id="labels of the pod"),
        pytest.param(stateful_set(metadata={"labels": {"app": "web"}}), "selector-mismatch", id="selector"),
    ],
)
def test_what_every_release_judges_in_a_stateful_set(document: dict[str, Any], rule: str, release: str) -> None:
    assert rule in rules(document, release)


def test_restart_policy_that_does_not_exist_is_refused_by_old_servers_too() -> None:
    assert "template-restart-policy" in rules(stateful_set(pod={"restartPolicy": "onfailure"}), "1.31")
