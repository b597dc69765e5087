"""What is drawn between workloads is what a network plug-in lets through, worked out connection by connection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kpy.graph import traffic_of
from kpy.manifest import Resource
from tests.graph.test_traffic import pod

Tree = dict[str, Any]
#: Every pod has these ports; a connection goes to one of the numbers, with one of the protocols.
NAMES = {"http": (80, "TCP"), "dns": (81, "UDP")}
NUMBERS, PROTOCOLS = range(79, 84), ("TCP", "UDP")
PORTS = [{"name": name, "containerPort": number, "protocol": protocol} for name, (number, protocol) in NAMES.items()]
PODS = [pod(name, namespace=namespace, ports=PORTS) for namespace, name in (("x", "a"), ("x", "b"), ("y", "a"))]
NAMESPACES = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"team": team}}}
    for name, team in (("x", "red"), ("y", "blue"))
]

labels = st.sampled_from([{}, {"app": "a"}, {"app": "b"}])
selectors = st.one_of(
    labels.map(lambda found: {"matchLabels": found}),
    st.sampled_from(["In", "NotIn"]).map(
        lambda operator: {"matchExpressions": [{"key": "app", "operator": operator, "values": ["a"]}]}
    ),
)
namespaces = st.sampled_from([{}, {"matchLabels": {"team": "red"}}, {"matchLabels": {"team": "green"}}])
peers = st.one_of(
    st.fixed_dictionaries({"podSelector": selectors}),
    st.fixed_dictionaries({"namespaceSelector": namespaces}, optional={"podSelector": selectors}),
    st.just({"ipBlock": {"cidr": "10.0.0.0/8"}}),
)
ports = st.one_of(
    st.fixed_dictionaries(
        {"port": st.sampled_from([80, 81, 82, "http", "dns"])}, optional={"protocol": st.just("UDP")}
    ),
    st.fixed_dictionaries({"port": st.just(80), "endPort": st.sampled_from([80, 82])}),
    st.fixed_dictionaries({"protocol": st.sampled_from(PROTOCOLS)}),
)


def rules(side: str) -> st.SearchStrategy[list[Tree]]:
    rule = st.fixed_dictionaries({}, optional={side: st.lists(peers, max_size=2), "ports": st.lists(ports, max_size=2)})
    return st.lists(rule, max_size=2)


policies = st.builds(
    lambda namespace, spec: {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "p", "namespace": namespace},
        "spec": spec,
    },
    st.sampled_from(["x", "y"]),
    st.fixed_dictionaries(
        {"podSelector": selectors},
        optional={
            "ingress": rules("from"),
            "egress": rules("to"),
            "policyTypes": st.sampled_from([["Ingress"], ["Egress"], ["Ingress", "Egress"]]),
        },
    ),
)


def selects(selector: Mapping[str, Any], found: Mapping[str, str]) -> bool:
    if any(found.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for each in selector.get("matchExpressions", ()):
        if (found.get(each["key"]) in each["values"]) != (each["operator"] == "In"):
            return False
    return True


def is_peer(peer: Tree, policy: Tree, other: Tree) -> bool:
    if "ipBlock" in peer:
        return False
    namespace, team = other["metadata"]["namespace"], {"x": {"team": "red"}, "y": {"team": "blue"}}
    if "namespaceSelector" not in peer:
        if namespace != policy["metadata"]["namespace"]:
            return False
    elif not selects(peer["namespaceSelector"], team[namespace]):
        return False
    return selects(peer.get("podSelector", {}), other["metadata"]["labels"])


def is_port(port: Tree, number: int, protocol: str) -> bool:
    if port.get("protocol", "TCP") != protocol:
        return False
    wanted = port.get("port")
    if isinstance(wanted, str):
        return NAMES[wanted] == (number, protocol)
    return wanted is None or wanted <= number <= port.get("endPort", wanted)


def lets_through(policies: Sequence[Tree], way: str, own: Tree, other: Tree, number: int, protocol: str) -> bool:
    """Return whether the policies of a pod let a connection through, as the documentation of Kubernetes says it."""
    is_isolated = False
    for policy in policies:
        spec, side = policy["spec"], "from" if way == "ingress" else "to"
        types = spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])
        if policy["metadata"]["namespace"] != own["metadata"]["namespace"] or way.title() not in types:
            continue
        if not selects(spec["podSelector"], own["metadata"]["labels"]):
            continue
        is_isolated = True
        for rule in spec.get(way, ()):
            of_peer = not rule.get(side) or any(is_peer(peer, policy, other) for peer in rule[side])
            of_port = not rule.get("ports") or any(is_port(port, number, protocol) for port in rule["ports"])
            if of_peer and of_port:
                return True
    return not is_isolated


def drawn(label: str) -> set[tuple[int, str]]:
    """Return the connections that a label means."""
    every = set(product(NUMBERS, PROTOCOLS))
    if not label:
        return every
    found: set[tuple[int, str]] = set()
    for text in label.split(", "):
        if text in NAMES:
            found.add(NAMES[text])
        elif text.startswith("all "):
            found |= {each for each in every if each[1] == text[4:]}
        else:
            span = re.fullmatch(r"(\d+)(?:-(\d+))?(?:/(UDP))?", text)
            assert span, text
            numbers = range(int(span[1]), int(span[2] or span[1]) + 1)
            found |= set(product(numbers, [span[3] or "TCP"])) & every
    return found


@settings(max_examples=300, deadline=None)
@given(st.lists(policies, max_size=4))
def test_arrows_are_the_connections_that_both_sides_let_through(policies: list[Tree]) -> None:
    graph = traffic_of(map(Resource, [*PODS, *NAMESPACES, *policies]))

    pods = {f"Pod_{each['metadata']['namespace']}_{each['metadata']['name']}": each for each in PODS}
    for edge in graph.edges:
        if edge.source in pods and edge.target in pods:
            source, target = pods[edge.source], pods[edge.target]
            both = {
                (number, protocol)
                for number, protocol in product(NUMBERS, PROTOCOLS)
                if lets_through(policies, "egress", source, target, number, protocol)
                and lets_through(policies, "ingress", target, source, number, protocol)
            }
            assert (set() if edge.is_refused else drawn(edge.label)) == both
    for name, own in pods.items():
        (note,) = [node.note for node in graph.nodes if node.id == name]
        for way, text in (("ingress", "in"), ("egress", "out")):
            is_open = all(
                lets_through(policies, way, own, other, number, protocol)
                for other, number, protocol in product(PODS, NUMBERS, PROTOCOLS)
            )
            assert is_open or text not in note.replace("open:", "").split()
