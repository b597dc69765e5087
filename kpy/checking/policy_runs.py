"""Runs the policies that are selected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kpy.checking.check import Check
from kpy.checking.choice import Choice
from kpy.checking.internal import internal_error, policy_failed
from kpy.checking.object_set import Finding, Member, Objects, SetCheck, failure, topic_within
from kpy.checking.pod_security import Demand
from kpy.checking.policies import Policy, policies_of
from kpy.checking.visit import Place, Visitor
from kpy.diagnostics import Diagnostic
from kpy.objects import title
from kpy.paths import ROOT
from kpy.schema import Api, api
from kpy.schema.type_names import full_names

__all__ = ["blame", "check_policies", "not_run_on_documents", "selected"]

_METADATA: Final = "meta/v1 ObjectMeta"


def selected(choice: Choice) -> list[Policy]:
    """Return the policies that are selected."""
    return [policy for policy in policies_of(choice.registry) if choice.selects(policy.rule.name, policy.groups)]


def not_run_on_documents(choice: Choice) -> list[str]:
    """Return the names of the selected policies that only constructs can be judged by, which documents do not have."""
    if not choice.registry.added or not (choice.select or choice.mandatory):
        return []
    return sorted({policy.rule.name for policy in selected(choice) if policy.classes and not policy.on})


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
        if policy.is_on_all:
            together.rule = policy.rule
            try:
                policy.check(objects, together)
            except Exception as error:
                together.findings.append(failure(error, policy.rule, blame(policy)))
    yield from together.findings


def _check_demands(
    objects: Objects, demands: Mapping[int, Sequence[Demand]], policies: Sequence[Policy]
) -> Iterator[Finding]:
    """Yield the faults against the standards that objects shall meet, each once, by those of the policies.

    They are errors, since a server refuses the pods.
    """
    visitors: dict[tuple[str, str], Visitor[_OfType]] = {}
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


def blame(policy: Policy) -> Callable[..., Diagnostic]:
    """Return what says whose fault it is that a policy failed."""
    return internal_error if policy.check.__module__.startswith("kpy.") else policy_failed


class _OfType(NamedTuple):
    """The policies on one type of the API."""

    policies: list[Policy]
    type: str


def _by_type(policies: Iterable[Policy]) -> dict[str, _OfType]:
    """Return the policies by the full names of the types that they are on; custom kinds may be said without a group."""
    by_type: dict[str, _OfType] = {}
    for policy in policies:
        for word in policy.on:
            for name in full_names(word) or (word,):
                by_type.setdefault(name, _OfType([], name)).policies.append(policy)
    return by_type


def _places(member: Member, visitor: Visitor[_OfType]) -> list[Place]:
    """Return the values of an object that policies are on; of a custom resource, the object and its metadata."""
    tree: Any = member.tree
    if member.known is not None:
        return visitor.visit(tree, member.known.type)
    places = [*visitor.visit(tree, f"{tree.get('apiVersion', '')} {member.kind}"), *visitor.visit(tree, member.kind)]
    metadata = tree.get("metadata")
    return [*places, *visitor.visit(metadata, _METADATA, ROOT + "metadata")] if isinstance(metadata, dict) else places


def _check(member: Member, visitor: Visitor[_OfType], api: Api) -> Iterator[Finding]:
    places = _places(member, visitor)
    if not places:
        return
    check = Check(member.tree, api)
    for of_type, value, at in places:
        if not member.is_readable(*at.steps):
            continue
        for policy in of_type.policies:
            check.rule = policy.rule
            before = len(check.diagnostics)
            try:
                policy.check(policy.taken(value, of_type.type) if policy.models else value, at, check)
            except Exception as error:
                check.diagnostics[before:] = [blame(policy)(error, policy.rule, str(at))]
                check.paths[before:] = [at]
    about = title(member.tree)
    for diagnostic, path in zip(check.diagnostics, check.paths, strict=True):
        steps = member.at.steps + path.steps
        topic = topic_within(member, check.topic_of(diagnostic))
        yield Finding(diagnostic._replace(resource=about), member.number, steps, (), member, topic)
