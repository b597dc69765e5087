"""Pods of other namespaces, which a label selector alone does not reach."""

from __future__ import annotations

from typing import Any

from kpy.constructs.network_policies import NAME_OF_NAMESPACE
from kpy.pipeline.draft import Draft

__all__ = ["reach"]


def reach(draft: Draft) -> None:
    """Name the namespace of a workload beside its selector, in policies and affinities of another namespace."""
    for resource in draft.resources:
        for node, key, target in draft.links(resource).selections:
            if node is resource.tree.get("spec") or resource.namespace is None:
                continue
            selected = draft.seen(target)
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
