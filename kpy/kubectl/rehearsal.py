"""Trying what only a handover, which comes later, makes valid: without the part that has to go first."""

from __future__ import annotations

from collections.abc import Mapping

from kpy.kubectl.cluster import Cluster, Outcome
from kpy.kubectl.objects import Tree
from kpy.kubectl.ownership import Handover, after_rehearsal, rehearsal
from kpy.objects import Key

__all__ = ["rehearsed"]


def rehearsed(
    cluster: Cluster,
    outcomes: Mapping[Key, Outcome],
    trees: Mapping[Key, Tree],
    live: Mapping[Key, Tree],
    handovers: Mapping[Key, Handover],
    *,
    force: bool,
) -> dict[Key, Outcome]:
    """Return the outcomes of dry runs, with those that a handover makes valid tried anew.

    What is invalid in both tries is refused. What is invalid in the second alone, beside what stays for now, is open.
    """
    trials: dict[Key, Tree] = {}
    for key, outcome in outcomes.items():
        handover = handovers.get(key)
        is_invalid = outcome.failure is not None and outcome.failure.reason == "invalid"
        if is_invalid and handover is not None and handover.taken and key in live:
            trials[key] = rehearsal(live[key], trees[key], handover)
    found = dict(outcomes)
    answers = cluster.apply(list(trials.values()), dry_run=True, force=force)
    for key, answer in zip(trials, answers, strict=True):
        before = outcomes[key].failure
        if answer.result is not None:
            found[key] = Outcome(after_rehearsal(answer.result, trees[key], handovers[key]))
        elif answer.failure is not None and before is not None:
            is_certain = answer.failure.reason != "invalid" or {*answer.failure.fields} & {*before.fields}
            found[key] = answer if is_certain else found[key]
    return found
