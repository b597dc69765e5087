"""The law of calls inside of mappings: any value at any place of one is taken, or refused at the user's line."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from kpy import Deployment, StatefulSet, Traffic
from kpy.model.names import python_name
from tests.constructs.wrong_calls import SOME, Call

__all__ = ["calls_with_mappings"]

Tree = dict[str, Any]
Step = str | int

CONTAINER: Tree = {
    "name": "web",
    "image": "web:1",
    "ports": [{"name": "http", "containerPort": 80, "protocol": "TCP"}],
    "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}],
    "resources": {"requests": {"cpu": "1"}, "claims": [{"name": "a"}]},
    "securityContext": {"runAsUser": 1, "capabilities": {"drop": ["ALL"]}},
    "livenessProbe": {"httpGet": {"path": "/", "port": 80, "httpHeaders": [{"name": "a", "value": "b"}]}},
    "volumeMounts": [{"name": "data", "mountPath": "/data"}],
}
TERM: Tree = {"topologyKey": "a", "labelSelector": {"matchLabels": {"a": "b"}}}
NODES: Tree = {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "In", "values": ["a"]}]}]}
POD: Tree = {
    "containers": [CONTAINER],
    "initContainers": [
        {"name": "side", "image": "side:1", "restartPolicy": "Always", "ports": [{"containerPort": 81}]}
    ],
    "affinity": {
        "podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [TERM]},
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": TERM}]
        },
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": NODES},
    },
    "tolerations": [{"key": "a", "operator": "Exists"}],
    "volumes": [
        {"name": "data", "configMap": {"name": "c", "items": [{"key": "a", "path": "b"}]}},
        {"name": "more", "projected": {"sources": [{"secret": {"name": "a"}}]}},
    ],
    "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "DoNotSchedule"}],
    "imagePullSecrets": [{"name": "a"}],
    "securityContext": {"runAsUser": 1},
    "os": {"name": "linux"},
}


def exposed(pod: Tree) -> object:
    """Return a Deployment and its Service, which reads the ports."""
    made = Deployment("web", security="restricted", **pod)
    return made, made.expose()


def placed(pod: Tree) -> object:
    """Return a Deployment whose pods are placed, which reads affinities and constraints."""
    made = Deployment("web", **pod)
    return made.near(made).keep_apart().spread_across("zone").on_nodes({"a": "b"}).tolerate("a")


def talking(pod: Tree) -> object:
    """Return a StatefulSet with a headless Service and policies, which read the ports."""
    made, traffic = StatefulSet("web", headless=True, **pod), Traffic("traffic")
    return made, traffic.allow_between(made, made, ports=["http", 80])


def calls_with_mappings() -> Iterator[Call]:
    """Yield workloads made of mappings with a wrong value at each place."""
    uses: list[Callable[[Tree], object]] = [exposed, placed, talking]
    for number, steps in enumerate(_places(POD)):
        for index, value in enumerate(SOME):
            use = uses[(number + index) % len(uses)]
            text = f"{use.__name__}({'.'.join(map(str, steps))}=<value {index}>)"
            yield Call(text, lambda use=use, steps=steps, value=value: use(_keywords(steps, value())))


def _places(node: object, steps: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    if steps:
        yield steps
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from _places(inner, (*steps, key))
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from _places(inner, (*steps, index))


def _keywords(steps: tuple[Step, ...], value: object) -> Tree:
    pod = copy.deepcopy(POD)
    node: Any = pod
    for step in steps[:-1]:
        node = node[step]
    node[steps[-1]] = value
    return {python_name(key): inner for key, inner in pod.items()}
