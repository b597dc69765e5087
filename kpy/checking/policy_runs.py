"""Runs the policies that are selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from kpy.checking.check import Check
from kpy.checking.choice import Choice
from kpy.checking.internal import internal_error, policy_failed
from kpy.checking.object_set import Finding, Member, Objects, SetCheck, failure, topic_within
from kpy.checking.pod_security import Demand
from kpy.checking.policies import Policy, policies_of
from kpy.checking.visit import Visitor
from kpy.diagnostics import Diagnostic
from kpy.objects import title
from kpy.schema import Api, api
from kpy.schema.type_names import full_names

__all__ = ["check_policies", "selected"]


def selected(choice: Choice) -> list[Policy]:
    """Return the policies that are selected."""
    return [policy for policy in policies_of(choice.registry) if choice.selects(policy.rule.name, policy.groups)]


def check_policies(objects: Objects, choice: Choice, demands: Mapping[int, Sequence[Demand]]) -> Iterator[Finding]:
    """Yield what policies find; `demands` has the standards that objects shall meet, by their identity."""
    chosen = selected(choice) if choice.select or choice.mandatory else []
    demanded: set[tuple[object, ...]] = set()
    if demands:
        for finding in _check_demands(objects, demands, policies_of(choice.registry)):
            demanded.add(_identity(finding))
            yield finding
    if not chosen:
        return
    visitor = Visitor(objects.api, _by_type(chosen).get)
    for member in objects:
        yield from (each for each in _check(member, visitor, objects.api) if _identity(each) not in demanded)
    together = SetCheck()
    for policy in chosen:
        if not policy.on:
            together.rule = policy.rule
            try:
                policy.check(objects, together)
            except Exception as error:
                together.findings.append(failure(error, policy.rule, _blame(policy)))
    yield from together.findings


def _check_demands(
    objects: Objects, demands: Mapping[int, Sequence[Demand]], policies: Sequence[Policy]
) -> Iterator[Finding]:
    """Yield the faults against the standards that objects shall meet, each once, by those of the policies.

    They are errors, since a server refuses the pods.
    """
    visitors: dict[tuple[str, str], Visitor[list[Policy]]] = {}
    for member in objects:
        seen: set[tuple[object, ...]] = set()
        for demand in demands.get(id(member), ()):
            known = api(demand.release or objects.api.release)
            for level in demand.levels:
                visitor = visitors.get((level, known.release))
                if visitor is None:
                    visitor = visitors[level, known.release] = Visitor(known, _by_type(_standard(level, policies)).get)
                for finding in _check(member, visitor, known):
                    key = (finding.diagnostic.rule, finding.steps)
                    steps = finding.steps[len(member.at.steps) :]
                    if key not in seen and demand.level_at(member.written, steps) == level:
                        seen.add(key)
                        yield finding._replace(diagnostic=finding.diagnostic._replace(severity="error"))


def _identity(finding: Finding) -> tuple[object, ...]:
    return finding.diagnostic.rule, finding.number, finding.steps


def _standard(level: str, policies: Iterable[Policy]) -> list[Policy]:
    """Return the policies of a standard."""
    return [policy for policy in policies if f"pod-security-{level}" in policy.groups]


def _blame(policy: Policy) -> Callable[..., Diagnostic]:
    """Return what says whose fault it is that a policy failed."""
    return internal_error if policy.check.__module__.startswith("kpy.") else policy_failed


def _by_type(policies: Iterable[Policy]) -> dict[str, list[Policy]]:
    """Return the policies by the full names of the types that they are on."""
    by_type: dict[str, list[Policy]] = {}
    for policy in policies:
        for word in policy.on:
            for name in full_names(word):
                by_type.setdefault(name, []).append(policy)
    return by_type


def _check(member: Member, visitor: Visitor[list[Policy]], api: Api) -> Iterator[Finding]:
    if member.known is None:
        return
    tree: Any = member.tree
    places = visitor.visit(tree, member.known.type)
    if not places:
        return
    check = Check(tree, api)
    for policies, value, at in places:
        if not member.is_readable(*at.steps):
            continue
        for policy in policies:
            check.rule = policy.rule
            before = len(check.diagnostics)
            try:
                policy.check(value, at, check)
            except Exception as error:
                check.diagnostics[before:] = [_blame(policy)(error, policy.rule, str(at))]
                check.paths[before:] = [at]
    about = title(member.tree)
    for diagnostic, path in zip(check.diagnostics, check.paths, strict=True):
        steps = member.at.steps + path.steps
        topic = topic_within(member, check.topic_of(diagnostic))
        yield Finding(diagnostic._replace(resource=about), member.number, steps, (), member, topic)
