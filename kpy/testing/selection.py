"""Whether one object selects the pods of another, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kpy.errors import UsageError
from kpy.manifest import Resource
from kpy.model.model import ApiObject
from kpy.objects import title
from kpy.schema.templates import makes_pods, pod_labels
from kpy.syntax.selectors import matches

__all__ = ["Selected", "selects"]

Object = Resource | ApiObject | Mapping[str, object]


class Selected(NamedTuple):
    """The answer of `selects`, which is true or false, and says why."""

    answer: bool
    why: str

    def __bool__(self) -> bool:
        """Return the answer."""
        return self.answer

    def __repr__(self) -> str:
        """Return the reason, for the message of an assertion."""
        return f"<{'selected' if self.answer else 'not selected'}: {self.why}>"


def selects(selecting: Object, workload: Object) -> Selected:
    """Return whether an object selects the pods of a workload, as Kubernetes would: `assert selects(service, api)`.

    The first is a Service, NetworkPolicy, PodDisruptionBudget or workload, the second a Pod or a workload.
    """
    first, second = _tree(selecting), _tree(workload)
    selector = _selector(first)
    labels = _labels(second)
    spaces = [_at(tree, ("metadata", "namespace")) for tree in (first, second)]
    if spaces[0] != spaces[1]:
        return Selected(False, f"{title(first)} is in another namespace than {title(second)}")
    if selector is None:
        return Selected(False, f"{title(first)} has no selector")
    return Selected(matches(selector, labels), f"{title(first)} wants {selector}, the pods have {labels}")


def _selector(tree: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the selector of an object as a label selector."""
    match tree.get("kind"):
        case "Service" | "ReplicationController":
            labels = _at(tree, ("spec", "selector"))
            return {"matchLabels": labels} if labels else None
        case "NetworkPolicy":
            return _at(tree, ("spec", "podSelector")) or {}
        case "PodDisruptionBudget" | "DaemonSet" | "Deployment" | "Job" | "ReplicaSet" | "StatefulSet":
            selector: Mapping[str, Any] | None = _at(tree, ("spec", "selector"))
            return selector
        case kind:
            raise UsageError(
                f"a {kind} selects no pods: `selects` takes a Service, a NetworkPolicy or a workload first"
            )


def _labels(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    labels = pod_labels(tree)
    if labels is None and not makes_pods(tree):
        raise UsageError(f"a {tree.get('kind')} has no pods: `selects` takes a Pod or a workload second")
    return labels or {}


def _tree(item: Object) -> Mapping[str, Any]:
    match item:
        case Resource():
            return item.tree
        case ApiObject():
            return item.to_dict()
        case Mapping():
            return item
        case _:
            raise UsageError(f"{item!r} is not an object of a manifest: take one with `manifest.find(...)`")


def _at(tree: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    node: Any = tree
    for step in path:
        node = node.get(step) if isinstance(node, Mapping) else None
    return node
