"""What applying a change does to a running cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from kpy.compare.differences import Difference, value_at
from kpy.compare.immutable import immutable_differences
from kpy.compare.replicas import Scaled, scaling
from kpy.objects import Tree
from kpy.schema import NEWEST

__all__ = ["EFFECTS", "Effect", "Judgement", "judge_deletion", "judge_update"]

Effect = Literal[
    "no change",
    "create",
    "update in place",
    "rolling restart",
    "scale down",
    "delete",
    "outage",
    "immutable field changed",
    "data loss",
]
#: All effects, harmless ones first.
EFFECTS: tuple[Effect, ...] = (
    "no change",
    "create",
    "update in place",
    "rolling restart",
    "scale down",
    "delete",
    "outage",
    "immutable field changed",
    "data loss",
)

Trees = Sequence[Tree]

_ROLLED = frozenset({("apps", "DaemonSet"), ("apps", "Deployment"), ("apps", "StatefulSet")})


class Judgement(NamedTuple):
    """An effect, and why."""

    effect: Effect
    #: Sentences for people; a change whose effect explains itself has none.
    reasons: tuple[str, ...] = ()


def judge_update(
    group: str,
    kind: str,
    old: Tree,
    new: Tree,
    found: Sequence[Difference],
    scaled: Scaled = frozenset(),
    release: str = NEWEST,
) -> Judgement:
    """Return what changing an object from `old` to `new` does; `scaled` are the workloads that autoscalers scale."""
    if not found:
        return Judgement("no change")
    if not value_at(new, "metadata", "name") and value_at(new, "metadata", "generateName"):
        return Judgement("create", ("a server makes it under a new name each time, beside those that are there",))
    if fixed := immutable_differences(group, kind, old, new, found, release):
        return Judgement("immutable field changed", _fixed_reasons(kind, fixed))
    judgements = [
        *_judge_definition(group, kind, old, new),
        *_judge_replicas(group, kind, old, new, found, scaled),
        *_judge_pods(group, kind, old, new, found),
    ]
    effects: list[Effect] = [judgement.effect for judgement in judgements] or ["update in place"]
    worst = max(effects, key=EFFECTS.index)
    return Judgement(worst, tuple(dict.fromkeys(reason for judgement in judgements for reason in judgement.reasons)))


def _judge_definition(group: str, kind: str, old: Tree, new: Tree) -> Iterator[Judgement]:
    """Yield that a definition drops a version in which objects are stored."""
    if (group, kind) != ("apiextensions.k8s.io", "CustomResourceDefinition"):
        return
    versions, kept = (value_at(tree, "spec", "versions") for tree in (old, new))
    names = {version.get("name") for version in kept or () if isinstance(version, Mapping)}
    for version in versions or ():
        if isinstance(version, Mapping) and version.get("storage") is True and version.get("name") not in names:
            yield Judgement(
                "immutable field changed",
                (
                    f"the API server refuses it: objects are stored as {version.get('name')}, which must stay among "
                    f"`spec.versions` until all are stored anew and `status.storedVersions` no longer names it",
                ),
            )


def _judge_replicas(
    group: str, kind: str, old: Tree, new: Tree, found: Sequence[Difference], scaled: Scaled
) -> Iterator[Judgement]:
    """Yield what another number of pods does."""
    if group == "apps" and kind == "StatefulSet" and (lost := _lost_by_scaling(old, new)):
        yield Judgement("data loss", (lost,))
    change = scaling(group, kind, old, new, found, scaled)
    if change is None or change.new >= change.old:
        return
    reasons = (change.reason,) if change.reason else ()
    if change.new == 0:
        yield Judgement("outage", ("all pods stop: `replicas` becomes 0", *reasons))
    else:
        yield Judgement("scale down", (f"from {change.old} to {change.new} pods", *reasons))


def _judge_pods(group: str, kind: str, old: Tree, new: Tree, found: Sequence[Difference]) -> Iterator[Judgement]:
    """Yield what another template does to the pods that run."""
    is_rolled = (group, kind) in _ROLLED and any(difference.is_within("spec", "template") for difference in found)
    if is_rolled and value_at(old, "spec", "replicas") != 0:
        yield _judge_template(kind, new)


def judge_deletion(group: str, kind: str, old: Tree, others: Trees) -> Judgement:
    """Return what deleting an object does; `others` are the objects it lived with."""
    lost = ""
    match group, kind:
        case "", "PersistentVolumeClaim":
            if not _is_retained(old, others):
                lost = "with the claim goes its volume, unless that volume has the reclaim policy Retain"
        case "", "PersistentVolume":
            if value_at(old, "spec", "persistentVolumeReclaimPolicy") in ("Delete", "Recycle"):
                lost = "the reclaim policy of the volume is not Retain"
        case "", "Namespace":
            lost = "with the namespace goes everything in it, its claims included"
        case "apiextensions.k8s.io", "CustomResourceDefinition":
            names = value_at(old, "spec", "names", "plural") or "custom resources"
            lost = f"with the definition go all {names} of the cluster"
        case "apps", "StatefulSet":
            if _policy(old, "whenDeleted") == "Delete":
                lost = "its claims go with it, since `persistentVolumeClaimRetentionPolicy.whenDeleted` is Delete"
    return Judgement("data loss", (lost,)) if lost else Judgement("delete")


def _fixed_reasons(kind: str, fixed: Sequence[Difference]) -> tuple[str, ...]:
    paths = ", ".join(dict.fromkeys(difference.path for difference in fixed))
    remedy = "the object must be deleted and created anew"
    if kind in ("PersistentVolumeClaim", "PersistentVolume", "CustomResourceDefinition"):
        remedy += ", which can lose data"
    return (f"the API server refuses to change {paths}; {remedy}",)


def _judge_template(kind: str, new: Tree) -> Judgement:
    if kind == "Deployment" and value_at(new, "spec", "paused") is True:
        return Judgement("update in place", ("the Deployment is paused: pods restart when it is resumed",))
    if kind == "Deployment" and value_at(new, "spec", "strategy", "type") == "Recreate":
        return Judgement("outage", ("all pods stop before new ones start: the strategy is Recreate",))
    if kind != "Deployment" and value_at(new, "spec", "updateStrategy", "type") == "OnDelete":
        return Judgement("update in place", ("pods change when they are deleted: the update strategy is OnDelete",))
    return Judgement("rolling restart")


def _lost_by_scaling(old: Tree, new: Tree) -> str:
    """Return why a smaller StatefulSet loses claims; empty when it does not."""
    before, after = (value_at(tree, "spec", "replicas") for tree in (old, new))
    before, after = (1 if count is None else count for count in (before, after))
    if not (isinstance(before, int) and isinstance(after, int) and after < before):
        return ""
    if _policy(new, "whenScaled") != "Delete" or not value_at(new, "spec", "volumeClaimTemplates"):
        return ""
    return "the claims of the pods that go are deleted: `persistentVolumeClaimRetentionPolicy.whenScaled` is Delete"


def _policy(tree: Tree, when: str) -> object:
    has_claims = bool(value_at(tree, "spec", "volumeClaimTemplates"))
    return value_at(tree, "spec", "persistentVolumeClaimRetentionPolicy", when) if has_claims else None


def _is_retained(claim: Tree, others: Trees) -> bool:
    """Tell whether the objects beside a claim prove that its volume outlives it."""
    volume, storage_class = (value_at(claim, "spec", field) for field in ("volumeName", "storageClassName"))
    for other in others:
        name = value_at(other, "metadata", "name")
        match other.get("kind"):
            case "PersistentVolume" if volume and name == volume:
                return value_at(other, "spec", "persistentVolumeReclaimPolicy") in (None, "Retain")
            case "StorageClass" if not volume and storage_class and name == storage_class:
                return bool(other.get("reclaimPolicy") == "Retain")
    return False
