"""Who may talk to whom: what network policies let through on both sides."""

from __future__ import annotations

import pytest

from kpy.graph import Graph, traffic_of
from kpy.manifest import Resource

Tree = dict[str, object]


def pod(name: str, *, namespace: str = "shop", ports: list[Tree] | None = None) -> Tree:
    metadata = {"name": name, "namespace": namespace, "labels": {"app": name}}
    container = {"name": name, "image": f"{name}:1", "ports": ports or []}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}}


def policy(target: str, *, namespace: str = "shop", **directions: list[Tree]) -> Tree:
    spec = {
        "podSelector": {"matchLabels": {"app": target}} if target else {},
        "policyTypes": [direction.title() for direction in directions],
        **directions,
    }
    metadata = {"name": target or "all", "namespace": namespace}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def app(name: str) -> Tree:
    return {"podSelector": {"matchLabels": {"app": name}}}


def named(namespace: str) -> Tree:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}


def traffic(*objects: Tree) -> Graph:
    return traffic_of(map(Resource, objects))


def arrows(*objects: Tree) -> list[str]:
    graph = traffic(*objects)
    names = {node.id: f"{node.name} in {node.namespace}" if node.is_absent else node.name for node in graph.nodes}
    return [
        f"{names[edge.source]} {'-x' if edge.is_refused else '->'} {names[edge.target]}: {edge.label or 'every port'}"
        for edge in graph.edges
    ]


HTTP: list[Tree] = [{"name": "http", "containerPort": 8080}, {"name": "dns", "containerPort": 53, "protocol": "UDP"}]


def test_arrow_stands_where_both_sides_let_it_through() -> None:
    objects = pod("web"), pod("api", ports=HTTP)
    out = policy("web", egress=[{"to": [app("api")]}])
    into = policy("api", ingress=[{"from": [app("web")], "ports": [{"port": "http"}]}])

    assert arrows(*objects, out, into) == ["web -> api: http"]
    assert arrows(*objects, out) == ["web -> api: every port"]
    assert arrows(*objects, into) == ["web -> api: http"]


def test_side_that_does_not_let_it_through_refuses() -> None:
    objects = pod("web"), pod("api", ports=HTTP)
    out = policy("web", egress=[{"to": [app("api")], "ports": [{"port": "http"}]}])

    assert arrows(*objects, out, policy("api", ingress=[])) == ["web -x api: http"]
    closed = policy("api", ingress=[{"from": [app("web")], "ports": [{"port": 9090}]}])
    assert arrows(*objects, out, closed) == ["web -x api: http"]


def test_rules_of_several_policies_add_up() -> None:
    objects = pod("web"), pod("api", ports=HTTP)
    every = policy("", ingress=[], egress=[])
    some = [
        policy("web", egress=[{"to": [{"podSelector": {}}]}]),
        policy("api", ingress=[{"from": [app("web")], "ports": [{"port": 8080}]}]),
        policy("api", ingress=[{"from": [app("web")], "ports": [{"port": 9000, "endPort": 9010}]}]),
    ]

    assert arrows(*objects, every, *some) == ["web -> api: http, 9000-9010", "web -> every pod in shop: every port"]


@pytest.mark.parametrize(
    ("ports", "label"),
    [
        ([{"port": "http"}], "http"),
        ([{"port": 8080}], "http"),
        ([{"port": 8081}], "8081"),
        ([{"port": "dns", "protocol": "UDP"}], "dns"),
        ([{"port": 5353, "protocol": "UDP"}, {"port": 443}], "443, 5353/UDP"),
        ([{"protocol": "SCTP"}], "all SCTP"),
        ([{"port": "nobody"}], "nobody"),
        ([{"port": 8000, "endPort": 8080}], "8000-8080"),
        ([], "every port"),
    ],
)
def test_ports_are_called_as_the_target_calls_them(ports: list[Tree], label: str) -> None:
    rule = {"from": [app("web")], "ports": ports}

    assert arrows(pod("web"), pod("api", ports=HTTP), policy("api", ingress=[rule])) == [f"web -> api: {label}"]


def test_names_of_ports_are_compared_as_numbers() -> None:
    out = policy("web", egress=[{"to": [app("api")], "ports": [{"port": 8080}]}])
    into = policy("api", ingress=[{"from": [app("web")], "ports": [{"port": "http"}]}])

    assert arrows(pod("web"), pod("api", ports=HTTP), out, into) == ["web -> api: http"]


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        ({"podSelector": {}}, "every pod in shop"),
        (named("monitoring"), "every pod in monitoring"),
        ({"namespaceSelector": {}}, "every pod of every namespace in "),
        ({"namespaceSelector": {"matchLabels": {"team": "a"}}}, "every pod of namespaces team=a in "),
        ({"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}, "10.0.0.0/8 except 10.1.0.0/16 in "),
        ({**named("kube-system"), **app("dns")}, "app=dns in kube-system"),
        (
            {"podSelector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", "c"]}]}},
            "a in (b, c) in shop",
        ),
        (app("nobody"), "app=nobody in shop"),
    ],
)
def test_those_who_are_described_stand_for_themselves(peer: Tree, name: str) -> None:
    assert arrows(pod("web"), policy("web", egress=[{"to": [peer]}])) == [f"web -> {name}: every port"]
    assert arrows(pod("web"), policy("web", ingress=[{"from": [peer]}])) == [f"{name} -> web: every port"]


def test_rule_without_peers_is_for_anyone() -> None:
    assert arrows(pod("web"), policy("web", ingress=[{}])) == ["any address in  -> web: every port"]


def test_pods_of_another_namespace_are_found_by_its_labels() -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "infra", "labels": {"team": "a"}}}
    peer = {**app("db"), "namespaceSelector": {"matchLabels": {"team": "a"}}}
    rule = policy("web", egress=[{"to": [peer]}])

    assert arrows(pod("web"), pod("db", namespace="infra"), namespace, rule) == ["web -> db: every port"]
    assert arrows(pod("web"), pod("db"), namespace, rule) == ["web -> app=db of namespaces team=a in : every port"]


def test_workloads_say_in_which_directions_nothing_isolates_them() -> None:
    graph = traffic(
        *map(pod, ("a", "b", "c", "d")),
        policy("b", ingress=[]),
        policy("c", egress=[]),
        policy("d", ingress=[], egress=[]),
    )

    assert [node.note for node in graph.nodes] == ["open: in and out", "open: out", "open: in", ""]


def test_policy_types_that_are_not_given_follow_from_the_rules() -> None:
    closed = policy("web", ingress=[])
    del closed["spec"]["policyTypes"]  # type: ignore[attr-defined]

    assert [node.note for node in traffic(pod("web"), closed).nodes] == ["open: out"]


def test_pods_of_one_workload_may_talk_among_themselves() -> None:
    assert arrows(pod("web"), policy("web", ingress=[{"from": [app("web")]}])) == ["web -> web: every port"]


def test_policies_of_other_namespaces_change_nothing() -> None:
    there = policy("web", namespace="other", ingress=[])

    assert [node.note for node in traffic(pod("web"), there).nodes] == ["open: in and out"]
