"""Parts that were made and never added: what nothing refers to would otherwise be lost without a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kpy.diagnostics import Diagnostic, Related, Severity
from kpy.pipeline.draft import Draft
from kpy.rules.programs import EMPTY_APP, NEVER_ADDED, STRAY_CLAIM
from kpy.tree.part import Part, describe

__all__ = ["find_stray_claims", "find_unused"]

_ADD: Final = (
    "add a chart with objects, `app.add(chart)`; if it is meant to be empty, "
    'write `empty-app = "warning"` under [tool.kpy.severities]'
)


def find_unused(draft: Draft) -> Iterator[Diagnostic]:
    """Yield a finding for each part that was made while the app was loaded and added nowhere, and for an empty app.

    A chart is a whole part of what is deployed: a command that went on without it would write too little.
    """
    app = draft.app
    named = {id(target) for resource in draft.resources for _, _, target in draft.links(resource).targets}
    made: list[Part] | None = app.__dict__.get("_made_beside")
    unused = [part for part in made or () if _is_unused(part) and id(part) not in named]
    charts = {id(part) for part in unused if part._level == "chart"}
    for part in unused:
        yield Diagnostic(
            rule=NEVER_ADDED.name,
            family=NEVER_ADDED.family,
            severity="error" if id(part) in charts else "warning",
            field="",
            message=f"{describe(part)} was made and never added, so it is not in the output",
            fix=f"`{'app' if id(part) in charts else 'chart'}.add(...)` it, or do not make it",
            where=part._where,
        )
    if not draft.resources and not charts and draft.manifest.report.ok:
        message = f"{describe(app)} has no objects, so there is nothing to write"
        severity: Severity = "warning" if made is None else "error"
        yield Diagnostic(EMPTY_APP.name, EMPTY_APP.family, severity, "", message, _ADD, where=app._where)


def find_stray_claims(draft: Draft) -> Iterator[Diagnostic]:
    """Yield a warning for each claim that is a template of a StatefulSet, and was added beside it for nobody."""
    added = {id(resource.construct): resource for resource in draft.resources}
    named = {id(target) for resource in draft.resources for _, _, target in draft.links(resource).targets}
    for owner in draft.resources:
        if owner.kind != "StatefulSet":
            continue
        for template in getattr(owner.construct, "volume_claim_templates", None) or ():
            claim = getattr(template, "claim", None)
            resource = added.get(id(claim)) if claim is not None and id(claim) not in named else None
            if resource is not None:
                yield Diagnostic(
                    rule=STRAY_CLAIM.name,
                    family=STRAY_CLAIM.family,
                    severity=STRAY_CLAIM.severity,
                    field="",
                    message=f"{resource} is a template of {owner} too, so that no pod mounts it",
                    fix="do not add it: a StatefulSet makes the claims of its templates itself",
                    resource=str(resource),
                    where=resource.where,
                    see_also=(Related("a template here", owner.where),),
                )


def _is_unused(part: Part) -> bool:
    state = part.__dict__
    is_used = (
        state["_owner"] is not None or "_removed" in state or state.get("_is_lowered") or state.get("_is_existing")
    )
    return not is_used and part._level != "app"
