"""Services, Ingresses and network policies: what short forms write, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from constructs.synthesis import said, tree, trees, web
from kpy import (
    OFF,
    App,
    ArgumentError,
    Chart,
    Container,
    Ingress,
    Job,
    NetworkPolicy,
    Pod,
    Secret,
    Service,
    Traffic,
    UsageError,
)
from kpy.api.core.v1 import ServicePort


def test_expose_takes_the_ports_of_the_containers() -> None:
    api = web(ports={"http": 8080})

    service = tree(api, api.expose(), kind="Service")

    assert service["spec"]["ports"] == [{"name": "http", "port": 8080, "targetPort": "http"}]


def test_expose_of_several_nameless_ports_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        web(ports=[80, 81]).expose()

    assert said(caught.value) == (
        'FILE: Deployment "web" (FILE) has 2 ports and no name for 80, 81; a Service of several ports needs names: '
        'write `ports={"http": 8080, ...}`, or write `expose(ports=...)`'
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
        'FILE: Ingress "edge" (FILE) routes to Service "api" (FILE), which has several ports, "http", "admin"; '
        'pick one: `service["http"]`'
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


def test_types_of_a_policy_can_be_left_to_the_server() -> None:
    policy = NetworkPolicy("open", policy_types=OFF).allow_from()

    assert tree(policy, kind="NetworkPolicy")["spec"] == {"ingress": [{}], "podSelector": {}}


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


def test_traffic_without_ports_opens_those_of_the_target_alone() -> None:
    front, dns = web("front", ports=80), web("dns", ports={"dns": "53/UDP", "metrics": 9153})
    silent = web("silent")
    traffic = Traffic("traffic").allow_between(front, dns).allow_between(front, silent)

    policies = {
        each["metadata"]["name"]: each["spec"]
        for each in trees(front, dns, silent, traffic)
        if "Policy" in each["kind"]
    }

    ports = [{"port": "dns", "protocol": "UDP"}, {"port": "metrics", "protocol": "TCP"}]
    assert policies["dns"]["ingress"][0]["ports"] == ports
    assert [rule.get("ports") for rule in policies["front"]["egress"]] == [ports, None]


def test_route_to_a_workload_is_refused() -> None:
    api = web("api", ports=80)

    with pytest.raises(UsageError) as caught:
        trees(api, Ingress("edge", routes={"/": api}))  # type: ignore[dict-item]  # the mistake under test

    assert said(caught.value) == (
        'FILE: Ingress "edge" (FILE) routes to Deployment "api" (FILE), and routes lead to Services: add one with '
        "`chart.add(....expose())` and route to that"
    )


@pytest.mark.parametrize(
    ("ports", "written"),
    [
        (80, [{"port": 80, "targetPort": "http"}]),
        ({"http": 80}, [{"name": "http", "port": 80, "targetPort": "http"}]),
        (8080, [{"port": 8080}]),
        ("80:8080", [{"port": 80, "targetPort": 8080}]),
        ("80:http", [{"port": 80, "targetPort": "http"}]),
        ("53/UDP", [{"port": 53, "protocol": "UDP"}]),
        ([ServicePort(port=80)], [{"port": 80}]),
    ],
)
def test_short_ports_lead_to_the_port_of_the_container(ports: Any, written: list[dict[str, Any]]) -> None:
    api = web(ports={"http": 8080})

    assert tree(api, api.expose(ports=ports), kind="Service")["spec"]["ports"] == written


def test_service_port_has_the_protocol_of_the_container_port() -> None:
    dns = web(ports={"dns": "5353/UDP", "metrics": 9153})

    ports = tree(dns, dns.expose(ports={"dns": 53, "metrics": 9153}), kind="Service")["spec"]["ports"]

    assert ports == [
        {"name": "dns", "port": 53, "targetPort": "dns", "protocol": "UDP"},
        {"name": "metrics", "port": 9153},
    ]


def test_text_that_is_no_port_of_a_service_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        Service("api", ports={"http": "http"})

    assert said(caught.value) == (
        "FILE: `ports` of Service: 'http' is not a port of a Service: "
        'expected a number, `"80:8080"`, `"53/UDP"` or a '
        "ServicePort"
    )


def test_pod_and_job_can_be_exposed() -> None:
    pod = Pod("pod", containers=[Container(image="a:1", ports={"http": 80})])
    job = Job("job", restart_policy="Never", containers=[Container(image="a:1", ports=80)])

    written = trees(pod, job, pod.expose(), job.expose(cluster_ip="None"))

    labels = [each["spec"]["selector"] for each in written if each["kind"] == "Service"]
    assert labels == [{"app.kubernetes.io/name": "pod"}, {"app.kubernetes.io/name": "job"}]


def test_expose_via_ingress_takes_a_port_and_all_fields() -> None:
    api = web("api", ports={"http": 8080, "admin": 9090})
    service, ingress = api.expose_via_ingress("shop.io", "/x", port="http", tls="shop-tls", ingress_class_name="nginx")

    spec = tree(api, service, ingress, kind="Ingress")["spec"]

    assert spec["rules"][0]["http"]["paths"][0]["backend"]["service"]["port"] == {"name": "http"}
    assert spec["tls"] == [{"hosts": ["shop.io"], "secretName": "shop-tls"}]
    assert spec["ingressClassName"] == "nginx"


def test_certificates_of_hosts_stand_together() -> None:
    shop, api = Secret("shop-tls"), web("api", ports=80)
    service = api.expose()
    edge = Ingress("edge", default_backend=service, tls={"a.io": shop, "b.io": "b-tls", "c.io": shop})

    spec = tree(shop, api, service, edge, kind="Ingress")["spec"]

    assert spec["tls"] == [
        {"hosts": ["a.io", "c.io"], "secretName": "shop-tls"},
        {"hosts": ["b.io"], "secretName": "b-tls"},
    ]
    assert spec["defaultBackend"] == {"service": {"name": "api", "port": {"number": 80}}}


def test_routes_may_match_exactly() -> None:
    api = web("api", ports=80)
    service = api.expose()

    spec = tree(api, service, Ingress("e", path_type="Exact", routes={"/x": service}), kind="Ingress")["spec"]

    assert spec["rules"][0]["http"]["paths"][0]["pathType"] == "Exact"


def test_what_serves_a_workload_lives_in_its_namespace() -> None:
    api = web("api", ports=80)
    app = App("shop")
    house = app.add(Chart("house", namespace="house"))
    house.add(NetworkPolicy("api", target=api).deny_ingress())
    house.add(api.expose())
    house.add(api.budget(max_unavailable=1))
    house.add(api.scale(1, 2, cpu=80))
    app.add(Chart("shop", namespace="shop")).add(api)

    assert {each.namespace for each in app.synth()} == {"shop"}


def test_peer_of_another_namespace_is_named_with_it() -> None:
    front, api, near = web("front"), web("api"), web("near")
    app = App("shop")
    chart = app.add(Chart("shop", namespace="shop"))
    traffic = chart.add(Traffic("traffic"))
    traffic.allow_between(front, api, ports=[80]).allow_between(near, api, ports=[80])
    chart.add(api)
    chart.add(near)
    app.add(Chart("front", namespace="front")).add(front)

    policies = {(each.namespace, each.name): each.tree["spec"] for each in app.synth() if "Policy" in each.kind}

    def pods(name: str) -> dict[str, Any]:
        return {"podSelector": {"matchLabels": {"app.kubernetes.io/name": name}}}

    def of_namespace(name: str) -> dict[str, Any]:
        return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}

    ingress = [rule["from"] for rule in policies["shop", "api"]["ingress"]]
    assert ingress == [[{**pods("front"), **of_namespace("front")}], [pods("near")]]
    assert policies["front", "front"]["egress"][0]["to"] == [{**pods("api"), **of_namespace("shop")}]


def test_affinity_reaches_pods_of_another_namespace() -> None:
    api, cache = web("api"), web("cache")
    app = App("shop")
    app.add(Chart("shop", namespace="shop")).add(api.near(cache))
    app.add(Chart("cache", namespace="cache")).add(cache)

    spec = app.synth().find("Deployment", "api").tree["spec"]["template"]["spec"]

    (wish,) = spec["affinity"]["podAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert wish["podAffinityTerm"]["namespaces"] == ["cache"]
