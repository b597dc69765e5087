"""PodDisruptionBudgets."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.numbers import amount_fault, more_than_all

_SPEC = "policy/v1 PodDisruptionBudgetSpec"
_BUDGETS = "https://kubernetes.io/docs/tasks/run-application/configure-pdb/"


@rule("budget-both-limits", on=_SPEC, source=_BUDGETS + "#specifying-a-poddisruptionbudget")
def budget_both_limits(spec: Tree, at: Path, check: Check) -> None:
    """A budget says how many pods must stay or how many may go, not both."""
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        check.report(at, "`minAvailable` and `maxUnavailable` are both set", fix="remove one of them")


@rule("budget-amount", on=_SPEC, source=_BUDGETS + "#specifying-a-poddisruptionbudget")
def budget_amount(spec: Tree, at: Path, check: Check) -> None:
    """The limit of a budget is a number from zero up, or a percentage such as `50%`."""
    for field in ("minAvailable", "maxUnavailable"):
        value = spec.get(field)
        fault = amount_fault(value) if value is not None else None
        if fault:
            check.report(at + field, f"`{field}` is {value!r}, and {fault}", fix='use 1, or "50%"')


@rule("budget-above-all", on=_SPEC, source=_BUDGETS + "#specifying-a-poddisruptionbudget")
def budget_above_all(spec: Tree, at: Path, check: Check) -> None:
    """The limit of a budget is at most 100 % of the pods."""
    for field in ("minAvailable", "maxUnavailable"):
        if more_than_all(spec.get(field)):
            check.report(at + field, f"`{field}` is {spec[field]!r}, above 100%", fix='use "100%" or less')


@rule("eviction-policy-unknown", on=_SPEC, source=_BUDGETS + "#unhealthy-pod-eviction-policy")
def eviction_policy_unknown(spec: Tree, at: Path, check: Check) -> None:
    """Pods that are not ready can always be evicted (`AlwaysAllow`), or only within a budget (`IfHealthyBudget`)."""
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy not in (None, "AlwaysAllow", "IfHealthyBudget") and check.at_least("1.27"):
        place = at + "unhealthyPodEvictionPolicy"
        check.report(place, f"the eviction policy is {policy!r}", fix="use AlwaysAllow or IfHealthyBudget")
