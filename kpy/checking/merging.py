"""Several findings on the settings of one container as one: what is set in one place is read, and mended, at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kpy.checking.object_set import Finding
from kpy.paths import ROOT

__all__ = ["merge_by_container"]

_CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")
#: The field of a container, and the rules on it that are told together; the first one that has a finding tells it.
_TOGETHER: Final = {
    "resources": (
        "cpu-request-missing",
        "memory-request-missing",
        "cpu-limit-missing",
        "memory-limit-missing",
        "ephemeral-storage-limit-missing",
    ),
    "securityContext": (
        "pod-security-run-as-non-root",
        "pod-security-privilege-escalation",
        "pod-security-capabilities-restricted",
        "pod-security-seccomp",
        "root-filesystem-writable",
    ),
    "image": ("image-tag-missing", "image-digest-missing", "image-registry-missing"),
}
#: What a message is about, and what it says of that, without the reason.
_SENTENCE: Final = re.compile(r'(container ".*?"|image \S+) (.*?)(?:: .*)?')
_FIELDS: Final = {rule: field for field, rules in _TOGETHER.items() for rule in rules}


def merge_by_container(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings, those on one field of one container that count as much as one, where the first of them was.

    The findings have been settled, so that what is waived or ignored is not among them.
    """
    parts: dict[tuple[object, ...], list[Finding]] = {}
    order: list[list[Finding]] = []
    for finding in findings:
        key = _key(finding)
        group = parts.get(key) if key is not None else None
        if group is not None:
            group.append(finding)
            continue
        order.append([finding])
        if key is not None:
            parts[key] = order[-1]
    for group in order:
        field = _FIELDS.get(group[0].diagnostic.rule)
        known_by = (*_container(group[0].steps), field) if field is not None else ()
        yield (group[0] if len(group) == 1 else _merged(group))._replace(known_by=known_by)


def _key(finding: Finding) -> tuple[object, ...] | None:
    """Return what findings have in common that are told together; nothing for those that stand alone."""
    diagnostic = finding.diagnostic
    field = _FIELDS.get(diagnostic.rule)
    if field is None or not _SENTENCE.fullmatch(diagnostic.message):
        return None
    return finding.number, _container(finding.steps), field, diagnostic.severity


def _container(steps: Sequence[str | int]) -> tuple[str | int, ...]:
    """Return the place of the container that a place is in."""
    for index in range(len(steps) - 2, -1, -1):
        if steps[index] in _CONTAINERS and isinstance(steps[index + 1], int):
            return tuple(steps[: index + 2])
    return tuple(steps)


def _merged(group: Sequence[Finding]) -> Finding:
    field = _FIELDS[group[0].diagnostic.rule]
    rank = _TOGETHER[field].index
    first, *others = sorted(group, key=lambda finding: rank(finding.diagnostic.rule))
    steps = (*_container(first.steps), field)
    inside = steps[len(first.member.at.steps) :] if first.member is not None else steps
    at = ROOT
    for step in inside:
        at = at + step
    sentences = [_SENTENCE.fullmatch(finding.diagnostic.message) for finding in (first, *others)]
    subject, *_ = (sentence[1] for sentence in sentences if sentence)
    said = [sentence[2] for sentence in sentences if sentence]
    fixes = [finding.diagnostic.fix for finding in (first, *others)]
    diagnostic = first.diagnostic._replace(
        field=str(at),
        message=f"{subject} {_together(said, 'has no ', 'or')}",
        fix=_together(list(dict.fromkeys(fixes)), "set ", "and"),
        also=tuple(dict.fromkeys(finding.diagnostic.rule for finding in others)),
    )
    return first._replace(diagnostic=diagnostic, steps=steps)


def _together(texts: Sequence[str], beginning: str, word: str) -> str:
    """Return texts as one: what all of them begin with is said once."""
    if all(text.startswith(beginning) for text in texts):
        return beginning + _listed([text.removeprefix(beginning) for text in texts], word)
    return _listed(texts, "and")


def _listed(texts: Sequence[str], word: str) -> str:
    *before, last = texts
    return f"{', '.join(before)} {word} {last}" if before else last
