"""How many findings one object may have: a small document of an enemy must not become a page of a million lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from kpy.checking.object_set import Finding

__all__ = ["bounded"]

#: How many findings of one rule in one object are told.
_MOST: Final = 100


def bounded(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, of each rule in each object no more than a hundred, and how many more there are."""
    kept: list[Finding] = []
    counts: Counter[tuple[int, str]] = Counter()
    last: dict[tuple[int, str], Finding] = {}
    for finding in findings:
        if finding.topic is not None:
            kept.append(finding)  # all of them become one, whose places are bounded
            continue
        about = -finding.number - 1 if finding.member is None else id(finding.member)
        key = (about, finding.diagnostic.rule)
        counts[key] += 1
        if counts[key] <= _MOST:
            kept.append(finding)
        else:
            last[key] = finding
    return [*kept, *(_rest(finding, counts[key] - _MOST) for key, finding in last.items())]


def _rest(finding: Finding, count: int) -> Finding:
    """Return what is told of findings that are left out, at the place of the object."""
    message = f"and {count:,} more like this in the same object"
    steps = () if finding.member is None else finding.member.at.steps
    field = "" if finding.member is None else str(finding.member.at)
    return finding._replace(diagnostic=finding.diagnostic._replace(message=message, field=field, fix=""), steps=steps)
