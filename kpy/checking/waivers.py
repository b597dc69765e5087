"""Waivers: rules that are not reported for one object, each with the reason.

A construct says `waive={"probe-missing": "a batch worker"}`, a document `kpy.dev/waive.probe-missing: a batch worker`
among its annotations. A reason that ends with a day, `until 2026-12-31`, holds until then; only who knows the day asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from kpy.checking.choice import Choice, mandatory_rules
from kpy.checking.internal import INTERNAL_ERROR, POLICY_FAILED
from kpy.checking.object_set import Finding, Member
from kpy.checking.rule import Rule, declare
from kpy.diagnostics import Diagnostic
from kpy.objects import title
from kpy.paths import ROOT, Path

__all__ = ["ANNOTATION", "annotated_waivers", "counts_for", "settle"]

ANNOTATION: Final = "kpy.dev/waive."
#: The day until which a waiver holds, at the end of its reason.
_UNTIL: Final = re.compile(r"\buntil (\d{4}-\d{2}-\d{2})\W*$")
#: What cannot be ignored or waived, since nobody knows what else is wrong there; each is said once.
_FAILURES: Final = (INTERNAL_ERROR.name, POLICY_FAILED.name)
_SOURCE: Final = "https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/"

NO_REASON = declare(
    "waiver-without-reason",
    "A waiver does not say why: it does not count.",
    source=_SOURCE,
    family="policy",
    severity="warning",
)
UNKNOWN_RULE = declare(
    "waiver-of-unknown-rule",
    "A waiver names a rule that does not exist.",
    source=_SOURCE,
    family="policy",
    severity="warning",
)


EXPIRED = declare(
    "waiver-expired",
    "A waiver has ended: its reason names a day that has passed, or that is no day. The waiver does not count. Only "
    "`kpy validate` looks at the date.",
    source=_SOURCE,
    family="policy",
    severity="error",
)
IN_FORCE = declare(
    "waiver-in-force",
    "A waiver that counts, with its reason: what `kpy validate --waivers` lists.",
    source=_SOURCE,
    family="policy",
    severity="note",
)
NOT_WAIVABLE = declare(
    "waiver-not-allowed",
    "A waiver names a rule that nobody can waive: it is mandatory in this project, or its authors say so. The "
    "waiver does not count.",
    source=_SOURCE,
    family="policy",
    severity="warning",
)


def settle(findings: Iterable[Finding], members: Iterable[Member], choice: Choice) -> Iterator[Finding]:
    """Yield the findings that count, as much as they count, and what is wrong with waivers."""
    waivers = {id(member): waived_rules for member in members if (waived_rules := _waivers(member))}
    used: set[tuple[int, str]] = set()
    failed: dict[str, list[Finding]] = {}
    fixed = _fixed(choice) if waivers else frozenset()
    for finding in findings:
        diagnostic = finding.diagnostic
        if diagnostic.rule in _FAILURES:
            failed.setdefault(diagnostic.message, []).append(finding)
            continue
        waived = waivers.get(id(finding.member)) if waivers else None
        if waived and diagnostic.rule not in fixed and _counts(waived.get(diagnostic.rule), choice):
            used.add((id(finding.member), diagnostic.rule))
            continue
        severity = choice.severity_of(diagnostic.rule, diagnostic.family, diagnostic.severity)
        if severity is not None:
            same = severity == diagnostic.severity
            yield finding if same else finding._replace(diagnostic=diagnostic._replace(severity=severity))
    if waivers:
        yield from _faults_of_waivers(members, waivers, used, choice, fixed)
    for first, *others in failed.values():
        yield _also(first, len(others))


def _also(finding: Finding, times: int) -> Finding:
    """Return a finding that says how many more times the same was found."""
    if not times:
        return finding
    diagnostic = finding.diagnostic
    more = f"{diagnostic.message}, nor in {times:,} more place{'s' if times > 1 else ''}"
    return finding._replace(diagnostic=diagnostic._replace(message=more))


def annotated_waivers(annotations: object) -> Mapping[str, str]:
    """Return the rules that annotations waive, each with its reason."""
    return {
        key.removeprefix(ANNOTATION): value
        for key, value in (annotations.items() if isinstance(annotations, Mapping) else ())
        if isinstance(key, str) and key.startswith(ANNOTATION)
    }


def counts_for(name: str, reason: object, choice: Choice) -> bool:
    """Return whether a waiver of a rule counts: somebody may waive it, with a reason that has not ended."""
    return _counts(reason, choice) and name not in _fixed(choice)


def _waivers(member: Member) -> Mapping[str, str]:
    annotated = annotated_waivers(member.annotations)
    return {**annotated, **member.waive} if annotated else member.waive


def _faults_of_waivers(
    members: Iterable[Member],
    waivers: Mapping[int, Mapping[str, str]],
    used: set[tuple[int, str]],
    choice: Choice,
    fixed: frozenset[str],
) -> Iterator[Finding]:
    for member in members:
        for name, reason in waivers.get(id(member), {}).items():
            if choice.lists_waivers:
                yield _in_force(member, name, reason)
            is_used = (id(member), name) in used
            finding = _not_allowed(member, name) if name in fixed else _fault(member, name, reason, is_used, choice)
            if finding is not None:
                diagnostic = finding.diagnostic
                severity = choice.severity_of(diagnostic.rule, diagnostic.family, diagnostic.severity)
                if severity is not None:
                    yield finding._replace(diagnostic=diagnostic._replace(severity=severity))


def _counts(reason: object, choice: Choice) -> bool:
    """Return whether a waiver has a reason and has not ended."""
    return bool(str(reason or "").strip()) and not _has_ended(reason, choice)


def _has_ended(reason: object, choice: Choice) -> bool:
    if choice.today is None:
        return False
    found = _UNTIL.search(str(reason or ""))
    if found is None:
        return False
    try:
        return date.fromisoformat(found[1]) < choice.today
    except ValueError:
        return True


def _in_force(member: Member, name: str, reason: object) -> Finding:
    said = " ".join(str(reason or "").split()) or "no reason"
    return _finding(member, _place(member, name), IN_FORCE, f"{name}: {said}", "")


def _fixed(choice: Choice) -> frozenset[str]:
    """Return the rules that nobody can waive."""
    if not (choice.select or choice.mandatory):
        return frozenset()  # no policy is checked, and no other rule is fixed
    from kpy.checking.policies import policies_of

    refused = {policy.rule.name for policy in policies_of(choice.registry) if not policy.rule.waivable}
    return mandatory_rules(choice) | refused


def _place(member: Member, name: str) -> Path:
    annotated = ANNOTATION + name in member.annotations
    return (ROOT + "metadata" + "annotations").key(ANNOTATION + name) if annotated else ROOT


def _not_allowed(member: Member, name: str) -> Finding:
    message = f"the waiver of {name} does not count: nobody can waive this rule"
    return _finding(member, _place(member, name), NOT_WAIVABLE, message, "remove the waiver, and mend what is found")


def _fault(member: Member, name: str, reason: str, is_used: bool, choice: Choice) -> Finding | None:
    at = _place(member, name)
    if is_used:
        return None
    if _has_ended(reason, choice):
        message = f"the waiver of {name} has ended: {' '.join(str(reason).split())}"
        return _finding(member, at, EXPIRED, message, "mend what is found, or say until when it may stay")
    if not str(reason or "").strip():
        return _finding(member, at, NO_REASON, f"the waiver of {name} has no reason", "say why, in a few words")
    from kpy.checking.choice import known_words
    from kpy.checking.hints import near_word

    if name in (words := known_words(choice.registry)) or _may_be_plugged_in(name, choice):
        return None
    near = near_word(name, words)
    fix = f"did you mean {near}?" if near else ""
    return _finding(member, at, UNKNOWN_RULE, f"there is no rule {name} to waive", fix)


def _may_be_plugged_in(name: str, choice: Choice) -> bool:
    """Return whether a rule is one of another package, or may be one of a package that cannot be loaded."""
    from kpy.checking.choice import known_words
    from kpy.checking.plug_ins import with_plug_ins

    registry = choice.registry if choice.registry.has_plug_ins else with_plug_ins(choice.registry)
    return bool(registry.failures) or name in known_words(registry)


def _finding(member: Member, at: Path, rule: Rule, message: str, fix: str) -> Finding:
    diagnostic = Diagnostic(rule.name, rule.family, rule.severity, str(at), message, fix, title(member.tree))
    return Finding(diagnostic, member.number, member.at.steps + at.steps, (), member)
