"""validate: all rules run, and everything found gets the user's line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from kpy.checking.choice import Choice
from kpy.checking.hiding import presentable
from kpy.checking.object_set import Finding
from kpy.checking.pod_security import Demand
from kpy.checking.setting import Setting
from kpy.diagnostics import Diagnostic, Related
from kpy.manifest import Resource
from kpy.pipeline.draft import Draft
from kpy.pipeline.echoes import without_echoes
from kpy.pipeline.forgotten import find_forgotten, made_in
from kpy.pipeline.part_policies import find_on_parts
from kpy.pipeline.program_secrets import secrets_in_program
from kpy.pipeline.remarks import find_remarks, own_rules
from kpy.pipeline.unused import find_stray_claims, find_unused
from kpy.pipeline.wiring.security import level_of
from kpy.redaction.encrypted import is_signed
from kpy.schema import api
from kpy.tree.part import ancestors
from kpy.tree.shared import waivers_of
from kpy.validation import Subject, check_all

__all__ = ["validate"]


def validate(draft: Draft) -> None:
    """Check every resource and all of them together; what is found goes to the diagnostics of the manifest."""
    choice = draft.choice
    draft.manifest.diagnostics += choice.registry.failures
    found = check_all(_subjects(draft), api(draft.release), choice, _setting(draft, choice))
    lost = _with_lost_selections(draft)
    for finding in without_echoes(found, draft):
        if finding.number in lost and finding.diagnostic.rule.endswith("selects-no-pod"):
            continue  # since what it selects was never added, which is told
        if not _is_of_ciphers(draft.resources[finding.number], finding.steps):
            draft.manifest.diagnostics.append(_placed(finding, draft))
    of_app = chain(
        find_forgotten(draft),
        secrets_in_program(draft.manifest),
        find_unused(draft),
        find_stray_claims(draft),
        find_remarks(draft),
        _find_encrypted(draft),
        find_on_parts(draft),
    )
    mask = draft.manifest.mask
    draft.manifest.diagnostics.extend(presentable(diagnostic, mask) for diagnostic in _counted(of_app, choice))


def _with_lost_selections(draft: Draft) -> set[int]:
    """Return the numbers of the resources that select a workload that nobody added."""
    return {
        number
        for number, resource in enumerate(draft.resources)
        if any(draft.seen(target) is None for _, _, target in draft.links(resource).selections)
    }


def _subjects(draft: Draft) -> Iterator[Subject]:
    """Yield every resource, with what its construct says beside its tree."""
    for number, resource in enumerate(draft.outside.values(), len(draft.resources)):
        yield Subject(resource.tree, number, is_made=True, is_outside=True)
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


def _is_encrypted(resource: Resource) -> bool:
    return resource.is_raw and is_signed(resource.tree)


def _is_of_ciphers(resource: Resource, steps: tuple[str | int, ...]) -> bool:
    """Return whether nobody can judge a place of an object, since it is encrypted."""
    if not _is_encrypted(resource):
        return False
    from kpy.pipeline.encrypted import is_of_ciphers

    return is_of_ciphers(resource, steps)


def _find_encrypted(draft: Draft) -> Iterable[Diagnostic]:
    if not any(map(_is_encrypted, draft.resources)):
        return ()
    from kpy.pipeline.encrypted import find_encrypted

    return find_encrypted(draft)


def _counted(found: Iterable[Diagnostic], choice: Choice) -> Iterator[Diagnostic]:
    """Yield the diagnostics that count, as much as they count."""
    for diagnostic in found:
        severity = choice.severity_of(diagnostic.rule, diagnostic.family, diagnostic.severity)
        if severity is not None:
            yield diagnostic._replace(severity=severity)


def _setting(draft: Draft, choice: Choice) -> Setting:
    """Return what rules should know of an app: that it is one, and which objects were given for names."""
    numbers = {id(resource.construct): number for number, resource in enumerate(_all(draft))}
    given = {
        (id(node), key): numbers.get(id(target))
        for resource in draft.resources
        for node, key, target in draft.links(resource).targets
    }
    return Setting(is_app=True, external=choice.external, asks_for=choice.asks_for, given=given)


def _all(draft: Draft) -> list[Resource]:
    """Return the resources of an app, and then those of other apps that it uses, as findings number them."""
    return [*draft.resources, *draft.outside.values()]


def _demand(draft: Draft, resource: Resource) -> Demand:
    """Return the Pod Security Standards that were said for an object and its containers."""
    level = level_of(resource, draft.shared)
    return Demand(level if isinstance(level, str) else "", draft.links(resource).levels)


def _placed(finding: Finding, draft: Draft) -> Diagnostic:
    """Return a finding with the user's lines and the way through the tree."""
    resources = draft.resources if not draft.outside else _all(draft)

    def where(number: int, steps: tuple[str | int, ...]) -> Any:
        return draft.where(resources[number], steps)

    resource = draft.resources[finding.number]
    placed = finding.placed(where)._replace(resource=str(resource), made_in=made_in(resource))
    placed = placed._replace(changed_by=_changed_by(resource, finding.steps, draft))
    others = [resources[number] for number, _ in finding.related]
    if others and placed.see_also[0].where == placed.where:
        placed = _told_apart(placed, resource, others[0])
    return placed


def _changed_by(resource: Resource, steps: Sequence[str | int], draft: Draft) -> tuple[str, ...]:
    """Return the transforms and defaults that set a field; of an object as a whole, all transforms that changed it."""
    links = draft.links(resource)
    filled = links.filled.at(resource.tree, steps)
    if not resource.changed_by:
        return tuple(filled)
    changes = links.changes
    here = {*changes.at(resource.tree, steps), *changes.within(resource.tree, steps)}
    asked = [title for title in resource.changed_by if not steps or title in here or title not in changes.titles]
    return (*filled, *asked)


def _told_apart(found: Diagnostic, resource: Resource, other: Resource) -> Diagnostic:
    """Return a finding on two objects that one line made, at the nearest lines of their constructs that differ."""
    chains = [[step._where for step in ancestors(each.construct)] for each in (resource, other)]
    for where, other_where in zip(*chains, strict=False):
        if where != other_where:
            text = f"{found.see_also[0].text}, made in {' > '.join(made_in(other))}"
            return found._replace(where=where, see_also=(Related(text, other_where), *found.see_also[1:]))
    return found
