"""The loop over the passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kpy.errors import EmitError, SynthError
from kpy.manifest import Manifest
from kpy.output.emit import to_yaml
from kpy.pipeline.lower import lower, start
from kpy.pipeline.order import order
from kpy.pipeline.validate import validate
from kpy.pipeline.wire import wire
from kpy.schema import api
from kpy.source import unplaced

if TYPE_CHECKING:
    from kpy.checking.choice import Choice
    from kpy.tree.app import App

__all__ = ["PASSES", "Observer", "emit", "run"]


def emit(manifest: Manifest) -> None:
    """Write every resource as a YAML document."""
    known = api(manifest.release)
    for resource in manifest.resources:
        try:
            resource.text = to_yaml((resource.tree,), schema=known)
        except EmitError as error:
            raise EmitError(f"{resource.where}: {error}" if resource.where else str(error)) from None


Pass = Callable[[Manifest], None]
#: Called after each pass with its name, for `--print-after` and `--time-passes`.
Observer = Callable[[str, Manifest], None]

PASSES: tuple[Pass, ...] = (lower, wire, validate, order, emit)


def run(
    app: App, *, release: str | None = None, choice: Choice | None = None, observe: Observer | None = None
) -> Manifest:
    """Return the manifest of an app, checked, in order, with the YAML of every resource.

    `choice` says which rules count. Raises `SynthError` with everything that was found when there are errors.
    """
    manifest = start(app, release)
    manifest.choice = choice
    for step in PASSES:
        with unplaced():
            step(manifest)
        if observe is not None:
            observe(step.__name__, manifest)
        if step is validate and not manifest.report.ok:
            raise SynthError(manifest.report)
    return manifest
