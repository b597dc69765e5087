"""Constructs: what their short forms write, and what they refuse."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kpy import (
    App,
    ArgumentError,
    Chart,
    ConfigMap,
    Container,
    Deployment,
    Exists,
    In,
    Ingress,
    NetworkPolicy,
    NotIn,
    Probe,
    Secret,
    Service,
    Traffic,
    UsageError,
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
    return re.sub(r"[^\s(]*test_constructs\.py:\d+", "FILE", str(error))


@pytest.mark.parametrize(
    ("ports", "written"),
    [
        (8080, [{"containerPort": 8080}]),
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
        "FILE: `ports` of Container: 'http' is no port of a container: expected a number, `\"53/UDP\"`, "
        "or a ContainerPort"
    )


def test_env_takes_texts_keys_and_fields() -> None:
    from kpy.api.core.v1 import ObjectFieldSelector

    config, secret = ConfigMap("config"), Secret("secret")
    container = Container(
        image="a",
        env={"A": "b", "C": config["c"], "D": secret["d"], "IP": ObjectFieldSelector(field_path="status.podIP")},
        env_from=[config, secret.env(prefix="DB_")],
    )

    written = container.to_dict()

    assert written["env"] == [
        {"name": "A", "value": "b"},
        {"name": "C", "valueFrom": {"configMapKeyRef": {"key": "c", "name": "config"}}},
        {"name": "D", "valueFrom": {"secretKeyRef": {"key": "d", "name": "secret"}}},
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
    ]
    assert written["envFrom"] == [
        {"configMapRef": {"name": "config"}},
        {"prefix": "DB_", "secretRef": {"name": "secret"}},
    ]


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


def test_expose_takes_the_ports_of_the_containers() -> None:
    api = web(ports={"http": 8080})

    service = tree(api, api.expose(), kind="Service")

    assert service["spec"]["ports"] == [{"name": "http", "port": 8080, "targetPort": "http"}]


def test_expose_of_several_nameless_ports_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        web(ports=[80, 81]).expose()

    assert said(caught.value) == (
        'Deployment "web" (FILE) has 2 ports and no name for 80, 81; a Service of several ports needs names: write '
        '`ports={"http": 8080, ...}`, or say `expose(ports=...)`'
    )


def test_expose_without_ports_is_refused() -> None:
    with pytest.raises(UsageError, match="has no container port to expose"):
        web().expose()


def test_service_knows_its_dns_names() -> None:
    chart = App("shop").add(Chart("shop", namespace="prod"))
    service = chart.add(Service("api", selector={"a": "b"}, ports=80))

    assert (service.host, service.fqdn) == ("api", "api.prod.svc")


def test_service_without_namespace_has_no_full_name_yet() -> None:
    with pytest.raises(UsageError, match="has no namespace yet, so no `fqdn`"):
        _ = Service("api").fqdn


def test_ingress_routes_by_prefix_and_host() -> None:
    api = web("api", ports={"http": 8080, "admin": 9090})
    front = web("front", ports=80)
    to_api, to_front = api.expose(), front.expose()
    edge = Ingress("edge", host="shop.io", routes={"/api": to_api["http"], "/": to_front, "admin.io/": to_api["admin"]})

    rules = tree(api, front, to_api, to_front, edge, kind="Ingress")["spec"]["rules"]

    assert [(rule["host"], [path["path"] for path in rule["http"]["paths"]]) for rule in rules] == [
        ("shop.io", ["/api", "/"]),
        ("admin.io", ["/"]),
    ]
    backends = [path["backend"]["service"] for path in rules[0]["http"]["paths"]]
    assert backends == [
        {"name": "api", "port": {"name": "http"}},
        {"name": "front", "port": {"number": 80}},
    ]
    assert {path["pathType"] for rule in rules for path in rule["http"]["paths"]} == {"Prefix"}


def test_ingress_must_pick_one_of_several_ports() -> None:
    api = web("api", ports={"http": 8080, "admin": 9090})
    service = api.expose()

    with pytest.raises(UsageError) as caught:
        trees(api, service, Ingress("edge", routes={"/": service}))

    assert said(caught.value) == (
        'Ingress "edge" (FILE) routes to Service "api" (FILE), which has several ports, "http", "admin"; pick one: '
        '`service["http"]`'
    )


def test_policy_ports_have_the_protocol_that_was_said() -> None:
    policy = NetworkPolicy("api", target={"app": "api"})
    policy.allow_from({"app": "web"}, ports=["http", "53/UDP", "8000-8100", 9090])

    (rule,) = tree(policy, kind="NetworkPolicy")["spec"]["ingress"]

    assert rule["ports"] == [
        {"port": "http", "protocol": "TCP"},
        {"port": 53, "protocol": "UDP"},
        {"port": 8000, "endPort": 8100, "protocol": "TCP"},
        {"port": 9090, "protocol": "TCP"},
    ]


def test_deny_all_mentions_both_directions_and_allows_nothing() -> None:
    spec = tree(NetworkPolicy("closed").deny_all(), kind="NetworkPolicy")["spec"]

    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_traffic_writes_both_halves_into_one_policy_per_workload() -> None:
    front, api = web("front"), web("api", ports={"http": 80})
    traffic = Traffic("traffic")
    traffic.allow_between(front, api, ports=["http"]).allow_dns(front)

    policies = {
        each["metadata"]["name"]: each["spec"] for each in trees(front, api, traffic) if "Policy" in each["kind"]
    }

    peer = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "api"}}}
    assert policies["front"]["policyTypes"] == ["Egress"]
    assert policies["front"]["egress"][0] == {"to": [peer], "ports": [{"port": "http", "protocol": "TCP"}]}
    assert policies["front"]["egress"][1]["ports"] == [
        {"port": 53, "protocol": "UDP"},
        {"port": 53, "protocol": "TCP"},
    ]
    assert policies["api"]["policyTypes"] == ["Ingress"]


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


def test_field_of_a_container_on_its_workload_is_explained() -> None:
    with pytest.raises(ArgumentError) as caught:
        Deployment("web", image="nginx")  # type: ignore[call-arg]  # the mistake under test

    assert said(caught.value) == (
        "FILE: Deployment has no argument `image`; it is a field of the container: `containers=[Container(image=...)]`"
    )


def test_whole_config_map_as_a_variable_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        Container(image="a", env={"A": ConfigMap("config")})  # type: ignore[dict-item]  # the mistake under test

    assert said(caught.value) == (
        "FILE: `env` of Container: the variable 'A' is a whole ConfigMap: name a key, `...[\"key\"]`, "
        "or use `env_from=[...]`"
    )


def test_route_to_a_workload_is_refused() -> None:
    api = web("api", ports=80)

    with pytest.raises(UsageError) as caught:
        trees(api, Ingress("edge", routes={"/": api}))  # type: ignore[dict-item]  # the mistake under test

    assert said(caught.value) == (
        'Ingress "edge" (FILE) routes to Deployment "api" (FILE), and routes lead to Services: add one with '
        "`chart.add(....expose())` and route to that"
    )
