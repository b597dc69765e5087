"""What one object must say or leave out because of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kpy.manifest import Resource
from kpy.model.referable import Referable
from kpy.pipeline.draft import Draft

__all__ = ["name_namespaces", "remember_names", "yield_replicas"]

#: Where workloads say how many pods they want.
_REPLICAS: Final = ("spec", "replicas")
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
        for node, key, target in draft.links(resource).residences:
            named = draft.seen(target)
            if named is not None and named.namespace is not None and named.namespace != resource.namespace:
                node.setdefault(key, named.namespace)
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


def remember_names(draft: Draft) -> None:
    """Let custom resources know which objects they were given for names, as their text alone does not say it."""
    for resource in draft.resources:
        references = draft.links(resource).references if resource.kind_data is None else ()
        named = ((str(key), draft.seen(target)) for _, key, target in references if key != "namespace")
        resource.named = tuple((field, _identity(other)) for field, other in named if other is not None)


def _identity(resource: Resource) -> tuple[str, str, str, str]:
    group, kind, namespace, name = resource.identity
    return group, kind, namespace or "", name


def yield_replicas(draft: Draft) -> None:
    """Leave the number of replicas of a workload to its autoscaler: an HPA, or one of KEDA that makes an HPA."""
    scaled = {id(target) for resource in draft.resources for target in _scaled_by(resource, draft)}
    for resource in draft.resources:
        if id(resource.construct) in scaled and not resource.is_raw:
            *way, field = getattr(type(resource.construct), "_replicas", _REPLICAS) or ("", "")
            node: Any = resource.tree
            for step in way:
                node = node.get(step) if isinstance(node, dict) else None
            if isinstance(node, dict):
                node.pop(field, None)


def _scaled_by(resource: Resource, draft: Draft) -> Iterator[Referable]:
    """Yield the objects that a resource was given to scale."""
    references = draft.links(resource).references
    if resource.kind == "HorizontalPodAutoscaler":
        yield from (target for _, _, target in references)
    elif resource.kind_data is None and references:
        from kpy.schema.custom import custom_kind
        from kpy.schema.custom.places import value_at

        known = custom_kind(resource.api_version.rpartition("/")[0], resource.kind)
        for row in known.rows if known is not None else ():
            *way, field = row.path
            node = value_at(resource.tree, way) if "scales" in row.options else None
            yield from (target for place, key, target in references if place is node and key == field)
