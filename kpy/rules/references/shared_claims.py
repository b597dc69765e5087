"""Claims that one pod or one node may use, against the pods that use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.checking.object_set import Member, Objects, See, SetCheck, rule_on_all
from kpy.objects import title
from kpy.paths import ROOT, Path
from kpy.rules.references.selected_pods import Template, pods_of

__all__: list[str] = []

_MODES: Final = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes"
_CLAIM: Final = "PersistentVolumeClaim"
_ONE_POD: Final = "ReadWriteOncePod"
_ONE_NODE: Final = "ReadWriteOnce"


@rule_on_all("claim-for-several-pods", source=_MODES, kinds=("PersistentVolumeClaim",))
def claim_for_several_pods(objects: Objects, check: SetCheck) -> None:
    """Several pods want a claim that one pod (ReadWriteOncePod), or the pods of one node (ReadWriteOnce), can mount.

    The pods are the replicas of a workload, or the old and the new one during a rolling update: the new one waits for
    the volume, and the old one for the new. Where one node can mount it, a rolling update goes well as long as the new
    pod comes to the node of the old one, so that this is a note.
    """
    for template in pods_of(objects).templates:
        for name, at in _claims(template):
            claims = objects.find("", _CLAIM, name, template.member.namespace)
            mode = _only_mode(claims[0]) if len(claims) == 1 else ""
            if mode:
                _judge(objects, check, template, at, claims[0], mode)


def _claims(template: Template) -> Iterator[tuple[str, Path]]:
    for index, volume in enumerate(template.spec.get("volumes") or ()):
        source = volume.get("persistentVolumeClaim") or {}
        if source.get("claimName") and not source.get("readOnly"):
            place = template.at + "spec" + "volumes" + index + "persistentVolumeClaim" + "claimName"
            yield source["claimName"], place


def _only_mode(claim: Member) -> str:
    """Return the access mode of a claim that allows no more than one pod or node; empty where others do."""
    modes: list[str] = claim.spec.get("accessModes") or []
    return modes[0] if modes in ([_ONE_POD], [_ONE_NODE]) else ""


def _judge(objects: Objects, check: SetCheck, template: Template, at: Path, claim: Member, mode: str) -> None:
    member = template.member
    who = "one pod" if mode == _ONE_POD else "the pods of one node"
    replicas = _replicas(objects, member)
    if replicas > 1:
        check.report(
            member,
            at,
            f'claim "{claim.name}" is {mode}: {who} can mount it, and there are {replicas} replicas',
            fix="have one replica, give each pod a claim of its own (`volumeClaimTemplates` of a StatefulSet), "
            "or use ReadWriteMany",
            see_also=[See(title(claim.tree), claim, ROOT + "spec" + "accessModes")],
        )
    elif _rolls(member):
        check.report(
            member,
            at,
            f'claim "{claim.name}" is {mode}: {who} can mount it, and a rolling update starts the new pod '
            "while the old one has it",
            fix="write `strategy: {type: Recreate}`",
            severity="warning" if mode == _ONE_POD else "note",
            see_also=[See(title(claim.tree), claim, ROOT + "spec" + "accessModes")],
        )


def _replicas(objects: Objects, member: Member) -> int:
    """Return how many pods of a workload run at once."""
    spec = member.spec
    if member.kind == "Job":
        return int(spec.get("parallelism", 1))
    if member.kind not in ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"):
        return 1
    if not member.is_clear("spec", "replicas"):
        return 1
    return max(int(spec.get("replicas", 1)), *_scaled_to(objects, member), 0)


def _scaled_to(objects: Objects, member: Member) -> Iterator[int]:
    """Yield how far autoscalers scale a workload."""
    for scaler in objects.of("autoscaling", "HorizontalPodAutoscaler"):
        target: Mapping[str, Any] = scaler.spec.get("scaleTargetRef") or {}
        if (target.get("kind"), target.get("name"), scaler.namespace) == (member.kind, member.name, member.namespace):
            yield int(scaler.spec.get("maxReplicas", 1))


def _rolls(member: Member) -> bool:
    """Return whether a new pod starts before the old one ends."""
    if member.kind != "Deployment" or not member.is_clear("spec", "strategy"):
        return False
    strategy = member.spec.get("strategy") or {}
    surge = (strategy.get("rollingUpdate") or {}).get("maxSurge", 1)
    is_none = surge in (0, "0%", "0")
    return (
        strategy.get("type", "RollingUpdate") == "RollingUpdate" and not is_none and member.spec.get("replicas", 1) != 0
    )
