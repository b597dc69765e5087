"""Selectors of Services, policies, budgets and affinities, from the workloads that were given for them."""

from __future__ import annotations

from typing import Any

from kpy.constructs.selectors import labels_of
from kpy.manifest import Manifest, Resource

__all__ = ["select"]


def select(manifest: Manifest) -> None:
    """Write the selector of every workload that is selected, and give its pods the labels where they lack them."""
    by_construct: dict[int, Resource] | None = None
    for resource in manifest.resources:
        for node, key, target in resource.selections:
            if by_construct is None:
                by_construct = {id(each.construct): each for each in manifest.resources}
            selector = target.selector_tree()
            if _is_plain(resource, node):
                node[key] = labels_of(selector, target)
            else:
                from copy import deepcopy

                node[key] = deepcopy(selector)
            selected = by_construct.get(id(target))
            if selected is not None:
                target.ensure_selected(selected)


def _is_plain(resource: Resource, node: Any) -> bool:
    """Return whether the selector there is a mapping of labels, not a `LabelSelector`."""
    return resource.kind in ("Service", "ReplicationController") and node is resource.tree.get("spec")
