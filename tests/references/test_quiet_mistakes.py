"""Mistakes that a cluster takes without a word, and that an app is warned of."""

from __future__ import annotations

from typing import Any

import pytest

from kpy import (
    App,
    Chart,
    Claim,
    Container,
    Deployment,
    NetworkPolicy,
    PodDisruptionBudget,
    Resources,
    Role,
    Service,
    StatefulSet,
    Traffic,
)
from kpy.api.apps.v1 import DeploymentStrategy
from kpy.api.rbac.v1 import PolicyRule
from kpy.validation import validate


def _web(name: str = "web", **said: Any) -> Deployment:
    return Deployment(name, containers=[Container(image="web:1", ports={"http": 80}, **said)])


def _warnings(*parts: Any) -> list[str]:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="shop"))
    for part in parts:
        chart.add(part)
    return [found.rule for found in app.synth().report if found.severity == "warning"]


def test_selectors_that_select_nothing() -> None:
    web = _web()

    assert sorted(
        _warnings(
            web,
            Service("web", selector={"app": "wbe"}, ports=[80]),
            PodDisruptionBudget("web", selector={"app": "nope"}, min_available=1),
            NetworkPolicy("web", target=web).allow_from({"app": "nope"}),
            NetworkPolicy("front", target={"app": "nope"}),
        )
    ) == ["budget-selects-no-pod", "network-policy-selects-no-pod", "peer-selects-no-pod", "service-selects-no-pod"]


def test_port_by_number_that_nobody_listens_on() -> None:
    web = _web()

    assert _warnings(web, Service("web", selector=web, ports=["80:9999"])) == ["target-port-unknown"]


@pytest.mark.parametrize("how", ["argument", "variable", "probe"])
def test_port_by_number_that_the_container_is_told(how: str) -> None:
    said = {
        "argument": {"args": ["--listen=:9999"]},
        "variable": {"env": {"PORT": "9999"}},
        "probe": {"readiness_probe": {"tcpSocket": {"port": 9999}}},
    }
    web = _web(**said[how])

    assert _warnings(web, Service("web", selector=web, ports=["80:9999"])) == []


@pytest.mark.parametrize("port", ["htpp", 8080, "80/UDP", "http/UDP"])
def test_port_of_a_policy_that_nobody_has(port: Any) -> None:
    web, front = _web(), _web("front")
    into = NetworkPolicy("web", target=web).allow_from(front, ports=[port])
    out = NetworkPolicy("front", target=front).allow_to(web, ports=[port]).allow_dns()

    assert _warnings(web, front, into, out) == ["policy-port-unknown", "policy-port-unknown"]


@pytest.mark.parametrize("port", ["http", 80, "80/TCP", "79-81", "TCP"])
def test_port_of_a_policy_that_is_there(port: Any) -> None:
    web = _web()

    assert _warnings(web, NetworkPolicy("web", target=web).allow_from(web, ports=[port])) == []


@pytest.mark.parametrize("is_allowed", [False, True])
def test_isolated_pods_that_talk_to_others_without_dns(*, is_allowed: bool) -> None:
    web, db = _web(), _web("db")
    traffic = Traffic("traffic").isolate(web, db).allow_between(web, db)
    if is_allowed:
        traffic.allow_dns(web)

    assert _warnings(web, db, traffic) == ([] if is_allowed else ["egress-without-dns"])


def test_amounts_without_unit_are_told_once() -> None:
    assert _warnings(_web(resources=Resources(memory="512"))) == ["amount-without-unit"]
    assert _warnings(_web(resources=Resources(cpu=100, memory="1Gi"))) == ["amount-without-unit"]
    assert _warnings(_web(resources=Resources(cpu=96, memory="1Gi"))) == []


def test_verbs_that_no_server_knows() -> None:
    rules = [PolicyRule(api_groups=[""], resources=["pods"], verbs=["get", "gett"])]

    assert _warnings(Role("web", rules=rules)) == ["role-verb-unknown"]


@pytest.mark.parametrize(
    ("group", "verb", "is_known"),
    [("", "promote", False), ("example.com", "promote", True), ("example.com", "Get", False), ("", "use", True)],
)
def test_verbs_of_custom_groups_are_their_own(group: str, verb: str, *, is_known: bool) -> None:
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "web"},
        "rules": [{"apiGroups": [group], "resources": ["*"], "verbs": [verb]}],
    }

    assert [found.rule for found in validate([role])] == ([] if is_known else ["role-verb-unknown"])


def test_claim_that_is_a_template_and_was_added_too() -> None:
    data = Claim("data", storage="1Gi")
    containers = [Container(image="db:1", mounts={"/data": data})]
    db = StatefulSet("db", headless=True, volume_claim_templates=[data], containers=containers)

    assert _warnings(db) == []
    db = StatefulSet("db", headless=True, volume_claim_templates=[data], containers=containers)
    assert _warnings(db, data) == ["claim-beside-template"]


def test_claim_template_that_nobody_mounts() -> None:
    data = Claim("data", storage="1Gi")
    db = StatefulSet("db", headless=True, volume_claim_templates=[data], containers=[Container(image="db:1")])

    assert _warnings(db) == ["claim-template-unused"]


_RECREATE = DeploymentStrategy(type="Recreate")


@pytest.mark.parametrize(
    ("mode", "said", "severity"),
    [
        ("ReadWriteOnce", {"replicas": 2, "strategy": _RECREATE}, "warning"),
        ("ReadWriteOnce", {"replicas": 1, "strategy": _RECREATE}, None),
        ("ReadWriteOnce", {}, "note"),
        ("ReadWriteOnce", {"replicas": 0}, None),
        ("ReadWriteOncePod", {"replicas": 2, "strategy": _RECREATE}, "warning"),
        ("ReadWriteOncePod", {}, "warning"),
        ("ReadWriteMany", {"replicas": 2}, None),
    ],
)
def test_claim_of_one_pod_or_node_and_several_pods(mode: str, said: dict[str, Any], severity: str | None) -> None:
    data = Claim("data", storage="1Gi", access_modes=[mode])
    web = Deployment("web", containers=[Container(image="web:1", mounts={"/data": data})], **said)
    app = App("shop")
    chart = app.add(Chart("shop", namespace="shop"))
    chart.add(data)
    chart.add(web)

    found = [(each.rule, each.severity) for each in app.synth().report]

    assert found == ([] if severity is None else [("claim-for-several-pods", severity)])


def test_claim_that_an_autoscaler_hands_to_several_pods() -> None:
    data = Claim("data", storage="1Gi")
    resources = Resources(cpu="100m")
    web = Deployment(
        "web",
        strategy=_RECREATE,
        containers=[Container(image="web:1", resources=resources, mounts={"/data": data})],
    )

    assert _warnings(data, web, web.scale(1, 3)) == ["claim-for-several-pods"]


@pytest.mark.parametrize("path", ["/*", "/api/*"])
def test_star_in_a_path(path: str) -> None:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    paths = [{"path": path, "pathType": "Prefix", "backend": backend}]
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "web"},
        "spec": {"rules": [{"http": {"paths": paths}}]},
    }

    assert [found.rule for found in validate([ingress], ignore=["reference"])] == ["ingress-path-star"]
    paths[0]["pathType"] = "ImplementationSpecific"
    assert validate([ingress], ignore=["reference"]).diagnostics == []
