"""Pods of other namespaces, which a label selector alone does not reach."""

from __future__ import annotations

from typing import Any

from kpy.constructs.network_policies import NAME_OF_NAMESPACE
from kpy.manifest import Manifest, Resource

__all__ = ["reach"]


def reach(manifest: Manifest) -> None:
    """Name the namespace of a workload beside its selector, in policies and affinities of another namespace."""
    by_construct: dict[int, Resource] | None = None
    for resource in manifest.resources:
        for node, key, target in resource.selections:
            if node is resource.tree.get("spec") or resource.namespace is None:
                continue
            by_construct = by_construct or {id(each.construct): each for each in manifest.resources}
            selected = by_construct.get(id(target))
            namespace = None if selected is None else selected.namespace
            if namespace is not None and namespace != resource.namespace:
                _name(node, key, namespace)


def _name(node: dict[str, Any], key: str, namespace: str) -> None:
    if "namespaceSelector" in node or "namespaces" in node:
        return
    if key == "podSelector":
        node["namespaceSelector"] = {"matchLabels": {NAME_OF_NAMESPACE: namespace}}
    elif "topologyKey" in node and "maxSkew" not in node:
        node["namespaces"] = [namespace]
