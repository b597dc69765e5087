"""Containers, workloads and jobs: what short forms write, and what they refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from constructs.synthesis import said, tree, trees
from kpy import (
    OFF,
    App,
    ArgumentError,
    Chart,
    Container,
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    KpyError,
    Namespace,
    Pod,
    Probe,
    StatefulSet,
    UsageError,
)
from kpy.api.apps.v1 import RollingUpdateDaemonSet, RollingUpdateDeployment
from kpy.api.core.v1 import PodTemplateSpec
from kpy.api.meta.v1 import ObjectMeta


@pytest.mark.parametrize(
    ("ports", "written"),
    [
        (8080, [{"containerPort": 8080}]),
        ("53/UDP", [{"containerPort": 53, "protocol": "UDP"}]),
        ([80, "53/UDP"], [{"containerPort": 80}, {"containerPort": 53, "protocol": "UDP"}]),
        ({"http": 80}, [{"name": "http", "containerPort": 80}]),
        ({"dns": "53/UDP"}, [{"name": "dns", "containerPort": 53, "protocol": "UDP"}]),
    ],
)
def test_ports_of_a_container(ports: Any, written: list[dict[str, Any]]) -> None:
    assert Container(image="a", ports=ports).to_dict()["ports"] == written


def test_port_that_is_none_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        Container(image="a", ports=["http"])

    assert said(caught.value) == (
        "FILE: `ports` of Container: 'http' is not a port of a container: expected a number, `\"53/UDP\"`, "
        "or a ContainerPort"
    )


@pytest.mark.parametrize(
    ("probe", "written"),
    [
        (
            Probe.http("/ok", port="http", headers={"a": "b"}),
            {"httpGet": {"path": "/ok", "port": "http", "httpHeaders": [{"name": "a", "value": "b"}]}},
        ),
        (Probe.tcp(80, period_seconds=5), {"tcpSocket": {"port": 80}, "periodSeconds": 5}),
        (Probe.exec("ls", "/"), {"exec": {"command": ["ls", "/"]}}),
        (Probe.grpc(9000, service="api"), {"grpc": {"port": 9000, "service": "api"}}),
    ],
)
def test_probes(probe: Probe, written: dict[str, Any]) -> None:
    assert probe.to_dict() == written


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
    with pytest.raises(KpyError, match="cannot be written in cron"):
        CronJob("job", schedule=timedelta(minutes=7))


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


def test_field_of_a_container_on_its_workload_is_explained() -> None:
    with pytest.raises(ArgumentError) as caught:
        Deployment("web", image="nginx")  # type: ignore[call-arg]  # the mistake under test

    assert said(caught.value) == (
        "FILE: Deployment has no argument `image`; it is a field of the container: `containers=[Container(image=...)]`"
    )


@pytest.mark.parametrize(
    ("workload", "written"),
    [
        (Deployment("a", strategy="Recreate"), {"strategy": {"type": "Recreate"}}),
        (
            Deployment("a", strategy=RollingUpdateDeployment(max_surge="25%")),
            {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}}},
        ),
        (StatefulSet("a", update_strategy="OnDelete"), {"updateStrategy": {"type": "OnDelete"}}),
        (
            DaemonSet("a", update_strategy=RollingUpdateDaemonSet(max_unavailable=2)),
            {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 2}}},
        ),
    ],
)
def test_rollouts_in_short(workload: Any, written: dict[str, Any]) -> None:
    workload.containers = [Container(image="a:1")]
    (found,) = trees(workload)

    assert {key: value for key, value in found["spec"].items() if "trategy" in key} == written


def test_pods_of_a_stateful_set_have_names() -> None:
    chart = App("shop").add(Chart("shop", namespace="prod"))
    db = chart.add(StatefulSet("db", headless=True, containers=[Container(image="postgres:17")]))

    assert (db.pod_host(0), db.pod_fqdn(2)) == ("db-0.db", "db-2.db.prod.svc")


def test_headless_service_without_ports_says_none() -> None:
    service, _ = trees(StatefulSet("db", headless=True, containers=[Container(image="postgres:17")]))

    assert "ports" not in service["spec"]


def test_label_said_twice_for_pods_is_refused() -> None:
    template = PodTemplateSpec(metadata=ObjectMeta(labels={"a": "x"}))
    api = Deployment("api", template=template, pod_labels={"a": "y"}, containers=[Container(image="a:1")])

    with pytest.raises(UsageError, match=r"says `pod_labels\.a` twice: 'x' in the base and 'y' by keyword"):
        trees(api)


def test_security_of_one_container() -> None:
    containers = [
        Container(name="app", image="a:1"),
        Container(name="agent", image="b:1", security=OFF),
    ]
    api = Deployment("api", security="restricted", containers=containers)
    job = Job("job", restart_policy="Never", containers=[Container(image="a:1", security="restricted")])

    deployment, finite = (each["spec"]["template"]["spec"] for each in trees(api, job))

    for_container = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    for_pod = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert deployment["securityContext"] == for_pod
    assert deployment["containers"][0]["securityContext"] == for_container
    assert "securityContext" not in deployment["containers"][1]
    assert finite["containers"][0]["securityContext"] == for_container | for_pod
    assert "securityContext" not in finite


def test_namespace_says_more_than_one_mode() -> None:
    namespace = Namespace("shop", pod_security={"enforce": "baseline", "warn": "restricted"})

    assert tree(namespace, kind="Namespace")["metadata"]["labels"] == {
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/warn": "restricted",
    }


@pytest.mark.parametrize("kind", [Deployment, StatefulSet, DaemonSet, Job, Pod])
def test_recommended_labels_of_a_workload_are_part_of_what_it_is_found_by(kind: Any) -> None:
    labels = {"app.kubernetes.io/name": "shop", "app.kubernetes.io/component": "front"}
    extra = {"restart_policy": "Never"} if kind is Job else {}
    web = kind("web", labels=labels, containers=[Container(image="web:1", ports=80)], **extra)

    assert tree(web, web.expose(), kind="Service")["spec"]["selector"] == labels


def test_workloads_of_one_name_label_do_not_select_each_others_pods() -> None:
    labels = {"app.kubernetes.io/name": "shop"}
    web, db = (Deployment(name, labels=labels, containers=[Container(image="a:1", ports=80)]) for name in ("web", "db"))

    selectors = [each["spec"]["selector"] for each in trees(web, db, web.expose(), db.expose())]

    assert selectors == [
        {**labels, "app.kubernetes.io/component": "web"},
        {**labels, "app.kubernetes.io/component": "db"},
        {"matchLabels": {**labels, "app.kubernetes.io/component": "web"}},
        {"matchLabels": {**labels, "app.kubernetes.io/component": "db"}},
    ]


def test_only_container_of_a_workload_with_dots_has_dashes_in_its_name() -> None:
    assert tree(Deployment("api.v1", containers=[Container(image="api:1")]), kind="Deployment")["spec"]["template"][
        "spec"
    ] == {"containers": [{"name": "api-v1", "image": "api:1"}]}


def test_label_of_a_workload_with_a_long_name_is_cut() -> None:
    web = Deployment("w" * 70, containers=[Container(image="web:1")])

    assert tree(web, kind="Deployment")["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": "w" * 63}


def test_rest_of_the_metadata_of_pods_stands_beside_their_labels() -> None:
    job = Job(
        "migrate",
        labels={"app": "shop"},
        pod_metadata={"name": "migrate", "finalizers": ["example.com/keep"]},
        restart_policy="Never",
        containers=[Container(image="shop:1")],
    )

    assert tree(job, kind="Job")["spec"]["template"]["metadata"] == {
        "name": "migrate",
        "finalizers": ["example.com/keep"],
        "labels": {"app": "shop"},
    }


def test_labels_of_the_object_alone_do_not_reach_its_pods() -> None:
    web = Deployment(
        "web",
        labels={"app": "web"},
        object_labels={"helm.sh/chart": "web-1.2.3"},
        object_annotations={"team": "shop"},
        containers=Container(image="a:1"),
    )

    written = tree(web, kind="Deployment")

    assert written["metadata"]["labels"] == {"app": "web", "helm.sh/chart": "web-1.2.3"}
    assert written["metadata"]["annotations"] == {"team": "shop"}
    pods = written["spec"]["template"]["metadata"]
    assert pods["labels"] == {"app.kubernetes.io/name": "web", "app": "web"}
    assert "annotations" not in pods


def test_label_of_the_object_is_said_once() -> None:
    web = Deployment("web", labels={"app": "web"}, object_labels={"app": "other"}, containers=Container(image="a:1"))

    with pytest.raises(UsageError, match=r"says `object_labels\.app` twice"):
        tree(web, kind="Deployment")
