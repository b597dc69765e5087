"""Which outputs come after which, as `after` of apps and their parts says: one graph for all that deliver them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from kpy.errors import KpyError, LoadError
from kpy.loading.near import near_or_known

if TYPE_CHECKING:
    from kpy.loading.other import Need
    from kpy.project import Project
    from kpy.project.workspace import Output, WorkApp
    from kpy.source import Location

__all__ = ["Dependencies", "Dependency", "dependencies_of"]


class Dependency(NamedTuple):
    """An output that comes before another one."""

    output: Output
    #: The line that says so.
    where: Location | None


class Dependencies:
    """The graph of outputs."""

    def __init__(self, before: Mapping[str, Sequence[Dependency]]) -> None:
        """Take the names of outputs to what comes before each. Raises `LoadError` for a circle."""
        self._before = before
        self._waves: dict[str, int] = {}
        for name in before:
            self._number(name, [])

    def __bool__(self) -> bool:
        """Return whether any output comes after another one."""
        return any(self._before.values())

    def before(self, output: Output) -> list[Output]:
        """Return the outputs that come before an output, by name."""
        found = {str(each.output): each.output for each in self._before.get(str(output), ())}
        return [found[name] for name in sorted(found)]

    def wave(self, output: Output) -> int:
        """Return how many outputs at most come one after the other before an output."""
        return self._waves.get(str(output), 0)

    def _number(self, name: str, way: list[str]) -> int:
        if name in self._waves:
            return self._waves[name]
        if name in way:
            raise LoadError(f"`after` goes round in a circle: {self._told([*way[way.index(name) :], name])}")
        waves = [self._number(str(each.output), [*way, name]) + 1 for each in self._before.get(name, ())]
        self._waves[name] = wave = max(waves, default=0)
        return wave

    def _told(self, names: Sequence[str]) -> str:
        said = []
        for name, following in pairwise(names):
            where = next(each.where for each in self._before[name] if str(each.output) == following)
            said.append(f"{name} ({where})" if where else name)
        return " after ".join([*said, names[-1]])


def dependencies_of(project: Project, outputs: Sequence[Output], chosen: Sequence[Output]) -> Dependencies:
    """Return what comes before the chosen outputs, and before that, among all outputs of a project.

    The apps are made for it, and nothing is rendered. Raises `KpyError` for an app that cannot be made, and `LoadError`
    for an app that comes after one that there is not, and for a circle.
    """
    from kpy.loading.modules import forget_all

    before: dict[str, Sequence[Dependency]] = {}
    left, known = [*chosen], set[str]()
    kept = project.settings.crds_package, project.settings.charts_package
    while left:
        output = left.pop()
        if str(output) in before:
            continue
        found = before[str(output)] = list(_before(project, outputs, output))
        forget_all(known, keep=[os.path.join(project.folder, package) for package in kept])
        left += [each.output for each in found]
    return Dependencies(before)


def _before(project: Project, outputs: Sequence[Output], output: Output) -> Iterator[Dependency]:
    from kpy.loading.other import needs_of

    inside = project
    if output.environment or output.cluster:
        inside = project.in_environment(output.environment or None, cluster=output.cluster or None)
    try:
        app = inside.load_app(os.path.join(project.folder, output.app.target))
    except KpyError as error:
        error.add_note(f"in the output {output}, which has to be made to know what it comes after")
        raise
    for need in needs_of(app):
        yield Dependency(_meant(project, outputs, output, need), need.where)


def _meant(project: Project, outputs: Sequence[Output], output: Output, need: Need) -> Output:
    """Return the output of another app that is meant: in the same environment and cluster, if nothing else is said."""
    here = f"{need.where}: " if need.where else ""
    words = {each.app.word: each.app for each in outputs}
    word = next((word for word, app in words.items() if _is_app(project, app, need)), "" if need.file else need.name)
    if word not in words:
        same = words.get(need.name)
        hint = f"; its app of that name is {same.target}" if same else near_or_known(need.name, words)
        app = f'"{need.name}"{_from(project, need)}'
        raise LoadError(f"{here}{output} comes after the app {app}, which is none of this project{hint}")
    environment = _said(need, ("env", "environment"), project.settings.environments, output.environment)
    cluster = _said(need, ("cluster",), project.settings.clusters, output.cluster)
    there = [each for each in outputs if each.app.word == word]
    found = [each for each in there if (each.environment, each.cluster) == (environment, cluster)]
    if not found:
        wanted = " ".join(part for part in (word, environment, cluster) if part)
        raise LoadError(
            f"{here}{output} comes after {wanted}, and there is no such output; there is "
            f"{', '.join(map(str, there))}: deploy it there, or leave `after` out where it is not"
        )
    if str(found[0]) == str(output):
        raise LoadError(f"{here}{output} comes after itself: leave `after` out")
    return found[0]


def _from(project: Project, need: Need) -> str:
    """Return where an app is from, as the user would write it, for a message."""
    return f" of {os.path.relpath(need.file, project.folder or os.curdir)}" if need.file else ""


def _is_app(project: Project, app: WorkApp, need: Need) -> bool:
    """Return whether an app of the project is what is needed, by its file or module."""
    if need.file:
        return os.path.abspath(os.path.join(project.folder, app.target)) == need.file
    dotted = app.target.removesuffix(".py").replace("/", ".")
    return f".{dotted}".endswith(f".{need.module}")


def _said(need: Need, names: Sequence[str], known: Mapping[str, object], own: str) -> str:
    """Return the environment, or the cluster, that the other app is made for, where that is one; else the own one."""
    said = [need.parameters[name] for name in names if name in need.parameters]
    words = [str(each.value if isinstance(each, Enum) else each) for each in said]
    return next((each for each in words if each in known), own)
