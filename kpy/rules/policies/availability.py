"""Whether something keeps running while nodes come and go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kpy.checking.object_set import Member, Objects, See, SetCheck
from kpy.checking.policies import policy_on_all
from kpy.objects import title
from kpy.paths import ROOT
from kpy.rules.references.selected_pods import Template, pods_of

__all__ = ["replicas_of"]

_GROUPS: Final = ("availability",)
_DEPLOYMENT: Final = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/"
_DISRUPTIONS: Final = "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/"
_SCALING: Final = "https://kubernetes.io/docs/concepts/workloads/autoscaling/"
_SPREAD: Final = "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/"
_SPEC: Final = ROOT + "spec"
_CLAIM: Final = "PersistentVolumeClaim"
#: How programs are told to elect a leader among their replicas, of which the others wait.
_LEADER: Final = re.compile("leader[-_]?elect", re.I)


def _workloads(objects: Objects) -> Iterator[Member]:
    return objects.of("apps", "Deployment", "StatefulSet")


def _autoscalers(objects: Objects) -> dict[tuple[str, str, str], Member]:
    """Return the autoscalers by kind, namespace and name of what they scale."""
    key = "autoscalers"
    if key not in objects.kept:
        scaled = {}
        for member in objects.of("autoscaling", "HorizontalPodAutoscaler"):
            target = member.spec.get("scaleTargetRef") or {}
            scaled[target.get("kind") or "", member.namespace, target.get("name") or ""] = member
        objects.kept[key] = scaled
    scalers: dict[tuple[str, str, str], Member] = objects.kept[key]
    return scalers


def replicas_of(objects: Objects, member: Member) -> int:
    """Return how many pods there are at least; more than one where it is somebody else's to say."""
    scaler = _autoscalers(objects).get((member.kind, member.namespace, member.name))
    if scaler is not None:
        return int(scaler.spec.get("minReplicas") or 1)
    return int(member.spec.get("replicas", 1))


@policy_on_all("replicas-single", source=_DEPLOYMENT, groups=_GROUPS)
def replicas_single(objects: Objects, check: SetCheck) -> None:
    """A Deployment or StatefulSet has one replica, or an autoscaler may leave it with one.

    What can only be one is let pass: with the strategy `Recreate`, with a claim that one node or pod can mount, and
    programs that elect a leader, since nobody waits for their answers.

    Why: Nobody answers while its node restarts, or while the pod moves to another one.
    """
    alone = {id(template.member) for template in pods_of(objects).templates if _is_alone(objects, template)}
    for member in _workloads(objects):
        if replicas_of(objects, member) != 1 or id(member) in alone:
            continue
        scaler = _autoscalers(objects).get((member.kind, member.namespace, member.name))
        if scaler is None:
            check.report(member, _SPEC + "replicas", "there is one replica", fix="have two or more")
        else:
            check.report(
                scaler,
                _SPEC + "minReplicas",
                f"{title(member.tree)} may be scaled down to one replica",
                fix="set `minReplicas` to two or more",
                see_also=[See(title(member.tree), member)],
            )


def _is_alone(objects: Objects, template: Template) -> bool:
    """Return whether pods are meant to be one, or can be no more."""
    member = template.member
    if (member.spec.get("strategy") or {}).get("type") == "Recreate":
        return True
    if any(_LEADER.search(text) and not text.endswith("=false") for text in _told(template)):
        return True
    names = (
        (volume.get("persistentVolumeClaim") or {}).get("claimName") for volume in template.spec.get("volumes") or ()
    )
    claims = (claim for name in names if name for claim in objects.find("", _CLAIM, name, member.namespace))
    return any(claim.spec.get("accessModes") in (["ReadWriteOnce"], ["ReadWriteOncePod"]) for claim in claims)


def _told(template: Template) -> Iterator[str]:
    """Yield the commands, the arguments, and the variables of the containers."""
    for container, _ in template.containers:
        yield from map(str, (*(container.get("command") or ()), *(container.get("args") or ())))
        for variable in container.get("env") or ():
            yield f"{variable.get('name')}={variable.get('value')}"


