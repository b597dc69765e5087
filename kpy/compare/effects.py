"""What applying a change to one object does to a running cluster; `kpy.compare.across` adds what it does to others."""

from __future__ import annotations

from collections.abc import Sequence

from kpy.compare.definitions import judge_definition
from kpy.compare.differences import Difference
from kpy.compare.immutable import immutable_differences
from kpy.compare.judgements import EFFECTS, Effect, Judgement, worst
from kpy.compare.pods import judge_pods
from kpy.compare.replicas import Scaled, judge_replicas
from kpy.compare.traffic import judge_traffic
from kpy.compare.values import value_at
from kpy.compare.volumes import judge_deletion, judge_volumes
from kpy.objects import Tree
from kpy.schema import NEWEST

__all__ = ["EFFECTS", "Effect", "Judgement", "judge_deletion", "judge_replacement", "judge_update"]


def judge_update(
    group: str,
    kind: str,
    old: Tree,
    new: Tree,
    found: Sequence[Difference],
    *,
    scaled: Scaled,
    scaled_before: Scaled,
    is_accepted: bool = False,
    release: str = NEWEST,
) -> Judgement:
    """Return what changing an object from `old` to `new` does.

    `scaled_before` and `scaled` are the workloads that autoscalers scale; with `is_accepted`, a server has said that it
    takes the change.
    """
    if all(difference.steps == ("apiVersion",) for difference in found):
        return Judgement("no change")  # the object behind two versions is one
    if not value_at(new, "metadata", "name") and value_at(new, "metadata", "generateName"):
        return Judgement("create", ("a server makes it under a new name each time, beside those that are there",))
    if not is_accepted and (fixed := immutable_differences(group, kind, old, new, found, release)):
        lost = judge_deletion(group, kind, old, ()) if (group, kind) == ("apps", "StatefulSet") else Judgement("delete")
        return Judgement("immutable field changed", (*_fixed_reasons(kind, fixed), *lost.reasons))
    return worst(
        [
            *judge_definition(group, kind, old, new),
            *judge_replicas(group, kind, old, new, found, scaled=scaled, scaled_before=scaled_before),
            *judge_pods(group, kind, old, new, found, scaled),
            *judge_traffic(group, kind, old, new),
            *judge_volumes(group, kind, old, new),
        ]
    )


def judge_replacement(former: str, going: Judgement) -> Judgement:
    """Return what putting an object in the place of one with another name does; `going` is what deleting that does."""
    effect: Effect = "data loss" if going.effect == "data loss" else "replace"
    reason = f"it takes the place of {former}, which is deleted: a cluster cannot rename, and nothing is carried over"
    return Judgement(effect, (reason, *going.reasons))


def _fixed_reasons(kind: str, fixed: Sequence[Difference]) -> tuple[str, ...]:
    paths = ", ".join(dict.fromkeys(difference.path for difference in fixed))
    remedy = "the object must be deleted and created anew"
    if kind in ("PersistentVolumeClaim", "PersistentVolume", "CustomResourceDefinition"):
        remedy += ", which can lose data"
    return (f"the API server refuses to change {paths}; {remedy}",)
