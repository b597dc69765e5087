"""What manifests of others say in their own way: older versions, claim templates with their kind, mixed ports."""

from __future__ import annotations

from typing import Any

import pytest

from tests.importing.reading import body, documents, imported, workload
from tests.importing.short_forms import in_short_form


def test_ports_of_several_sorts_stand_beside_each_other() -> None:
    ports = [
        {"name": "http", "containerPort": 8080},
        {"name": "dns", "containerPort": 53, "protocol": "UDP"},
        {"name": "node", "containerPort": 9100, "hostPort": 9100},
    ]
    container = {"name": "web", "image": "nginx:1.29", "ports": ports}
    made = " ".join(body(workload(pod={"containers": [container]})).split())

    assert '"http": 8080, "dns": "53/UDP", "node": ContainerPort(container_port=9100, host_port=9100)' in made


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"apiVersion": "v1", "kind": "PersistentVolumeClaim"}, '[Claim("data", storage="1Gi", with_kind=True)]'),
        ({"status": None}, '[Claim("data", storage="1Gi")]'),
        ({"kind": "PersistentVolumeClaim"}, "Raw("),
        ({"apiVersion": "v1beta1", "kind": "PersistentVolumeClaim"}, "Raw("),
        ({"status": {"phase": "Pending"}}, "Raw("),
    ],
)
def test_claim_templates(more: dict[str, Any], expected: str) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    template = {"metadata": {"name": "data"}, "spec": spec, **more}

    assert expected in body(workload("StatefulSet", serviceName="web", volumeClaimTemplates=[template]))


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"targetCPUUtilizationPercentage": 70}, 'max_replicas=3, cpu=70, version="v1"'),
        ({"minReplicas": 2}, 'max_replicas=3, min_replicas=2, version="v1"'),
        ({"targetCPUUtilizationPercentage": None}, 'max_replicas=3, version="v1"'),
        ({"targetCPUUtilizationPercentage": "70"}, 'patch={"spec": {"targetCPUUtilizationPercentage": "70"}}'),
        ({"targetCPUUtilizationPercentage": True}, 'patch={"spec": {"targetCPUUtilizationPercentage": True}}'),
    ],
)
def test_autoscalers_of_the_first_version(spec: dict[str, Any], expected: str) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    text = documents("autoscaling/v1", "HorizontalPodAutoscaler", scaleTargetRef=target, maxReplicas=3, **spec)

    assert expected in " ".join(body(text).split())


@pytest.mark.parametrize(
    "target",
    [
        {"kind": "ReplicaSet", "name": "web"},
        {"apiVersion": "apps/v1beta1", "kind": "Deployment", "name": "web"},
        {"apiVersion": "example.com/v1", "kind": "Shard", "name": "web"},
    ],
)
def test_target_that_nothing_is_shorter_for_is_a_reference(target: dict[str, str]) -> None:
    made = imported(documents("autoscaling/v2", "HorizontalPodAutoscaler", scaleTargetRef=target, maxReplicas=3))

    assert "CrossVersionObjectReference(" in made.text
    assert made.counts == {"short": 1}
    assert in_short_form(made.text) == (1, 1)


def test_selector_that_says_nothing_selects_all() -> None:
    text = documents("networking.k8s.io/v1", "NetworkPolicy", podSelector={"matchLabels": None}, ingress=[{}])

    assert 'NetworkPolicy("web", policy_types=OFF).allow_from()' in body(text)
