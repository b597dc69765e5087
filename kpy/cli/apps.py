"""What a command line says about the app: in which project it is, with which values, for which release."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kpy.cli.options import Given, MisuseError
from kpy.errors import UsageError
from kpy.project import Project

if TYPE_CHECKING:
    from kpy.manifest import Manifest
    from kpy.tree import App

__all__ = ["app_for", "kubernetes_of", "project_for", "refuse_of_all", "synth_for_cluster", "values_of"]

#: What needs several outputs to make sense.
_OF_ALL = {"where": "--where", "shard": "--shard", "jobs": "-j", "since": "--since", "no_cache": "--no-cache"}


def values_of(given: Given) -> dict[str, list[str]]:
    """Return what `--set key=value` said, by key, in the order given."""
    values: dict[str, list[str]] = {}
    for text in given.texts("set"):
        key, equals, value = text.partition("=")
        if not equals or not key.partition(".")[0].isidentifier() or not all(key.split(".")):
            raise MisuseError(f"--set {text}: write it as KEY=VALUE, KEY being the name of a parameter")
        values.setdefault(key, []).append(value)
    return values


def refuse_of_all(given: Given) -> None:
    """Refuse options that choose among all outputs, where one output is meant. Raises `MisuseError`."""
    for name, flag in _OF_ALL.items():
        if given.values.get(name):
            raise MisuseError(f"{flag} chooses among all outputs: add --all")


def project_for(target: str | None, environment: str | None = None, cluster: str | None = None) -> Project:
    """Return the project of a target, in an environment and a cluster if these are named.

    Without a target it is that of the current folder. Raises `MisuseError` where there is no such environment.
    """
    project = Project.of_target(target)
    try:
        project = project if environment is None else project.in_environment(environment)
    except UsageError as error:
        raise MisuseError(f"--env {environment}: {error}") from None
    try:
        return project if cluster is None else project.in_environment(environment, cluster=cluster)
    except UsageError as error:
        raise MisuseError(f"--cluster {cluster}: {error}") from None


def project_with(given: Given, target: str | None) -> Project:
    """Return the project of a target with what the command line adds to its settings about rules.

    Raises `MisuseError` for words that name no rule and no object, and for paths where nothing is.
    """
    project = project_for(target, given.text("env"), given.text("cluster"))
    crds = given.texts("crds")
    for path in crds:
        if not os.path.exists(path):
            raise MisuseError(f"--crds {path}: there is no such file or folder")
    words = {name: _words(given, name) for name in ("select", "ignore", "external")}
    for name, said in words.items():
        try:
            project = project.plus(**{name: said}) if said else project
        except UsageError as error:
            raise MisuseError(f"--{name} {','.join(said)}: {error}") from None
    return project.plus(crds=crds) if crds else project


def _words(given: Given, name: str) -> list[str]:
    """Return the words of an option that may be given several times, and has several in one."""
    return [word for text in given.texts(name) for part in text.split(",") if (word := part.strip())]


def app_for(given: Given, project: Project, target: str | None) -> App:
    """Return the app that is named, or the one of the project, made with the values of the command line."""
    return project.load_app(target, values_of(given))


def kubernetes_of(given: Given) -> str | None:
    """Return the release that `--kubernetes` names. Raises `MisuseError` for one that kpy does not know."""
    said = given.text("kubernetes")
    if said is None:
        return None
    from kpy.project.releases import known_range, minor_of

    try:
        return minor_of(said)
    except UsageError:
        raise MisuseError(f"--kubernetes {said}: kpy knows {known_range()}") from None


def synth_for_cluster(project: Project, app: App, release: str | None) -> Manifest:
    """Return the manifest of an app; one without objects is not an error, as what it has applied may have to go."""
    from kpy.pipeline import run
    from kpy.rules.programs import EMPTY_APP

    choice = project.choice
    choice = choice._replace(severities={EMPTY_APP.name: "warning", **choice.severities})
    manifest = run(app, release=release, choice=choice)
    return project.settings.gitops.finished(manifest) if project.settings.gitops else manifest
