"""One thing, one finding: what several findings say of one thing becomes one finding, with all its places.

This comes after waivers and severities, so that a place that is waived does not count.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Final

from kpy.checking.object_set import Finding
from kpy.diagnostics import RANK, Place
from kpy.objects import title

__all__ = ["fold"]

Steps = tuple[str | int, ...]

#: How many further places of a finding are kept.
_MOST: Final = 100


def fold(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, one for each topic, where the first of it was."""
    kept: list[Finding] = []
    by_topic: dict[Hashable, tuple[int, list[Finding]]] = {}
    for finding in findings:
        if finding.topic is not None:
            index, same = by_topic.setdefault(finding.topic, (len(kept), []))
            same.append(finding)
            if len(same) > 1:
                continue
        kept.append(finding)
    for index, same in by_topic.values():
        if len(same) > 1:
            kept[index] = _with_places(same)
    return kept


def _with_places(findings: Sequence[Finding]) -> Finding:
    """Return the worst of the findings, with the places of all others."""
    first = _leading(findings)
    others = {(finding.number, finding.steps): finding for finding in findings}
    for place in [*others]:
        if place[0] == first.number and _is_same_place(place[1], first.steps):
            del others[place]
    places = [(place, _place_of(finding)) for place, finding in [*others.items()][:_MOST]]
    rules = dict.fromkeys(finding.diagnostic.rule for finding in findings)
    rules.pop(first.diagnostic.rule)
    diagnostic = first.diagnostic._replace(
        also=tuple(rules), places=tuple(place for _, place in places), more_places=max(0, len(others) - _MOST)
    )
    return first._replace(diagnostic=diagnostic, places=tuple(place for place, _ in places))


def _leading(findings: Sequence[Finding]) -> Finding:
    """Return the first of the worst findings; of those that other rules have in the same object, the best.

    That is the outermost, which is about a whole policy and not one peer; of good practice, the most exact.
    """
    worst = min(findings, key=lambda finding: RANK[finding.diagnostic.severity])
    same = [
        finding
        for finding in findings
        if finding.member is worst.member
        and finding.diagnostic.severity == worst.diagnostic.severity
        and finding.diagnostic.rule != worst.diagnostic.rule
    ]
    is_practice = worst.diagnostic.family == "policy"
    return min([worst, *same], key=lambda finding: -len(finding.steps) if is_practice else len(finding.steps))


def _is_same_place(one: Steps, other: Steps) -> bool:
    """Return whether places are one, or one is in the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _place_of(finding: Finding) -> Place:
    about = title(finding.member.tree) if finding.member is not None else finding.diagnostic.resource
    return Place(about, finding.diagnostic.field, anchor=finding.anchor)
