"""Selectors, places, scale and budgets: what short forms write, and what they refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from constructs.synthesis import tree, trees, web
from kpy import (
    ArgumentError,
    Container,
    DaemonSet,
    Deployment,
    Exists,
    HorizontalPodAutoscaler,
    In,
    Ingress,
    Metric,
    NotIn,
    ScalingRules,
    Service,
    UsageError,
)


def test_selectors_take_sets() -> None:
    api = Deployment(
        "api",
        selector={"app": "api", "environment": In("production", "qa"), "tier": NotIn("back"), "team": Exists()},
        pod_labels={"environment": "qa", "team": "x"},
        containers=[Container(image="a:1")],
    )

    assert tree(api, kind="Deployment")["spec"]["selector"] == {
        "matchLabels": {"app": "api"},
        "matchExpressions": [
            {"key": "environment", "operator": "In", "values": ["production", "qa"]},
            {"key": "tier", "operator": "NotIn", "values": ["back"]},
            {"key": "team", "operator": "Exists"},
        ],
    }


def test_autoscaler_takes_the_replicas_of_its_target() -> None:
    api = Deployment("api", replicas=3, containers=[Container(image="a:1")])

    written = trees(api, api.scale(2, 9, cpu=80, memory="512Mi"))

    assert "replicas" not in written[0]["spec"]
    assert written[1]["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    assert [metric["resource"]["target"] for metric in written[1]["spec"]["metrics"]] == [
        {"type": "Utilization", "averageUtilization": 80},
        {"type": "AverageValue", "averageValue": "512Mi"},
    ]


def test_autoscaler_says_no_metric_that_was_not_said() -> None:
    api = web()

    spec = tree(
        api, HorizontalPodAutoscaler("api", scale_target_ref=api, max_replicas=3), kind="HorizontalPodAutoscaler"
    )

    assert set(spec["spec"]) == {"maxReplicas", "scaleTargetRef"}


def test_autoscaler_of_the_first_version_knows_percent_of_cpu_alone() -> None:
    api = Deployment("api", replicas=3, containers=Container(image="a:1"))
    scaler = HorizontalPodAutoscaler("api", scale_target_ref=api, max_replicas=3, cpu=80, version="v1")

    workload, written = trees(api, scaler)

    assert "replicas" not in workload["spec"]
    assert written["apiVersion"] == "autoscaling/v1"
    assert written["spec"] == {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"},
        "maxReplicas": 3,
        "targetCPUUtilizationPercentage": 80,
    }


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"cpu": "500m"}, "cpu='500m'"),
        ({"cpu": 80, "memory": 70}, "memory"),
        ({"metrics": [Metric.cpu(80)]}, "metrics"),
        ({"scale_down": ScalingRules.never()}, "scale_down"),
        ({"behavior": {}}, "behavior"),
    ],
)
def test_autoscaler_of_the_first_version_refuses_what_it_cannot_say(more: dict[str, Any], named: str) -> None:
    scaler = HorizontalPodAutoscaler("api", scale_target_ref=web(), max_replicas=3, version="v1", **more)

    with pytest.raises(UsageError, match=f"autoscaling/v1 knows `cpu` in percent alone, and no `{named}`: leave that"):
        trees(scaler)


def test_autoscaler_has_two_versions() -> None:
    with pytest.raises(ArgumentError, match='expected "v1" or "v2", not \'v3\''):
        HorizontalPodAutoscaler("api", version="v3")  # type: ignore[arg-type]


def test_pods_are_placed() -> None:
    api, cache = web("api"), web("cache")
    api.spread_across("zone", required=True).keep_apart().near(cache).on_nodes({"disk": In("ssd")})

    (written,) = [each for each in trees(api, cache) if each["metadata"]["name"] == "api"]
    spec = written["spec"]["template"]["spec"]

    own, other = ({"matchLabels": {"app.kubernetes.io/name": name}} for name in ("api", "cache"))
    assert spec["topologySpreadConstraints"] == [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": own,
        }
    ]
    anti = spec["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert anti == [{"weight": 100, "podAffinityTerm": {"topologyKey": "kubernetes.io/hostname", "labelSelector": own}}]
    near = spec["affinity"]["podAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert near[0]["podAffinityTerm"]["labelSelector"] == other
    nodes = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert nodes == {
        "nodeSelectorTerms": [{"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}]
    }


def test_autoscaler_takes_metrics_of_all_kinds_and_its_pace() -> None:
    api, ingress = web(), Ingress("edge", routes={"/": Service.existing("api")[80]})
    metrics = [
        Metric.of_resource("cpu", 60, container="web"),
        Metric.pods("requests_per_second", average=100),
        Metric.object("requests", ingress, value="2k"),
        Metric.external("queue_length", average=30, selector={"queue": "jobs"}),
    ]
    scaler = api.scale(
        1, 5, metrics=metrics, scale_up=ScalingRules.never(), scale_down=ScalingRules.at_most(pods=1, period=60)
    )

    spec = tree(api, ingress, scaler, kind="HorizontalPodAutoscaler")["spec"]

    utilization = {"type": "Utilization", "averageUtilization": 60}
    edge = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "edge"}
    queue = {"name": "queue_length", "selector": {"matchLabels": {"queue": "jobs"}}}
    assert spec["metrics"] == [
        {
            "type": "ContainerResource",
            "containerResource": {"container": "web", "name": "cpu", "target": utilization},
        },
        {
            "type": "Pods",
            "pods": {
                "metric": {"name": "requests_per_second"},
                "target": {"type": "AverageValue", "averageValue": 100},
            },
        },
        {
            "type": "Object",
            "object": {
                "describedObject": edge,
                "metric": {"name": "requests"},
                "target": {"type": "Value", "value": "2k"},
            },
        },
        {"type": "External", "external": {"metric": queue, "target": {"type": "AverageValue", "averageValue": 30}}},
    ]
    assert spec["behavior"] == {
        "scaleUp": {"selectPolicy": "Disabled"},
        "scaleDown": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]},
    }


def test_metric_has_one_goal() -> None:
    with pytest.raises(UsageError, match="give either `value=` or `average=`"):
        Metric.external("queue_length")


def test_daemon_set_cannot_be_scaled() -> None:
    assert not hasattr(DaemonSet("agent"), "scale")


def test_pods_tolerate_taints() -> None:
    api = (
        web()
        .tolerate("gpu", "yes", effect="NoSchedule")
        .tolerate("drain", effect="NoExecute", seconds=timedelta(minutes=1))
    )

    spec = tree(api, kind="Deployment")["spec"]["template"]["spec"]

    assert spec["tolerations"] == [
        {"key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"},
        {"key": "drain", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60},
    ]
