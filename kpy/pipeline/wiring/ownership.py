"""What one object must say or leave out because of another."""

from __future__ import annotations

from kpy.pipeline.draft import Draft

__all__ = ["name_namespaces", "yield_replicas"]

_WITH_NAMESPACES = {
    "PersistentVolume",
    "RoleBinding",
    "ClusterRoleBinding",
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "APIService",
    "CustomResourceDefinition",
}


def name_namespaces(draft: Draft) -> None:
    """Write the namespace beside the name of an object where the API wants both, as in subjects of bindings."""
    for resource in draft.resources:
        if resource.kind not in _WITH_NAMESPACES:
            continue
        for node, key, target in draft.links(resource).references:
            named = draft.seen(target)
            if (
                named is None
                or key != "name"
                or node.get("namespace")
                or node.get("kind", "") in ("Role", "ClusterRole")
            ):
                continue
            if named.namespace is not None:
                node["namespace"] = named.namespace


def yield_replicas(draft: Draft) -> None:
    """Leave the number of replicas of a workload to its autoscaler."""
    scaled = {
        id(target)
        for resource in draft.resources
        if resource.kind == "HorizontalPodAutoscaler"
        for _, _, target in draft.links(resource).references
    }
    for resource in draft.resources:
        if id(resource.construct) in scaled and not resource.is_raw:
            resource.tree.get("spec", {}).pop("replicas", None)
