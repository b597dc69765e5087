"""Objects that others refer to and that are not in the app: never added, removed again, or of another app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from kpy.diagnostics import Diagnostic, Related
from kpy.manifest import Resource
from kpy.model.model import ApiObject
from kpy.pipeline.draft import Draft
from kpy.rules.programs import FORGOTTEN_ADD, OBJECT_OF_ANOTHER_APP
from kpy.source import Location
from kpy.tree.part import Part, ancestors, app_of, describe, is_other_app, way_to
from kpy.tree.shared import OutsideApp, after_of

__all__ = ["find_forgotten", "made_in"]

_ADD_IT: Final = "`add` it to a chart; if it lives outside the app, write its name as text"


def find_forgotten(draft: Draft) -> Iterator[Diagnostic]:
    """Yield every object that others refer to and nobody added, and those of other apps that nobody looks at."""
    there = {id(resource.construct) for resource in draft.resources}
    required: set[int] = set()
    for resource in draft.resources:
        for node, key, target in draft.links(resource).targets:
            if id(target) not in there and id(target) not in draft.outside:
                there.add(id(target))
                found = _of_another_app(resource, target, key, draft) or _forgotten(resource, target, key)
                where = draft.links(resource).place_of(node) or resource.where
                yield _about(found, resource, target)._replace(where=where)
        for target in after_of(resource.construct, draft.shared) if resource.construct is not None else ():
            if isinstance(target, OutsideApp):
                if id(target) not in required:
                    required.add(id(target))
                    target.require()
                continue
            app = app_of(target)
            if app is not None and app is not draft.app and not is_other_app(app):
                yield _about(_after_another_app(resource, target, app), resource, target)


def made_in(resource: Resource) -> tuple[str, ...]:
    """Return the way to what made a resource; to its owner, where a file has the object itself."""
    construct = resource.construct
    if resource.document is not None and construct is not None:
        construct = construct.__dict__.get("_owner")
    return way_to(construct)


def _about(found: Diagnostic, resource: Resource, target: object) -> Diagnostic:
    return found._replace(
        resource=str(resource),
        where=resource.where,
        made_in=made_in(resource),
        see_also=(Related("made here", getattr(target, "_where", None)),),
    )


def _forgotten(resource: Resource, target: Any, key: object) -> Diagnostic:
    removed = _removed_with(target)
    message = f"{resource} refers to {describe(target)} as its `{key}`, and {_why_not_there(removed, target)}"
    fix = _ADD_IT if removed is None else "refer to something else, or do not remove it"
    return Diagnostic(FORGOTTEN_ADD.name, FORGOTTEN_ADD.family, "error", "", message, fix)


def _of_another_app(resource: Resource, target: Any, key: object, draft: Draft) -> Diagnostic | None:
    app = app_of(target)
    if app is None or app is draft.app:
        return None
    rule = OBJECT_OF_ANOTHER_APP
    message = f"{resource} refers to {describe(target)} as its `{key}`, which belongs to another app, {describe(app)}"
    kind = type(target).__name__
    fix = (
        f'ask that app for it: `OtherApp("{app.name}", from_="...").find({kind}, "{target.name}")`; '
        "`from_` is its file or module, such as `shop/app.py:app`"
    )
    return Diagnostic(rule.name, rule.family, "error", "", message, fix)


def _after_another_app(resource: Resource, target: Any, app: Part) -> Diagnostic:
    rule = OBJECT_OF_ANOTHER_APP
    message = f"{resource} comes after {describe(target)}, which belongs to another app, {describe(app)}"
    fix = f'say that it comes after the app: `after=[OtherApp("{app.name}", from_="...")]`'
    return Diagnostic(rule.name, rule.family, "error", "", message, fix)


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
