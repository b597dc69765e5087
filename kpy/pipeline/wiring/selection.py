"""Selectors of Services, policies, budgets and affinities, from the workloads that were given for them."""

from __future__ import annotations

from typing import Any

from kpy.constructs.selectors import NAME_LABEL, labels_of
from kpy.errors import UsageError
from kpy.manifest import Resource
from kpy.pipeline.draft import Draft
from kpy.tree.part import describe

__all__ = ["select", "select_by_labels"]

#: Where a resource that selects objects of other namespaces says these.
_NAMESPACES = "namespaceSelector"


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


def select_by_labels(draft: Draft) -> None:
    """Write the selectors that select an object by its own labels, and give it a label to be selected by."""
    for resource in draft.resources:
        for node, key, target in draft.links(resource).labelled:
            own = draft.of(target)
            selected = own or draft.seen(target)
            if selected is None:
                continue  # nobody added it, which is told
            node[key] = {"matchLabels": _labels_of(selected, is_own=own is not None)}
            is_elsewhere = selected.namespace is not None and selected.namespace != resource.namespace
            if is_elsewhere and _has_namespaces(resource, key) and isinstance(node, dict):
                node.setdefault(_NAMESPACES, {"matchNames": [selected.namespace]})


def _labels_of(selected: Resource, *, is_own: bool) -> dict[str, str]:
    """Return the label by which an object is selected; all that it has, where none may be given to it."""
    metadata = selected.tree["metadata"]
    labels: dict[str, str] = metadata.get("labels") or {}
    if is_own and not selected.is_raw:
        metadata["labels"] = labels = {NAME_LABEL: selected.name, **labels}
    if not labels:
        raise UsageError(f"{describe(selected.construct)} has no labels, so that nothing can select it: give it one")
    return {NAME_LABEL: labels[NAME_LABEL]} if NAME_LABEL in labels else dict(labels)


def _has_namespaces(resource: Resource, key: Any) -> bool:
    from kpy.schema.custom import custom_kind

    known = custom_kind(resource.api_version.rpartition("/")[0], resource.kind)
    rows = known.rows if known is not None else ()
    return any(row.path == ("spec", key) and row.options.get("namespaces") == f"spec.{_NAMESPACES}" for row in rows)


def _is_plain(resource: Resource, node: Any) -> bool:
    """Return whether the selector there is a mapping of labels, not a `LabelSelector`."""
    return resource.kind in ("Service", "ReplicationController") and node is resource.tree.get("spec")