@policy_on_all("replicas-beside-autoscaler", source=_SCALING, groups=_GROUPS)
def replicas_beside_autoscaler(objects: Objects, check: SetCheck) -> None:
    """A workload says its `replicas`, and an autoscaler sets them.

    Why: Each apply undoes what the autoscaler has done: under load, it takes pods away.
    """
    for member in _workloads(objects):
        scaler = _autoscalers(objects).get((member.kind, member.namespace, member.name))
        if scaler is not None and member.spec.get("replicas") is not None:
            check.report(
                member,
                _SPEC + "replicas",
                f"`replicas` is set here, and {title(scaler.tree)} sets it, too",
                fix="leave `replicas` out",
                see_also=[See(title(scaler.tree), scaler)],
            )


@policy_on_all("budget-missing", source=_DISRUPTIONS, groups=_GROUPS)
def budget_missing(objects: Objects, check: SetCheck) -> None:
    """The replicas of a workload are covered by no PodDisruptionBudget.

    Why: When nodes are drained, as for an upgrade of the cluster, all replicas may go at once.
    """
    pods = pods_of(objects)
    covered: set[int] = set()
    for budget in objects.of("policy", "PodDisruptionBudget"):
        selector = budget.spec.get("selector")
        if selector is not None:
            covered.update(id(template.member) for template in pods.selected(selector, budget.namespace))
    for member in _workloads(objects):
        if id(member) not in covered and replicas_of(objects, member) > 1:
            check.report(member, ROOT, "no PodDisruptionBudget covers the pods", fix="add one")


@policy_on_all("budget-blocks-eviction", source=_DISRUPTIONS, groups=_GROUPS)
def budget_blocks_eviction(objects: Objects, check: SetCheck) -> None:
    """A PodDisruptionBudget allows no pod to be evicted.

    Why: Nodes with such a pod cannot be drained: an upgrade of the cluster hangs until somebody deletes the pod by
    hand.
    """
    pods = pods_of(objects)
    for budget in objects.of("policy", "PodDisruptionBudget"):
        field, amount = next(
            ((name, budget.spec[name]) for name in ("maxUnavailable", "minAvailable") if name in budget.spec),
            ("", None),
        )
        if (field == "maxUnavailable" and amount in (0, "0%")) or (field == "minAvailable" and amount == "100%"):
            check.report(
                budget, _SPEC + field, f"`{field}` is {amount}: no pod may be evicted", fix="allow at least one"
            )
        elif field == "minAvailable" and isinstance(amount, int):
            _check_least(
                objects, check, budget, amount, pods.selected(budget.spec.get("selector") or {}, budget.namespace)
            )


def _check_least(objects: Objects, check: SetCheck, budget: Member, least: int, templates: Sequence[Template]) -> None:
    owners = [template.member for template in templates]
    if not owners or any(member.kind not in ("Deployment", "StatefulSet") for member in owners):
        return
    if sum(replicas_of(objects, member) for member in owners) <= least:
        check.report(
            budget,
            _SPEC + "minAvailable",
            f"`minAvailable` is {least}, and there are no more replicas: no pod may be evicted",
            fix="have more replicas, or write `maxUnavailable: 1`",
            see_also=[See(title(member.tree), member) for member in owners[:3]],
        )


@policy_on_all("spread-missing", source=_SPREAD, groups=_GROUPS)
def spread_missing(objects: Objects, check: SetCheck) -> None:
    """Nothing spreads replicas over nodes: neither `topologySpreadConstraints` nor anti-affinity.

    Why: All replicas may run on one node, and go down with it.
    """
    for template in pods_of(objects).templates:
        member = template.member
        if member.kind not in ("Deployment", "StatefulSet") or replicas_of(objects, member) < 2:
            continue
        apart = (template.spec.get("affinity") or {}).get("podAntiAffinity")
        if not apart and not template.spec.get("topologySpreadConstraints"):
            place = template.at + "spec" + "topologySpreadConstraints"
            check.report(
                member, place, "nothing spreads the replicas over nodes", fix="set `topologySpreadConstraints`"
            )
