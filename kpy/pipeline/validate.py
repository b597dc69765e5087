"""validate: all rules run, and everything found gets the user's line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from kpy.checking.choice import Choice
from kpy.checking.levels import Demand
from kpy.checking.waivers import settle
from kpy.checking.walk import check_document
from kpy.checking.whole import Finding, Member, Objects, Setting
from kpy.diagnostics import Diagnostic, Related
from kpy.manifest import Manifest, Resource
from kpy.pipeline.program_secrets import secrets_in_program
from kpy.pipeline.unused import find_unused
from kpy.pipeline.wiring.security import level_of
from kpy.rules.programs import FORGOTTEN_ADD
from kpy.schema import api
from kpy.tree.part import ancestors, describe
from kpy.validation import check_together, found_in

__all__ = ["validate"]


def validate(manifest: Manifest) -> None:
    """Check every resource and all of them together; what is found goes to `manifest.diagnostics`."""
    known = api(manifest.release)
    choice = manifest.choice or Choice()
    findings: list[Finding] = []
    sound: list[Member] = []
    faulty: list[Member] = []
    for number, resource in enumerate(manifest.resources):
        written = resource.document.written if resource.document is not None else None
        check = check_document(resource.tree, known, registry=choice.registry, written=written, text_keys=True)
        member = Member(check.root, number, known=resource.kind_data)
        member.waive = getattr(resource.construct, "waive", None) or {}
        findings += found_in(check, member)
        wrong = any(found.severity == "error" for found in check.diagnostics)
        (faulty if wrong else sound).append(member)
    objects = Objects(sound, known, faulty, _setting(manifest, choice))
    demands = {id(member): demand for member in sound if (demand := _demand(manifest, member)).levels}
    findings += check_together(objects, choice, demands)
    for finding in settle(findings, (*sound, *faulty), choice):
        manifest.diagnostics.append(_placed(finding, manifest))
    of_app = chain(_forgotten(manifest), secrets_in_program(manifest), find_unused(manifest))
    manifest.diagnostics.extend(_counted(of_app, choice))


def _counted(found: Iterable[Diagnostic], choice: Choice) -> Iterator[Diagnostic]:
    """Yield the diagnostics that count, as much as they count."""
    for diagnostic in found:
        severity = choice.severity_of(diagnostic.rule, diagnostic.family, diagnostic.severity)
        if severity is not None:
            yield diagnostic._replace(severity=severity)


def _setting(manifest: Manifest, choice: Choice) -> Setting:
    """Return what rules should know of an app: that it is one, and which objects were given for names."""
    trees = {id(resource.construct): resource.tree for resource in manifest.resources}
    meant = {
        (id(node), key): tree
        for resource in manifest.resources
        for node, key, target in (*resource.references, *resource.selections)
        if (tree := trees.get(id(target))) is not None
    }
    return Setting(is_app=True, external=choice.external, meant=meant)


def _demand(manifest: Manifest, member: Member) -> Demand:
    """Return the Pod Security Standards that were said for an object and its containers."""
    resource = manifest.resources[member.number]
    level = None if resource.is_raw else level_of(manifest, resource)
    return Demand(level if isinstance(level, str) else "", resource.secured)


def _placed(finding: Finding, manifest: Manifest) -> Diagnostic:
    """Return a finding with the user's lines and the way through the tree."""

    def where(number: int, steps: tuple[str | int, ...]) -> Any:
        return manifest.resources[number].where_of(steps)

    resource = manifest.resources[finding.number]
    placed = finding.placed(where)._replace(resource=str(resource), made_in=_made_in(resource))
    others = [manifest.resources[number] for number, _ in finding.related]
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
    if construct is None:
        return ()
    return tuple(reversed([describe(step) for step in ancestors(construct)][:-1]))


def _forgotten(manifest: Manifest) -> Iterator[Diagnostic]:
    """Yield every object that others refer to and nobody added."""
    there = {id(resource.construct) for resource in manifest.resources}
    for resource in manifest.resources:
        for node, key, target in (*resource.references, *resource.selections):
            if id(target) in there:
                continue
            there.add(id(target))
            yield Diagnostic(
                rule=FORGOTTEN_ADD.name,
                family=FORGOTTEN_ADD.family,
                severity="error",
                field="",
                message=f"{resource} refers to {describe(target)} as its `{key}`, and nobody added that",
                fix="`add` it to a chart; if it lives outside the app, write its name as text",
                resource=str(resource),
                where=resource.places[id(node)][1] if id(node) in resource.places else resource.where,
                made_in=_made_in(resource),
                see_also=(Related("made here", target._where),),
            )
