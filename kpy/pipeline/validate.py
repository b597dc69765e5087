"""validate: all rules run, and everything found gets the user's line."""

from __future__ import annotations

from typing import Any

from kpy.diagnostics import Diagnostic, Related
from kpy.manifest import Manifest, Resource
from kpy.pipeline.program_secrets import secrets_in_program
from kpy.pipeline.unused import find_unused
from kpy.rules.walk import check_document
from kpy.schema import api
from kpy.tree.part import ancestors, describe

__all__ = ["validate"]


def validate(manifest: Manifest) -> None:
    """Check every resource and all of them together; what is found goes to `manifest.diagnostics`."""
    known = api(manifest.release)
    for resource in manifest.resources:
        written = resource.document.written if resource.document is not None else None
        check = check_document(resource.tree, known, written=written, text_keys=True)
        for found, path in zip(check.diagnostics, check.paths, strict=True):
            manifest.diagnostics.append(_placed(found, resource, path.steps))
    manifest.diagnostics.extend(_duplicates(manifest))
    manifest.diagnostics.extend(_forgotten(manifest))
    manifest.diagnostics.extend(secrets_in_program(manifest))
    manifest.diagnostics.extend(find_unused(manifest))


def _placed(found: Diagnostic, resource: Resource, steps: tuple[str | int, ...]) -> Diagnostic:
    """Return a finding with the user's line and the way through the tree."""
    return found._replace(resource=str(resource), where=resource.where_of(steps), made_in=_made_in(resource))


def _made_in(resource: Resource) -> tuple[str, ...]:
    construct = resource.construct
    if construct is None:
        return ()
    return tuple(reversed([describe(step) for step in ancestors(construct)][:-1]))


def _duplicates(manifest: Manifest) -> list[Diagnostic]:
    """Report every object that has the identity of an earlier one."""
    seen: dict[Any, Resource] = {}
    found = []
    for resource in manifest.resources:
        if not resource.name:
            continue
        first = seen.setdefault(resource.identity, resource)
        if first is not resource:
            found.append(
                Diagnostic(
                    rule="duplicate-object",
                    family="reference",
                    severity="error",
                    field="metadata.name",
                    message=f"{resource} is declared twice; a cluster keeps one object of a kind, namespace and name",
                    fix="give one of them another name or namespace",
                    resource=str(resource),
                    where=resource.where,
                    made_in=_made_in(resource),
                    see_also=(Related(f"first declared as {first}", first.where),),
                )
            )
    return found


def _forgotten(manifest: Manifest) -> list[Diagnostic]:
    """Report every object that others refer to and nobody added."""
    there = {id(resource.construct) for resource in manifest.resources}
    found = []
    for resource in manifest.resources:
        for node, key, target in (*resource.references, *resource.selections):
            if id(target) in there:
                continue
            there.add(id(target))
            where = resource.places[id(node)][1] if id(node) in resource.places else resource.where
            found.append(
                Diagnostic(
                    rule="forgotten-add",
                    family="reference",
                    severity="error",
                    field="",
                    message=f"{resource} refers to {describe(target)} as its `{key}`, and nobody added that",
                    fix="`add` it to a chart; if it lives outside the app, write its name as text",
                    resource=str(resource),
                    where=where,
                    made_in=_made_in(resource),
                    see_also=(Related("made here", target._where),),
                )
            )
    return found
