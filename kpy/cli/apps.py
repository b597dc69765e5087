"""What a command line says about the app: in which project it is, with which values, for which release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpy.cli.options import Given, MisuseError
from kpy.errors import UsageError
from kpy.project import Project

if TYPE_CHECKING:
    from kpy.tree import App

__all__ = ["app_for", "kubernetes_of", "project_for", "values_of"]


def values_of(given: Given) -> dict[str, list[str]]:
    """Return what `--set key=value` said, by key, in the order given."""
    values: dict[str, list[str]] = {}
    for text in given.texts("set"):
        key, equals, value = text.partition("=")
        if not equals or not key.isidentifier():
            raise MisuseError(f"--set {text}: write it as KEY=VALUE, KEY being the name of a parameter")
        values.setdefault(key, []).append(value)
    return values


def project_for(target: str | None) -> Project:
    """Return the project of a target; without one, that of the current folder."""
    return Project.of_target(target)


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
