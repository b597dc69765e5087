"""Selectors of Services, policies, budgets and affinities, from the workloads that were given for them."""

from __future__ import annotations

from typing import Any

from kpy.constructs.selectors import labels_of
from kpy.manifest import Resource
from kpy.pipeline.draft import Draft

__all__ = ["select"]


def select(draft: Draft) -> None:
    """Write the selector of every workload that is selected, and give its pods the labels where they lack them."""
    for resource in draft.resources:
        for node, key, target in draft.links(resource).selections:
            selector = target.selector_tree()
            if _is_plain(resource, node):
                node[key] = labels_of(selector, target)
            else:
                from copy import deepcopy

                node[key] = deepcopy(selector)
            selected = draft.of(target)
            if selected is not None:
                target.ensure_selected(selected)


def _is_plain(resource: Resource, node: Any) -> bool:
    """Return whether the selector there is a mapping of labels, not a `LabelSelector`."""
    return resource.kind in ("Service", "ReplicationController") and node is resource.tree.get("spec")
