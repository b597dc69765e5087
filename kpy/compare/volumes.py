"""What a change, or a deletion, does to data that is kept."""

from __future__ import annotations

from collections.abc import Iterator

from kpy.compare.judgements import Judgement, Trees
from kpy.compare.values import mapping_at, value_at
from kpy.objects import Tree

__all__ = ["judge_deletion", "judge_volumes"]

_POLICY = "persistentVolumeReclaimPolicy"
_LOSING = ("Delete", "Recycle")


def judge_volumes(group: str, kind: str, old: Tree, new: Tree) -> Iterator[Judgement]:
    """Yield that data goes, now or with its claim, by a policy that did not take it before."""
    match group, kind:
        case "", "PersistentVolume":
            policies = [value_at(tree, "spec", _POLICY) for tree in (old, new)]
            if policies[1] not in _LOSING or policies[0] in _LOSING:
                return
            if value_at(old, "status", "phase") in ("Available", "Bound", "Pending"):
                yield Judgement(
                    "update in place", (f"its data goes with its claim from now on: `{_POLICY}` is {policies[1]}",)
                )
            else:
                reason = f"a volume whose claim is gone loses its data at once: `{_POLICY}` is {policies[1]}"
                yield Judgement("data loss", (reason,))
        case "apps", "StatefulSet":
            if _policy(old, "whenDeleted") != "Delete" and _policy(new, "whenDeleted") == "Delete":
                yield Judgement("update in place", ("from now on its claims go with it",))


def judge_deletion(group: str, kind: str, old: Tree, others: Trees) -> Judgement:
    """Return what deleting an object does; `others` are the objects it lived with."""
    lost = ""
    match group, kind:
        case "", "PersistentVolumeClaim":
            if not _is_retained(old, others):
                lost = "with the claim goes its volume, unless that volume has the reclaim policy Retain"
        case "", "PersistentVolume":
            if value_at(old, "spec", _POLICY) in _LOSING:
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


def _policy(tree: Tree, when: str) -> object:
    has_claims = bool(value_at(tree, "spec", "volumeClaimTemplates"))
    return mapping_at(tree, "spec", "persistentVolumeClaimRetentionPolicy").get(when) if has_claims else None


def _is_retained(claim: Tree, others: Trees) -> bool:
    """Tell whether the objects beside a claim prove that its volume outlives it."""
    volume, storage_class = (value_at(claim, "spec", field) for field in ("volumeName", "storageClassName"))
    for other in others:
        name = value_at(other, "metadata", "name")
        match other.get("kind"):
            case "PersistentVolume" if volume and name == volume:
                return value_at(other, "spec", _POLICY) in (None, "Retain")
            case "StorageClass" if not volume and storage_class and name == storage_class:
                return bool(other.get("reclaimPolicy") == "Retain")
    return False
