"""How workloads replace their pods: the strategies of Deployments, DaemonSets and StatefulSets."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.numbers import amount, amount_fault, more_than_all, report_negative

_DEPLOYMENT = "apps/v1 DeploymentStrategy"
_DAEMON_SET = "apps/v1 DaemonSetUpdateStrategy"
_STATEFUL_SET = "apps/v1 StatefulSetUpdateStrategy"
_KINDS = {
    _DEPLOYMENT: ("Recreate", "RollingUpdate"),
    _DAEMON_SET: ("OnDelete", "RollingUpdate"),
    _STATEFUL_SET: ("OnDelete", "RollingUpdate"),
}
_WORKLOADS = "https://kubernetes.io/docs/concepts/workloads/controllers/"
_DEPLOYMENTS = _WORKLOADS + "deployment/#strategy"
_DAEMON_SETS = "https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/"
_STATEFUL_SETS = _WORKLOADS + "statefulset/#update-strategies"


@rule("rollout-strategy-unknown", on=_DEPLOYMENT, source=_DEPLOYMENTS)
def deployment_strategy_unknown(strategy: Tree, at: Path, check: Check) -> None:
    """A Deployment replaces its pods by `RollingUpdate`, the default, or by `Recreate`."""
    _report_unknown(strategy, at, check, _KINDS[_DEPLOYMENT])


@rule("update-strategy-unknown", on=(_DAEMON_SET, _STATEFUL_SET), source=_STATEFUL_SETS)
def update_strategy_unknown(strategy: Tree, at: Path, check: Check) -> None:
    """DaemonSets and StatefulSets replace their pods by `RollingUpdate`, the default, or by `OnDelete`."""
    _report_unknown(strategy, at, check, _KINDS[_DAEMON_SET])


@rule("recreate-with-rolling-update", on=_DEPLOYMENT, source=_DEPLOYMENTS)
def recreate_with_rolling_update(strategy: Tree, at: Path, check: Check) -> None:
    """A Deployment that recreates its pods cannot have settings for a rolling update."""
    if strategy.get("type") == "Recreate" and strategy.get("rollingUpdate") is not None:
        check.report(
            at + "rollingUpdate",
            "the strategy 'Recreate' has no `rollingUpdate`",
            fix="remove it, or use RollingUpdate",
        )


@rule("on-delete-with-rolling-update", on=_STATEFUL_SET, source=_STATEFUL_SETS)
def on_delete_with_rolling_update(strategy: Tree, at: Path, check: Check) -> None:
    """A StatefulSet whose pods are replaced on deletion cannot have settings for a rolling update."""
    if strategy.get("type") == "OnDelete" and strategy.get("rollingUpdate") is not None:
        check.report(
            at + "rollingUpdate",
            "the strategy 'OnDelete' has no `rollingUpdate`",
            fix="remove it, or use RollingUpdate",
        )


@rule("rolling-update-amount", on=(_DEPLOYMENT, _DAEMON_SET), source=_DEPLOYMENTS)
def rolling_update_amount(strategy: Tree, at: Path, check: Check) -> None:
    """`maxSurge` and `maxUnavailable` are numbers from zero up, or percentages such as `25%`."""
    rolling = _rolling_update(strategy)
    for field in ("maxUnavailable", "maxSurge"):
        value = (rolling or {}).get(field)
        fault = amount_fault(value) if value is not None else None
        if fault:
            check.report(at + "rollingUpdate" + field, f"`{field}` is {value!r}, and {fault}", fix='use 1, or "25%"')


@rule("rolling-update-above-all", on=(_DEPLOYMENT, _DAEMON_SET), source=_DEPLOYMENTS)
def rolling_update_above_all(strategy: Tree, at: Path, check: Check) -> None:
    """No more than 100 % of the pods can be unavailable, and a DaemonSet cannot have more than 100 % in addition."""
    rolling = _rolling_update(strategy) or {}
    for field in ("maxUnavailable", "maxSurge") if check.kind == "DaemonSet" else ("maxUnavailable",):
        if more_than_all(rolling.get(field)):
            check.report(
                at + "rollingUpdate" + field, f"`{field}` is {rolling[field]!r}, above 100%", fix='use "100%" or less'
            )


@rule("rolling-update-stuck", on=_DEPLOYMENT, source=_DEPLOYMENTS)
def rolling_update_stuck(strategy: Tree, at: Path, check: Check) -> None:
    """A rolling update needs a pod more or a pod less for a while: both limits (25 % by default) cannot be zero."""
    rolling = _rolling_update(strategy)
    if rolling is None or _or_default(rolling, "maxUnavailable", 25) or _or_default(rolling, "maxSurge", 25):
        return
    check.report(
        at + "rollingUpdate" + "maxUnavailable",
        "`maxUnavailable` and `maxSurge` are both 0, so that no pod could ever be replaced",
        fix="let one of them be 1 or more",
    )


@rule("daemon-update-stuck", on=_DAEMON_SET, source=_DAEMON_SETS)
def daemon_update_stuck(strategy: Tree, at: Path, check: Check) -> None:
    """A DaemonSet can only replace a pod when `maxUnavailable` (1 by default) or `maxSurge` is above zero."""
    rolling = _rolling_update(strategy)
    if rolling is None or _or_default(rolling, "maxUnavailable", 1) or _or_default(rolling, "maxSurge", 0):
        return
    check.report(
        at + "rollingUpdate" + "maxUnavailable",
        "`maxUnavailable` and `maxSurge` are both 0, so that no pod could ever be replaced",
        fix="let one of them be 1 or more",
    )


@rule("daemon-update-both", on=_DAEMON_SET, source=_DAEMON_SETS)
def daemon_update_both(strategy: Tree, at: Path, check: Check) -> None:
    """A DaemonSet starts a new pod before or after the old one ends, not both: `maxSurge` needs `maxUnavailable: 0`."""
    rolling = _rolling_update(strategy)
    if rolling is None or not _or_default(rolling, "maxUnavailable", 1) or not _or_default(rolling, "maxSurge", 0):
        return
    check.report(
        at + "rollingUpdate" + "maxSurge",
        f"`maxSurge` is {rolling['maxSurge']!r} while `maxUnavailable` is {rolling.get('maxUnavailable', 1)!r}",
        fix="set `maxUnavailable: 0` (it is 1 when not set), or leave `maxSurge` out",
    )


@rule("stateful-update-amount", on=_STATEFUL_SET, source=_STATEFUL_SETS)
def stateful_update_amount(strategy: Tree, at: Path, check: Check) -> None:
    """Of a StatefulSet's pods 1 or more can be unavailable, up to 100 %; before 1.37 a server overlooks the field."""
    value = (_rolling_update(strategy) or {}).get("maxUnavailable")
    if value is None or not check.at_least("1.37"):
        return
    fault = amount_fault(value) or (None if amount(value) else "must not be 0")
    if fault or more_than_all(value):
        message = f"`maxUnavailable` is {value!r}, and {fault or 'must not be above 100%'}"
        check.report(at + "rollingUpdate" + "maxUnavailable", message, fix='use 1, or "25%"')


@rule("partition-negative", on=_STATEFUL_SET, source=_STATEFUL_SETS)
def partition_negative(strategy: Tree, at: Path, check: Check) -> None:
    """The ordinal from which on pods are updated must be zero or more."""
    report_negative(_rolling_update(strategy) or {}, at + "rollingUpdate", check, "partition")


def _rolling_update(strategy: Tree) -> Tree | None:
    """Return the settings of a rolling update, or nothing when there is none; defaults are not filled in."""
    if (strategy.get("type") or "RollingUpdate") == "RollingUpdate":
        return strategy.get("rollingUpdate") or {}
    return None


def _or_default(rolling: Tree, field: str, default: int) -> int:
    value = rolling.get(field)
    return default if value is None else amount(value)


def _report_unknown(strategy: Tree, at: Path, check: Check, kinds: tuple[str, ...]) -> None:
    kind = strategy.get("type")
    if kind and kind not in kinds:
        message = f"there is no strategy {kind!r} for a {check.kind}"
        check.report(at + "type", message, fix=f"use {' or '.join(kinds)}", field=at)
