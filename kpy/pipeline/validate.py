"""validate: all rules run, and everything found gets the user's line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from kpy.checking.choice import Choice
from kpy.checking.hiding import presentable
from kpy.checking.object_set import Finding
from kpy.checking.pod_security import Demand
from kpy.checking.setting import Setting
from kpy.diagnostics import Diagnostic, Related
from kpy.manifest import Resource
from kpy.model.model import ApiObject
from kpy.pipeline.draft import Draft
from kpy.pipeline.echoes import without_echoes
from kpy.pipeline.part_policies import find_on_parts
from kpy.pipeline.program_secrets import secrets_in_program
from kpy.pipeline.remarks import find_remarks, own_rules
from kpy.pipeline.unused import find_stray_claims, find_unused
from kpy.pipeline.wiring.security import level_of
from kpy.rules.programs import FORGOTTEN_ADD
from kpy.schema import api
from kpy.source import Location
from kpy.tree.part import Part, ancestors, describe
from kpy.tree.shared import waivers_of
from kpy.validation import Subject, check_all

__all__ = ["validate"]

_ADD_IT: Final = "`add` it to a chart; if it lives outside the app, write its name as text"


def validate(draft: Draft) -> None:
    """Check every resource and all of them together; what is found goes to the diagnostics of the manifest."""
    choice = draft.choice
    draft.manifest.diagnostics += choice.registry.failures
    found = check_all(_subjects(draft), api(draft.release), choice, _setting(draft, choice))
    lost = _with_lost_selections(draft)
    for finding in without_echoes(found, draft):
        if finding.number in lost and finding.diagnostic.rule.endswith("selects-no-pod"):
            continue  # since what it selects was never added, which is told
        draft.manifest.diagnostics.append(_placed(finding, draft))
    of_app = chain(
        _forgotten(draft),
        secrets_in_program(draft.manifest),
        find_unused(draft),
        find_stray_claims(draft),
        find_remarks(draft),
        find_on_parts(draft),
    )
    mask = draft.manifest.mask
    draft.manifest.diagnostics.extend(presentable(diagnostic, mask) for diagnostic in _counted(of_app, choice))


def _with_lost_selections(draft: Draft) -> set[int]:
    """Return the numbers of the resources that select a workload that nobody added."""
    return {
        number
        for number, resource in enumerate(draft.resources)
        if any(draft.of(target) is None for _, _, target in draft.links(resource).selections)
    }


def _subjects(draft: Draft) -> Iterator[Subject]:
    """Yield every resource, with what its construct says beside its tree."""
    own: frozenset[str] | None = None
    for number, resource in enumerate(draft.resources):
        written = resource.document.written if resource.document is not None else None
        waive = waivers_of(resource.construct, draft.shared)
        if waive:
            own = own_rules(draft) if own is None else own
            waive = {name: reason for name, reason in waive.items() if name not in own}
        yield Subject(
            resource.tree, number, written=written, waive=waive, demand=_demand(draft, resource), is_made=True
        )


def _counted(found: Iterable[Diagnostic], choice: Choice) -> Iterator[Diagnostic]:
    """Yield the diagnostics that count, as much as they count."""
    for diagnostic in found:
        severity = choice.severity_of(diagnostic.rule, diagnostic.family, diagnostic.severity)
        if severity is not None:
            yield diagnostic._replace(severity=severity)


def _setting(draft: Draft, choice: Choice) -> Setting:
    """Return what rules should know of an app: that it is one, and which objects were given for names."""
    numbers = {id(resource.construct): number for number, resource in enumerate(draft.resources)}
    given = {
        (id(node), key): numbers.get(id(target))
        for resource in draft.resources
        for node, key, target in draft.links(resource).targets
    }
    return Setting(is_app=True, external=choice.external, asks_for=choice.asks_for, given=given)


def _demand(draft: Draft, resource: Resource) -> Demand:
    """Return the Pod Security Standards that were said for an object and its containers."""
    level = level_of(resource, draft.shared)
    return Demand(level if isinstance(level, str) else "", draft.links(resource).levels)


def _placed(finding: Finding, draft: Draft) -> Diagnostic:
    """Return a finding with the user's lines and the way through the tree."""

    def where(number: int, steps: tuple[str | int, ...]) -> Any:
        return draft.where(draft.resources[number], steps)

    resource = draft.resources[finding.number]
    placed = finding.placed(where)._replace(resource=str(resource), made_in=_made_in(resource))
    if resource.changed_by:
        placed = placed._replace(changed_by=resource.changed_by)
    others = [draft.resources[number] for number, _ in finding.related]
    if others and placed.see_also[0].where == placed.where:
        placed = _told_apart(placed, resource, others[0])
    return placed


def _told_apart(found: Diagnostic, resource: Resource, other: Resource) -> Diagnostic:
    """Return a finding on two objects that one line made, at the nearest lines of their constructs that differ."""
    chains = [[step._where for step in ancestors(each.construct)] for each in (resource, other)]
    for where, other_where in zip(*chains, strict=False):
        if where != other_where:
            text = f"{found.see_also[0].text}, made in {' > '.join(_made_in(other))}"
            return found._replace(where=where, see_also=(Related(text, other_where), *found.see_also[1:]))
    return found


def _made_in(resource: Resource) -> tuple[str, ...]:
    construct = resource.construct
    if resource.document is not None and construct is not None:
        construct = construct.__dict__.get("_owner")  # since the file has the object itself
    if construct is None:
        return ()
    return tuple(reversed([describe(step) for step in ancestors(construct)][:-1]))


def _removed_with(target: Any) -> Part | ApiObject | None:
    """Return the part that was removed and an object with it: the object itself, or what it belongs to."""
    return next((step for step in ancestors(target) if "_removed" in step.__dict__), None)


def _why_not_there(removed: Part | ApiObject | None, target: Any) -> str:
    """Return why an object is not in the app, as the end of a sentence."""
    if removed is None:
        *_, outermost = ancestors(target)
        return "nobody added " + ("that" if outermost is target else describe(outermost))
    place = removed.__dict__["_removed"]
    what = "that" if removed is target else describe(removed)
    return f"{what} was removed" + (f" ({place})" if isinstance(place, Location) else "")


def _forgotten(draft: Draft) -> Iterator[Diagnostic]:
    """Yield every object that others refer to and nobody added."""
    there = {id(resource.construct) for resource in draft.resources}
    for resource in draft.resources:
        for node, key, target in draft.links(resource).targets:
            if id(target) in there:
                continue
            there.add(id(target))
            removed = _removed_with(target)
            why = _why_not_there(removed, target)
            yield Diagnostic(
                rule=FORGOTTEN_ADD.name,
                family=FORGOTTEN_ADD.family,
                severity="error",
                field="",
                message=f"{resource} refers to {describe(target)} as its `{key}`, and {why}",
                fix=_ADD_IT if removed is None else "refer to something else, or do not remove it",
                resource=str(resource),
                where=draft.links(resource).place_of(node) or resource.where,
                made_in=_made_in(resource),
                see_also=(Related("made here", getattr(target, "_where", None)),),
            )
