"""Labels of nodes that have been replaced, wherever nodes are chosen by labels: the server warns of them."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path

_LABELS: Final = "https://kubernetes.io/docs/reference/labels-annotations-taints/"
#: What is used instead; nothing where there is no such thing.
_REPLACED: Final = {
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
    "app.kubernetes.io/created-by": "",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": "taints and tolerations",
    "node-role.kubernetes.io/master": "node-role.kubernetes.io/control-plane",
}


@rule(
    "node-label-deprecated",
    on="core/v1 PodSpec",
    source=_LABELS,
    severity="warning",
    needs=("nodeSelector", "topologySpreadConstraints"),
)
def pod_node_label(spec: Tree, at: Path, check: Check) -> None:
    """Some labels of nodes have been replaced by others, which have no `beta` in their names."""
    for key in spec.get("nodeSelector") or ():
        _warn(key, (at + "nodeSelector").key(key), check)
    for index, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        _warn(constraint.get("topologyKey"), at + "topologySpreadConstraints" + index + "topologyKey", check)


@rule("node-affinity-label-deprecated", on="core/v1 NodeSelectorTerm", source=_LABELS, severity="warning")
def affinity_node_label(term: Tree, at: Path, check: Check) -> None:
    """Some labels of nodes have been replaced by others; an affinity to nodes should use these."""
    if check.kind != "VolumeAttachment" and "nodeAffinity" in at.steps:
        _warn_expressions(term, at, check)


@rule("topology-label-deprecated", on="core/v1 TopologySelectorLabelRequirement", source=_LABELS, severity="warning")
def topology_node_label(requirement: Tree, at: Path, check: Check) -> None:
    """Some labels of nodes have been replaced by others; the topologies of a storage class should use these."""
    _warn(requirement.get("key"), at + "key", check)


@rule(
    "capacity-label-deprecated",
    on=("storage/v1 CSIStorageCapacity", "storage/v1beta1 CSIStorageCapacity"),
    source=_LABELS,
    severity="warning",
)
def capacity_node_label(capacity: Tree, at: Path, check: Check) -> None:
    """Some labels of nodes have been replaced by others; what tells the capacity of nodes should use these."""
    topology, place = capacity.get("nodeTopology") or {}, at + "nodeTopology"
    for key in topology.get("matchLabels") or ():
        _warn(key, (place + "matchLabels").key(key), check)
    _warn_expressions(topology, place, check)


@rule("runtime-label-deprecated", on="node/v1 Scheduling", source=_LABELS, severity="warning")
def runtime_node_label(scheduling: Tree, at: Path, check: Check) -> None:
    """Some labels of nodes have been replaced by others; the nodes of a runtime should be chosen by these."""
    for key in scheduling.get("nodeSelector") or ():
        _warn(key, (at + "nodeSelector").key(key), check)


def _warn_expressions(selector: Tree, at: Path, check: Check) -> None:
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        _warn(expression.get("key"), at + "matchExpressions" + index + "key", check)


def _warn(key: str | None, at: Path, check: Check) -> None:
    if key in _REPLACED:
        instead = _REPLACED[key]
        check.report(at, f"the node label {key!r} is deprecated", fix=f"use {instead}" if instead else "do without it")
