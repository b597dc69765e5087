"""What a change does to the number of pods, and to those that run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kpy.compare.differences import Difference, value_at
from kpy.objects import Tree

__all__ = ["Scaled", "Scaling", "autoscaled", "scaling"]

#: Kind, namespace and name of the workloads that an autoscaler scales.
Scaled = frozenset[tuple[str, str, str]]

_SCALABLE = frozenset(
    {("", "ReplicationController"), *(("apps", kind) for kind in ("Deployment", "ReplicaSet", "StatefulSet"))}
)


class Scaling(NamedTuple):
    """How many pods there were and will be, and why, where that is not plain."""

    old: int
    new: int
    reason: str = ""


def autoscaled(trees: Iterable[Tree]) -> Scaled:
    """Return what the autoscalers among objects scale."""
    found = set()
    for tree in trees:
        if tree.get("kind") == "HorizontalPodAutoscaler":
            kind, name = (str(value_at(tree, "spec", "scaleTargetRef", field) or "") for field in ("kind", "name"))
            found.add((kind, str(value_at(tree, "metadata", "namespace") or ""), name))
    return frozenset(found)


def scaling(group: str, kind: str, old: Tree, new: Tree, found: Sequence[Difference], scaled: Scaled) -> Scaling | None:
    """Return how a change scales a workload; nothing when it does not, or when an autoscaler decides."""
    if (group, kind) not in _SCALABLE or not any(difference.is_within("spec", "replicas") for difference in found):
        return None
    before, after = value_at(old, "spec", "replicas"), value_at(new, "spec", "replicas")
    namespace, name = (str(value_at(new, "metadata", field) or "") for field in ("namespace", "name"))
    if after is None and (kind, namespace, name) in scaled:
        return None
    counts = [1 if count is None else count for count in (before, after)]
    if not all(isinstance(count, int) for count in counts):
        return None
    reason = "`replicas` is not set any more, so the server sets it to 1" if after is None else ""
    return Scaling(counts[0], counts[1], reason)
