"""Whether the objects of a kind live in a namespace, and under which group a server stores them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

__all__ = ["custom_scopes", "is_custom_namespaced", "stored_group"]

#: Group and kind to whether its objects live in a namespace.
Scopes = Mapping[tuple[str, str], bool]

#: Well-known custom kinds of the whole cluster, whose names do not say so.
_OF_THE_CLUSTER: Final = frozenset(
    {
        ("gateway.networking.k8s.io", "GatewayClass"),
        ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
        ("snapshot.storage.k8s.io", "VolumeSnapshotContent"),
        ("karpenter.sh", "NodePool"),
        ("policy.networking.k8s.io", "AdminNetworkPolicy"),
        ("policy.networking.k8s.io", "BaselineAdminNetworkPolicy"),
    }
)
#: Kinds that were or are served by two groups, with the group that names the one object behind both.
_STORED: Final[Mapping[tuple[str, str], str]] = {
    ("extensions", "DaemonSet"): "apps",
    ("extensions", "Deployment"): "apps",
    ("extensions", "ReplicaSet"): "apps",
    ("extensions", "Ingress"): "networking.k8s.io",
    ("extensions", "NetworkPolicy"): "networking.k8s.io",
    ("events.k8s.io", "Event"): "",
}


def stored_group(group: str, kind: str) -> str:
    """Return the group of the object behind a kind: an Event is one, asked of either group that serves it."""
    return _STORED.get((group, kind), group)


def custom_scopes(trees: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], bool]:
    """Return group and kind of the custom resources that objects define, and whether they live in a namespace."""
    scopes = {}
    for tree in trees:
        spec = tree.get("spec") if tree.get("kind") == "CustomResourceDefinition" else None
        names = spec.get("names") if isinstance(spec, Mapping) else None
        if isinstance(spec, Mapping) and isinstance(names, Mapping):
            scopes[str(spec.get("group")), str(names.get("kind"))] = spec.get("scope") != "Cluster"
    return scopes


def is_custom_namespaced(group: str, kind: str, scopes: Scopes) -> bool:
    """Return whether the objects of a custom kind live in a namespace, as its definition among `scopes` says.

    Without a definition they do, unless it is called `Cluster...` or is known to belong to the cluster.
    """
    return scopes.get((group, kind), not kind.startswith("Cluster") and (group, kind) not in _OF_THE_CLUSTER)
