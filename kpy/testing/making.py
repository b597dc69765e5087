"""From whatever a test has at hand to a manifest, or to what kpy says about it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Union

from kpy.diagnostics import Report
from kpy.errors import SynthError, UsageError
from kpy.manifest import Manifest

if TYPE_CHECKING:
    from kpy.model.model import ApiObject
    from kpy.tree.app import App
    from kpy.tree.part import Part

__all__ = ["Document", "Documents", "Target", "manifest_of", "report_of"]

#: An app, chart, construct or object of the API; a function that returns one; or a file with an app.
Target = Union["Part", "ApiObject", Callable[[], "Part | ApiObject"], str, Path]
Document = Mapping[str, object]
Documents = Iterable[Document]


def manifest_of(target: Target, *, kubernetes: str | None = None, folder: str = "") -> Manifest:
    """Return the manifest of an app, a chart, a construct, a function that makes one, or a file (`shop.py:app`).

    A chart is put in an app of its name, and a construct in a chart of its name, when they have no owner yet.
    `kubernetes` is the release to check against; unsaid, the app's own. A relative file is looked for in the folder,
    which is the current one unless it is said. Raises `SynthError` when there are errors.
    """
    from kpy.pipeline import run

    return run(_app_of(target, folder), release=kubernetes)


def report_of(target: Target | Manifest | Document | Documents, *, kubernetes: str | None = None) -> Report:
    """Return all that kpy says about a target, a manifest or plain documents; errors are in it, never raised."""
    from kpy.validation import validate

    if isinstance(target, Manifest):
        documents: Documents = target.to_dicts()
        return target.report if kubernetes is None else validate(documents, kubernetes=kubernetes)
    if isinstance(target, Mapping):
        return validate([target], kubernetes=kubernetes)  # pyright: ignore[reportArgumentType]  # an Iterable is none
    if isinstance(target, Iterable) and not isinstance(target, str):
        return validate(target, kubernetes=kubernetes)
    try:
        return manifest_of(target, kubernetes=kubernetes).report
    except SynthError as error:
        return error.report


def _app_of(target: Target, folder: str) -> App:
    from kpy.model.model import ApiObject
    from kpy.tree.app import App
    from kpy.tree.chart import Chart
    from kpy.tree.part import Part, ancestors

    if isinstance(target, str | os.PathLike):
        from kpy.loading import load_app

        return load_app(os.fspath(target), folder=folder)
    if callable(target) and not isinstance(target, Part | ApiObject):
        target = target()
    if not isinstance(target, Part | ApiObject):
        raise UsageError(f"{target!r} is no app, chart or construct, and nothing that makes one")
    *_, top = ancestors(target)
    if isinstance(top, App):
        return top
    if not isinstance(top, Chart):
        chart = Chart(top.name or "test")
        chart.add(top)
        top = chart
    app = App(top.name)
    app.add(top)
    return app
