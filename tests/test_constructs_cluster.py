"""Constructs: access, scale, placement, storage and schedules."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from kpy import (
    App,
    ArgumentError,
    Chart,
    Claim,
    ConfigMap,
    Container,
    CronJob,
    Deployment,
    Grant,
    Group,
    HorizontalPodAutoscaler,
    In,
    KpyError,
    PersistentVolume,
    Role,
    ServiceAccount,
    StatefulSet,
    User,
)
from kpy.pipeline import run


def trees(*parts: Any, **chart: Any) -> list[dict[str, Any]]:
    app = App("shop")
    owner = app.add(Chart("shop", **chart))
    for part in parts:
        owner.add(part)
    return run(app).to_dicts()


def tree(*parts: Any, kind: str, **chart: Any) -> dict[str, Any]:
    (found,) = [each for each in trees(*parts, **chart) if each["kind"] == kind]
    return found


def web(name: str = "web", **container: Any) -> Deployment:
    return Deployment(name, containers=[Container(image="nginx:1", **container)])


def said(error: BaseException) -> str:
    return re.sub(r"[^\s(]*test_constructs_cluster\.py:\d+", "FILE", str(error))


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


def test_subject_of_a_binding_has_the_namespace_of_its_account() -> None:
    account, role = ServiceAccount("api"), Role("reader").allow("get", "pods")

    binding = tree(account, role, role.bind(account, User("jane"), Group("devs")), kind="RoleBinding", namespace="shop")

    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "api", "namespace": "shop"},
        {"kind": "User", "name": "jane", "apiGroup": "rbac.authorization.k8s.io"},
        {"kind": "Group", "name": "devs", "apiGroup": "rbac.authorization.k8s.io"},
    ]


def test_role_looks_groups_up() -> None:
    role = Role("r").allow("get", ["pods", "deployments", "pods/log", "issuers.cert-manager.io", Deployment])

    assert [(rule.api_groups, rule.resources) for rule in role.rules or ()] == [
        ([""], ["pods", "pods/log"]),
        (["apps"], ["deployments", "deployments"]),
        (["cert-manager.io"], ["issuers"]),
    ]


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ("pod", "the API has no resource 'pod'; roles name resources in the plural: 'pods'"),
        ("deploy", "the API has no resource 'deploy'; roles name resources in the plural: 'deployments'"),
        ("podss", "the API has no resource 'podss'; did you mean 'pods'?"),
        (
            "issuers",
            "the API has no resource 'issuers'; for a custom resource, add its group: \"certificates.cert-manager.io\"",
        ),
    ],
)
def test_role_refuses_resources_that_do_not_exist(resource: str, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Role("r").allow("get", resource)

    assert said(caught.value) == message


def test_grant_names_objects() -> None:
    account, config = ServiceAccount("api"), ConfigMap("config")

    written = trees(account, config, Grant("api", to=[account]).read(config).write("jobs"), namespace="shop")

    (role,) = [each for each in written if each["kind"] == "Role"]
    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["config"], "verbs": ["get", "watch"]},
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["update", "patch", "delete", "create"]},
    ]


def test_volume_gives_the_claim_that_fits_it() -> None:
    volume = PersistentVolume("media", storage="1Ti", access_modes=["ReadWriteMany"])

    claim = volume.claim("media")

    assert claim.access_modes == ["ReadWriteMany"]
    assert (claim.storage, claim.storage_class_name, claim.volume_name) == ("1Ti", "", volume)


def test_claim_without_modes_asks_for_one() -> None:
    spec = tree(Claim("data", storage="1Gi"), kind="PersistentVolumeClaim")["spec"]

    assert spec == {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def test_headless_service_is_part_of_its_stateful_set() -> None:
    db = StatefulSet("db", headless=True, containers=[Container(image="postgres:17", ports={"pg": 5432})])

    service, owner = trees(db)

    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["selector"] == {"app.kubernetes.io/name": "db"}
    assert owner["spec"]["serviceName"] == "db"


@pytest.mark.parametrize(
    ("every", "cron"),
    [
        (timedelta(minutes=15), "*/15 * * * *"),
        (timedelta(hours=1), "0 * * * *"),
        (timedelta(hours=6), "0 */6 * * *"),
        (timedelta(days=1), "0 0 * * *"),
        ("@daily", "@daily"),
    ],
)
def test_schedule_may_say_how_often(every: str | timedelta, cron: str) -> None:
    assert CronJob("job", schedule=every).schedule == cron


def test_schedule_that_cron_cannot_say_is_refused() -> None:
    with pytest.raises(KpyError, match="cannot be said in cron"):
        CronJob("job", schedule=timedelta(minutes=7))


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


def test_security_writes_what_the_standard_asks_and_nothing_said() -> None:
    from kpy.api.core.v1 import PodSecurityContext

    api = Deployment(
        "api",
        security="restricted",
        security_context=PodSecurityContext(run_as_user=1000),
        containers=[Container(image="a:1")],
    )

    spec = tree(api, kind="Deployment")["spec"]["template"]["spec"]

    assert spec["securityContext"] == {
        "runAsUser": 1000,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert spec["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }


def test_content_annotation_rolls_the_pods_out() -> None:
    config = ConfigMap.from_literals("config", {"a": "b"}, content_hash="annotation")
    api = web(env_from=[config])

    template = tree(config, api, kind="Deployment")["spec"]["template"]

    assert template["metadata"]["annotations"] == {"checksum/configmap-config": "685c0c91ef"}
