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
    from kpy.project import Project
    from kpy.tree.app import App
    from kpy.tree.part import Part

__all__ = ["Document", "Documents", "Target", "manifest_of", "report_of"]

#: An app, chart, construct or object of the API; a function that returns one; or a file with an app.
Target = Union["Part", "ApiObject", Callable[[], "Part | ApiObject"], str, Path]
Document = Mapping[str, object]
Documents = Iterable[Document]


def manifest_of(
    target: Target, *, kubernetes: str | None = None, folder: str = "", environment: str | None = None
) -> Manifest:
    """Return the manifest of an app, a chart, a construct, a function that makes one, or a file (`shop.py:app`).

    A chart is put in an app of its name, and a construct in a chart of its name, when they have no owner yet.
    `kubernetes` is the release to check against; if it is not given, the app's own, else that of the project, whose
    settings count as they do for every command. A relative file is looked for in the folder, which is the current one
    if it is not given; an `environment` of its project gives the parameters. Raises `SynthError` when there are errors.
    """
    from kpy.project import Project

    if isinstance(target, str | os.PathLike):
        file = os.fspath(target)
        project = Project.of_target(file, folder=folder)
        project = project if environment is None else project.in_environment(environment)
        return project.synth(project.load_app(file, folder=folder), kubernetes=kubernetes)
    if environment is not None:
        raise UsageError(f"environment={environment!r} gives parameters to a file with an app, not to {target!r}")
    app = _app_of(target)
    return Project.of_app(app).synth(app, kubernetes=kubernetes)


def report_of(target: Target | Manifest | Document | Documents, *, kubernetes: str | None = None) -> Report:
    """Return all that kpy says about a target, a manifest or plain documents; errors are in it, never raised."""
    from kpy.project import Project

    if isinstance(target, Manifest):
        if kubernetes is None:
            return target.report
        project = _project() if target.app is None else Project.of_app(target.app)
        return project.validate(target.to_dicts(), kubernetes=kubernetes)
    if isinstance(target, Mapping):
        documents: Documents = [target]  # pyright: ignore[reportAssignmentType]  # an Iterable of documents is none
        return _project().validate(documents, kubernetes=kubernetes)
    if isinstance(target, Iterable) and not isinstance(target, str):
        return _project().validate(target, kubernetes=kubernetes)
    try:
        return manifest_of(target, kubernetes=kubernetes).report
    except SynthError as error:
        return error.report


def _project() -> Project:
    """Return the project that pytest was started for; outside pytest, that of the current folder."""
    from kpy.project import Project
    from kpy.testing.places import root

    return Project.load(root())


def _app_of(target: Part | ApiObject | Callable[[], Part | ApiObject]) -> App:
    from kpy.model.model import ApiObject
    from kpy.tree.app import App
    from kpy.tree.chart import Chart
    from kpy.tree.part import Part, ancestors

    if callable(target) and not isinstance(target, Part | ApiObject):
        target = target()
    if not isinstance(target, Part | ApiObject):
        raise UsageError(f"{target!r} is not an app, chart or construct, and nothing that makes one")
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
