"""What a change does to the number of pods, and to those that run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kpy.compare.differences import Difference
from kpy.compare.judgements import Judgement
from kpy.compare.values import count_at, mapping_at, namespace_of, number, value_at
from kpy.objects import Tree

__all__ = ["Scaled", "autoscaled", "is_scaled", "judge_replicas"]

#: Kind, namespace and name of the workloads that an autoscaler scales, and to how many pods at most.
Scaled = Mapping[tuple[str, str, str], int | None]

_SCALABLE = frozenset(
    {("", "ReplicationController"), *(("apps", kind) for kind in ("Deployment", "ReplicaSet", "StatefulSet"))}
)


def autoscaled(trees: Iterable[Tree]) -> Scaled:
    """Return what the autoscalers among objects scale."""
    found: dict[tuple[str, str, str], int | None] = {}
    for tree in trees:
        if tree.get("kind") == "HorizontalPodAutoscaler":
            kind, name = (str(value_at(tree, "spec", "scaleTargetRef", field) or "") for field in ("kind", "name"))
            found[kind, namespace_of(tree), name] = number(value_at(tree, "spec", "maxReplicas"))
    return found


def is_scaled(kind: str, tree: Tree, scaled: Scaled) -> bool:
    """Tell whether an autoscaler decides how many pods a workload has."""
    return _key(kind, tree) in scaled and value_at(tree, "spec", "replicas") is None


def judge_replicas(
    group: str,
    kind: str,
    old: Tree,
    new: Tree,
    found: Sequence[Difference],
    *,
    scaled: Scaled,
    scaled_before: Scaled,
) -> Iterator[Judgement]:
    """Yield what another number of pods does; `scaled_before` and `scaled` is what autoscalers scale."""
    if (group, kind) == ("apps", "StatefulSet"):
        yield from _judge_ordinals(old, new)
    if (group, kind) not in _SCALABLE or not any(difference.is_within("spec", "replicas") for difference in found):
        return
    before, after = value_at(old, "spec", "replicas"), value_at(new, "spec", "replicas")
    if is_scaled(kind, new, scaled):
        return
    reasons = ["`replicas` is not set any more, so the server sets it to 1"] if after is None else []
    most = scaled_before.get(_key(kind, old)) if before is None else None
    if most is not None:
        before = most
        reasons.append("an autoscaler decided so far how many there are")
    counts = [1 if count is None else number(count) for count in (before, after)]
    if counts[0] is None or counts[1] is None or counts[1] >= counts[0]:
        return
    if counts[1] == 0:
        yield Judgement("outage", ("all pods stop: `replicas` becomes 0", *reasons))
    else:
        up_to = "up to " if most is not None else ""
        yield Judgement("scale down", (f"from {up_to}{counts[0]} to {counts[1]} pods", *reasons))


def _judge_ordinals(old: Tree, new: Tree) -> Iterator[Judgement]:
    """Yield that pods of a StatefulSet go, by their numbers, and what goes with them."""
    before, after = (_ordinals(tree) for tree in (old, new))
    gone = [number for number in (before.start, before.stop - 1) if before and number not in after]
    if not gone:
        return
    if before.start != after.start and after:
        is_all = after.start >= before.stop or before.start >= after.stop
        reason = (
            f"{'all' if is_all else 'some'} of its pods make way for others, with claims of their own: "
            f"their numbers were {_span(before)}, and become {_span(after)}"
        )
        yield Judgement("outage" if is_all else "scale down", (reason,))
    policy = mapping_at(new, "spec", "persistentVolumeClaimRetentionPolicy")
    if policy.get("whenScaled") == "Delete" and value_at(new, "spec", "volumeClaimTemplates"):
        policy_path = "`persistentVolumeClaimRetentionPolicy.whenScaled`"
        yield Judgement("data loss", (f"the claims of the pods that go are deleted: {policy_path} is Delete",))


def _ordinals(tree: Tree) -> range:
    start = count_at(tree, "spec", "ordinals", "start", default=0)
    return range(start, start + count_at(tree, "spec", "replicas"))


def _span(ordinals: range) -> str:
    return f"{ordinals.start} to {ordinals.stop - 1}"


def _key(kind: str, tree: Tree) -> tuple[str, str, str]:
    return kind, namespace_of(tree), str(value_at(tree, "metadata", "name") or "")
