"""What one object must say or leave out because of another."""

from __future__ import annotations

from kpy.manifest import Manifest, Resource

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


def name_namespaces(manifest: Manifest) -> None:
    """Write the namespace beside the name of an object where the API wants both, as in subjects of bindings."""
    by_construct: dict[int, Resource] | None = None
    for resource in manifest.resources:
        if resource.kind not in _WITH_NAMESPACES:
            continue
        by_construct = by_construct or {id(each.construct): each for each in manifest.resources}
        for node, key, target in resource.references:
            named = by_construct.get(id(target))
            if (
                named is None
                or key != "name"
                or node.get("namespace")
                or node.get("kind", "") in ("Role", "ClusterRole")
            ):
                continue
            if named.namespace is not None:
                node["namespace"] = named.namespace


def yield_replicas(manifest: Manifest) -> None:
    """Leave the number of replicas of a workload to its autoscaler."""
    scaled = {
        id(target)
        for resource in manifest.resources
        if resource.kind == "HorizontalPodAutoscaler"
        for _, _, target in resource.references
    }
    for resource in manifest.resources:
        if id(resource.construct) in scaled and not resource.is_raw:
            resource.tree.get("spec", {}).pop("replicas", None)
