"""Objects of other apps that an app uses: looked at like its own, and never written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from kpy.errors import KpyError
from kpy.pipeline.draft import Draft
from kpy.pipeline.lower import lower, start
from kpy.pipeline.transform import transform
from kpy.tree.part import app_of, describe, is_other_app

if TYPE_CHECKING:
    from kpy.pipeline.passes import Run
    from kpy.tree.app import App

__all__ = ["borrow"]

_KEPT = "_as_others_see_it"


def borrow(draft: Draft, wire: Run) -> None:
    """Find the objects of other apps that are named here, and what these need: the pods behind a Service."""
    links = draft.links
    for resource in draft.resources:
        _follow([target for _, _, target in links(resource).targets], draft, wire)


def _follow(targets: Iterable[Any], draft: Draft, wire: Run) -> None:
    left = [target for target in targets if draft.seen(target) is None]
    while left:
        target = left.pop()
        app = app_of(target)
        if app is None or app is draft.app or not is_other_app(app) or draft.seen(target) is not None:
            continue
        other = _as_others_see(cast("App", app), draft.release, wire)
        resource = other.of(target)
        if resource is not None:
            draft.borrow(resource, other.links(resource))
            left += [inner for _, _, inner in other.links(resource).targets]


def _as_others_see(app: App, release: str, wire: Run) -> Draft:
    """Return another app with its objects as they will be, once for each release; what is wrong there is not judged."""
    release = app.kubernetes or release
    kept: dict[str, Draft] = app.__dict__.setdefault(_KEPT, {})
    if release not in kept:
        other = start(app, release)
        try:
            for step in (transform, lower, wire):
                step(other)
        except KpyError as error:
            error.add_note(f"in {describe(app)}, of which objects are used here")
            raise
        finally:
            other.restore()
        kept[release] = other
    return kept[release]
