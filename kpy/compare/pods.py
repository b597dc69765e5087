"""What a change does to the pods that run: of workloads, of Jobs, and a pod alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from kpy.compare.differences import Difference
from kpy.compare.judgements import Judgement
from kpy.compare.replicas import Scaled, is_scaled
from kpy.compare.values import count_at, mapping_at, mappings_at, number, value_at
from kpy.objects import Tree

__all__ = ["judge_pods"]

_TEMPLATE = ("spec", "template")
_KEPT = frozenset({("apps", "ReplicaSet"), ("", "ReplicationController")})


def judge_pods(
    group: str, kind: str, old: Tree, new: Tree, found: Sequence[Difference], scaled: Scaled
) -> Iterator[Judgement]:
    """Yield what happens to the pods of an object; `scaled` are the workloads that autoscalers scale."""
    is_new_template = any(difference.is_within(*_TEMPLATE) for difference in found)
    match group, kind:
        case "apps", "Deployment" | "StatefulSet" | "DaemonSet":
            if value_at(old, "spec", "replicas") == 0:
                return
            if is_new_template:
                yield _rollout(kind, new, is_autoscaled=is_scaled(kind, new, scaled))
            elif why := _released(kind, old, new):
                judgement = _rollout(kind, new, is_autoscaled=is_scaled(kind, new, scaled))
                yield judgement._replace(reasons=(why, *judgement.reasons))
        case "batch", "Job":
            yield from _judge_job(old, new)
        case "batch", "CronJob":
            if _is_switched_on(old, new, "suspend"):
                yield Judgement("outage", ("no Jobs start any more: it is suspended",))
        case "", "Pod":
            if any(difference.steps[-1:] == ("image",) for difference in found):
                yield Judgement("rolling restart", ("the containers with another image restart in place",))
        case pair if pair in _KEPT and is_new_template:
            yield Judgement(
                "update in place", ("the pods that run stay as they are: only new ones follow the template",)
            )


def _rollout(kind: str, new: Tree, *, is_autoscaled: bool) -> Judgement:
    """Return how new pods take the place of old ones."""
    strategy = mapping_at(new, "spec", "strategy" if kind == "Deployment" else "updateStrategy")
    if kind == "Deployment" and value_at(new, "spec", "paused") is True:
        return Judgement("update in place", ("the Deployment is paused: pods restart when it is resumed",))
    if kind == "Deployment" and strategy.get("type") == "Recreate":
        return Judgement("outage", ("all pods stop before new ones start: the strategy is Recreate",))
    if kind != "Deployment" and strategy.get("type") == "OnDelete":
        return Judgement("update in place", ("pods change when they are deleted: the update strategy is OnDelete",))
    replicas = None if is_autoscaled or kind == "DaemonSet" else count_at(new, "spec", "replicas")
    rolling = mapping_at(strategy, "rollingUpdate")
    if kind == "StatefulSet":
        return _rollout_in_order(rolling, replicas)
    if _may_all_stop(rolling, replicas, is_counted_up=kind == "DaemonSet"):
        unavailable = rolling.get("maxUnavailable")
        return Judgement("outage", (f"all pods may stop before new ones start: `maxUnavailable` is {unavailable}",))
    return Judgement("rolling restart")


def _rollout_in_order(rolling: Tree, replicas: int | None) -> Judgement:
    partition = count_at(rolling, "partition", default=0)
    if replicas is not None and partition >= replicas:
        return Judgement("update in place", (f"no pod restarts: `partition` {partition} holds all of them back",))
    if partition > 0:
        return Judgement("rolling restart", (f"`partition` holds back all pods below the {_nth(partition)}",))
    if replicas == 1:
        return Judgement("rolling restart", ("its only pod stops before the new one starts",))
    return Judgement("rolling restart")


def _nth(index: int) -> str:
    """Return which pod has an index that counts from 0: `3rd` for 2."""
    place = index + 1
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10 if place % 100 not in (11, 12, 13) else 0, "th")
    return f"{place}{ending}"


def _may_all_stop(rolling: Tree, replicas: int | None, *, is_counted_up: bool) -> bool:
    """Tell whether all pods may be away at once; where nobody knows how many there are, 100% alone means all."""
    said, surge = rolling.get("maxUnavailable"), rolling.get("maxSurge", 0 if is_counted_up else "25%")
    if said == "100%":
        return replicas is None or replicas > 0
    if replicas is None:
        return False
    unavailable = _amount(said if said is not None else "25%", replicas)
    if unavailable == 0 and _amount(surge, replicas, is_up=True) == 0:
        unavailable = 1  # the server's way out of a rollout that could not move
    return 0 < replicas <= unavailable


def _amount(said: object, replicas: int, *, is_up: bool = False) -> int:
    """Return how many pods an amount, `2` or `25%`, means."""
    if isinstance(said, str) and said.endswith("%") and said[:-1].isdigit() and len(said) < 9:
        share = int(said[:-1]) * replicas / 100
        return ceil(share) if is_up else int(share)
    return number(said) or 0


def _released(kind: str, old: Tree, new: Tree) -> str:
    """Return why pods that were held back restart now; empty where none were, or none are let go."""
    strategies = [mapping_at(tree, "spec", "updateStrategy") for tree in (old, new)]
    if kind == "Deployment":
        is_held = value_at(old, "spec", "paused") is True and value_at(new, "spec", "paused") is not True
        brake, was_held = "the Deployment is resumed", "while it was paused"
    elif strategies[0].get("type") == "OnDelete":
        is_held = strategies[1].get("type") != "OnDelete"
        brake, was_held = "the update strategy is not OnDelete any more", "while it was"
    else:
        before, after = (count_at(mapping_at(each, "rollingUpdate"), "partition", default=0) for each in strategies)
        is_held = kind == "StatefulSet" and after < before
        brake, was_held = "`partition` lets more pods go", "while it held them back"
    if not is_held or (is_pending := _is_pending(kind, old)) is False:
        return ""
    if is_pending:
        return f"{brake}: pods restart, since the template changed {was_held}"
    return f"{brake}: pods restart now if the template changed {was_held}"


def _is_pending(kind: str, old: Tree) -> bool | None:
    """Tell by its status whether an object has pods of an older template; nothing where there is no status."""
    status = mapping_at(old, "status")
    if "observedGeneration" not in status:
        return None
    if kind == "StatefulSet":
        return bool(status.get("currentRevision") != status.get("updateRevision"))
    total, updated = (
        ("currentNumberScheduled", "updatedNumberScheduled") if kind == "DaemonSet" else ("replicas", "updatedReplicas")
    )
    return count_at(status, updated, default=0) < count_at(status, total, default=0)


def _judge_job(old: Tree, new: Tree) -> Iterator[Judgement]:
    """Yield that the pods of a Job stop, or some of them, if it may still have any."""
    done = [each.get("type") for each in mappings_at(old, "status", "conditions") if each.get("status") == "True"]
    if "Complete" in done or "Failed" in done or value_at(old, "spec", "suspend") is True:
        return
    before, after = (count_at(tree, "spec", "parallelism") for tree in (old, new))
    if _is_switched_on(old, new, "suspend"):
        yield Judgement("outage", ("its pods stop: the Job is suspended",))
    elif after == 0 < before:
        yield Judgement("outage", ("its pods stop: `parallelism` becomes 0",))
    elif after < before:
        yield Judgement("scale down", (f"from {before} to {after} pods at once",))


def _is_switched_on(old: Tree, new: Tree, field: str) -> bool:
    return value_at(old, "spec", field) is not True and value_at(new, "spec", field) is True
