"""The loop over the passes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from kpy.constructs.brought import RELEASE
from kpy.errors import EmitError, KpyError, SynthError
from kpy.manifest import Manifest
from kpy.model.wrong_values import wrong_field
from kpy.output.emit import to_yaml
from kpy.pipeline.draft import Draft
from kpy.pipeline.lower import lower, start
from kpy.pipeline.order import order
from kpy.pipeline.passes import Pass
from kpy.pipeline.transform import transform
from kpy.pipeline.validate import validate
from kpy.pipeline.wire import wire
from kpy.schema import api
from kpy.source import unplaced

if TYPE_CHECKING:
    from kpy.checking.choice import Choice
    from kpy.tree.app import App

__all__ = ["PASSES", "Observer", "emit", "run"]


def emit(draft: Draft) -> None:
    """Write every resource as a YAML document."""
    schema = api(draft.release)
    for resource in draft.resources:
        if resource.text:
            continue  # since it is encrypted, and must stay as it was read
        try:
            resource.text = to_yaml((resource.tree,), schema=schema)
        except EmitError as error:
            raise EmitError.at(resource.where, str(error)) from None


#: Called after each pass with its name, for `--print-after` and `--time-passes`.
Observer = Callable[[str, Manifest], None]

PASSES: tuple[Pass, ...] = (
    Pass("transform", transform),
    Pass("lower", lower, leaves=("lowered",)),
    Pass("wire", wire, needs=("lowered",), leaves=("wired",), keeps=("order",)),
    Pass("validate", validate, needs=("wired",), leaves=("wired",), keeps=("trees", "order")),
    Pass("order", order, needs=("wired",), leaves=("ordered",), keeps=("trees",)),
    Pass("emit", emit, needs=("ordered",), leaves=("written",), keeps=("trees", "order")),
)


def run(
    app: App, *, release: str | None = None, choice: Choice | None = None, observe: Observer | None = None
) -> Manifest:
    """Return the manifest of an app, checked, in order, with the YAML of every resource.

    `choice` says which rules count. Raises `SynthError` with everything that was found when there are errors. A pass
    that fails because of a field that holds what it does not take raises the error that names the field.
    """
    draft = start(app, release, choice)
    token = RELEASE.set(draft.release)
    try:
        _run(draft, observe)
    finally:
        RELEASE.reset(token)
        draft.restore()
    return draft.manifest


def _run(draft: Draft, observe: Observer | None) -> None:
    manifest = draft.manifest
    apply = _apply_checked if os.environ.get("KPY_CHECK_PASSES") else _apply
    for step in PASSES:
        try:
            with unplaced():
                apply(step, draft)
        except KpyError:
            raise
        except Exception as error:
            wrong = wrong_field(draft.app)
            if wrong is None:
                raise
            raise wrong from error
        if observe is not None:
            observe(step.name, manifest)
        if step.name == "validate" and any(found.severity == "error" for found in manifest.diagnostics):
            raise SynthError(manifest.report)


def _apply(step: Pass, draft: Draft) -> None:
    step.run(draft)


def _apply_checked(step: Pass, draft: Draft) -> None:
    """Apply a pass and hold it to its contract."""
    from kpy.pipeline import contracts

    contracts.check_needs(step, draft)
    before = contracts.kept(draft)
    step.run(draft)
    contracts.check_kept(step, before, draft)
    contracts.check_leaves(step, draft)
