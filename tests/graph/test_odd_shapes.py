"""Files of others are drawn as they are: a field of any shape is no reason to fail, and says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from kpy.graph import graph_of, to_dot, to_mermaid, traffic_of
from kpy.graph.html import to_html
from kpy.manifest import Resource
from kpy.syntax.selectors import is_sound

ODD: tuple[object, ...] = (
    None, 1, "x", [], {}, [1], ["a"], {"a": 1}, [[]], [{}],
    {"matchLabels": [1]}, {"matchLabels": {"a": ["b"]}}, {"matchLabels": {"a": None}},
    {"matchExpressions": [1]}, {"matchExpressions": "x"}, {"matchExpressions": [{"key": 1, "operator": []}]},
    {"matchExpressions": [{"key": "a", "operator": "In", "values": "b"}]},
    [{"ports": 1}], [{"ports": [1]}], [{"ports": [{"port": []}]}], [{"from": [1]}], [{"from": [{"podSelector": [1]}]}],
    [{"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": 1}}}]}],
    [{"from": [{"ipBlock": {"cidr": [1], "except": {}}}]}],
    [{"to": [{"namespaceSelector": {}}], "ports": [{"port": "x", "endPort": "y", "protocol": 3}]}],
)  # fmt: skip
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "a", "namespace": "n", "labels": {"a": "b"}},
    "spec": {
        "containers": [{"name": "x", "ports": [{"name": "http", "containerPort": 1}], "envFrom": [{"secretRef": {}}]}],
        "initContainers": [],
        "volumes": [{"configMap": {"name": "a"}}],
        "serviceAccountName": "a",
    },
}
POLICY = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "a", "namespace": "n"},
    "spec": {"podSelector": {}, "ingress": [{}], "egress": [{}], "policyTypes": ["Ingress", "Egress"]},
}
SERVICE = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"selector": {"a": "b"}}}
BUDGET = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "a"}, "spec": {"selector": {}}}
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n", "labels": {"a": "b"}}}


def places(tree: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield every place in an object, but for its kind."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        if key not in ("apiVersion", "kind"):
            yield (*path, key)
            yield from places(value, (*path, key))


def with_odd(tree: Any, path: tuple[str | int, ...], odd: object) -> Any:
    copy = deepcopy(tree)
    *above, last = path
    node = copy
    for step in above:
        node = node[step]
    node[last] = odd
    return copy


@pytest.mark.parametrize("tree", [POD, POLICY, SERVICE, BUDGET, NAMESPACE], ids=lambda tree: tree["kind"])
def test_fields_of_any_shape_are_drawn(tree: dict[str, Any]) -> None:
    others = [each for each in (POD, POLICY, NAMESPACE) if each is not tree]
    for path in places(tree):
        for odd in ODD:
            resources = [Resource(each) for each in (with_odd(tree, path, odd), *others)]
            graph, traffic = graph_of(resources), traffic_of(resources)

            assert to_dot(graph)
            assert to_mermaid(traffic)
            assert len(to_html(graph, traffic)) > 1000


@pytest.mark.parametrize("selector", [odd for odd in ODD if odd not in ({}, {"a": 1}, {"matchLabels": {"a": None}})])
def test_selector_of_any_other_shape_is_not_sound(selector: object) -> None:
    assert not is_sound(selector)
