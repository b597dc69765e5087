"""Whether something is left that answers while a workload is updated, and whether nodes can be drained meanwhile."""

from __future__ import annotations

from typing import Final

from kpy.checking.object_set import Objects, SetCheck
from kpy.checking.policies import policy_on_all
from kpy.paths import ROOT
from kpy.rules.policies.availability import replicas_of

__all__: list[str] = []

_GROUPS: Final = ("availability",)
_STRATEGY: Final = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy"
_PLACE: Final = ROOT + "spec" + "strategy"


@policy_on_all("recreate-stops-all", source=_STRATEGY, groups=_GROUPS)
def recreate_stops_all(objects: Objects, check: SetCheck) -> None:
    """A Deployment with several replicas is recreated: `strategy: {type: Recreate}`.

    Why: Each update stops all replicas before it starts a new one, so that nobody answers in between; for one replica,
    or where two versions must never run at once, that is how it has to be.
    """
    for member in objects.of("apps", "Deployment"):
        replicas = replicas_of(objects, member)
        if (member.spec.get("strategy") or {}).get("type") == "Recreate" and replicas > 1:
            message = f"an update stops all {replicas} replicas before it starts a new one"
            check.report(member, _PLACE + "type", message, fix="use RollingUpdate, or one replica")


@policy_on_all("rollout-stops-all", source=_STRATEGY, groups=_GROUPS)
def rollout_stops_all(objects: Objects, check: SetCheck) -> None:
    """The `maxUnavailable` of a rolling update is as much as there are replicas.

    Why: All old pods are stopped at once, and nobody answers until the first new one is ready.
    """
    for member in objects.of("apps", "Deployment"):
        amount = ((member.spec.get("strategy") or {}).get("rollingUpdate") or {}).get("maxUnavailable")
        replicas = replicas_of(objects, member)
        is_all = amount == "100%" or (isinstance(amount, int) and amount >= replicas)
        if amount is not None and is_all and replicas > 1:
            message = f"`maxUnavailable` is {amount} of {replicas} replicas: an update may stop all of them at once"
            check.report(
                member, _PLACE + "rollingUpdate" + "maxUnavailable", message, fix="keep some: 25% is the default"
            )


@policy_on_all(
    "budget-keeps-broken-pods",
    severity="note",
    source="https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy",
    groups=_GROUPS,
)
def budget_keeps_broken_pods(objects: Objects, check: SetCheck) -> None:
    """A PodDisruptionBudget does not say its `unhealthyPodEvictionPolicy`.

    Why: By default pods that are running but not ready are not evicted while too few are ready, so that one that fails
    again and again keeps its node from being drained; nobody would miss it.
    """
    for budget in objects.of("policy", "PodDisruptionBudget"):
        if budget.spec.get("unhealthyPodEvictionPolicy") is None:
            check.report(
                budget,
                ROOT + "spec" + "unhealthyPodEvictionPolicy",
                "pods that fail may keep a node from being drained",
                fix="set `unhealthyPodEvictionPolicy: AlwaysAllow`",
            )
