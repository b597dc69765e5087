"""Parts that were made and never added: what nothing refers to would otherwise be lost without a word."""

from __future__ import annotations

from kpy.diagnostics import Diagnostic
from kpy.pipeline.draft import Draft
from kpy.rules.programs import EMPTY_APP, NEVER_ADDED
from kpy.tree.part import Part, describe

__all__ = ["find_unused"]


def find_unused(draft: Draft) -> list[Diagnostic]:
    """Return a warning for each part that was made while the app was loaded and added nowhere, and for an empty app."""
    app = draft.app
    named = {id(target) for resource in draft.resources for _, _, target in draft.links(resource).targets}
    made: list[Part] = app.__dict__.get("_made_beside", [])
    unused = [part for part in made if _is_unused(part) and id(part) not in named]
    found = [
        Diagnostic(
            rule=NEVER_ADDED.name,
            family=NEVER_ADDED.family,
            severity=NEVER_ADDED.severity,
            field="",
            message=f"{describe(part)} was made and never added, so it is not in the output",
            fix=f"`{'app' if part._level == 'chart' else 'chart'}.add(...)` it, or do not make it",
            where=part._where,
        )
        for part in unused
    ]
    if not draft.resources:
        message = f"{describe(app)} has no objects, so there is nothing to write"
        found.append(Diagnostic(EMPTY_APP.name, EMPTY_APP.family, EMPTY_APP.severity, "", message, where=app._where))
    return found


def _is_unused(part: Part) -> bool:
    state = part.__dict__
    is_used = state["_owner"] is not None or state.get("_is_lowered") or state.get("_is_existing")
    return not is_used and part._level != "app"
