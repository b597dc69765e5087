"""The names of the apps of a workspace, wherever a command takes an app: a name becomes the place of the file."""

from __future__ import annotations

import os

from kpy.cli.options import Argument, Command, Given
from kpy.errors import LoadError
from kpy.project.settings import find_settings, read_settings

__all__ = ["place_in", "with_places"]

#: What makes a folder more than one in which the app of that name is: a package, or an OCI image layout.
_MARKS = ("__init__.py", "oci-layout")


def with_places(command: Command, given: Given) -> Given:
    """Return what was given to a command, with the files of apps in the place of their names.

    Raises `LoadError` where a command needs an app, none is given, and the project has several.
    """
    argument = command.argument
    said = given.values.get(argument.name)
    if given.has("all"):
        return given
    if isinstance(said, list):
        return Given({**given.values, argument.name: [_placed(argument, word) for word in said]})
    if isinstance(said, str):
        return Given({**given.values, argument.name: _placed(argument, said)})
    _refuse_none(command)
    return given


def _placed(argument: Argument, word: str) -> str:
    if os.path.isdir(word) and argument.apps == "only":
        is_taken = any(os.path.exists(os.path.join(word, mark)) for mark in _MARKS)
    else:
        is_taken = os.path.exists(word)
    return word if is_taken else place_in("", word)


def place_in(folder: str, word: str) -> str:
    """Return the file that the name of an app means, from a folder of the project; another word as it is."""
    if word == "-" or "/" in word or ":" in word or word.endswith(".py"):
        return word
    from kpy.project.environments import shown_path
    from kpy.project.settings import PYPROJECT
    from kpy.project.trust import require_trust
    from kpy.project.workspace import place_of_app

    settings = read_settings(folder)
    place = place_of_app(settings, word)
    if place is None:
        return word
    require_trust(os.path.join(settings.folder, PYPROJECT), f"the app {place}")
    path = os.path.join(settings.folder, place)
    return os.path.relpath(path, folder) if folder else shown_path(path)


def _refuse_none(command: Command) -> None:
    """Refuse that no app is named where one is needed and the project has several."""
    if command.argument.apps != "only" or command.argument.many or find_settings("") is None:
        return
    settings = read_settings()
    if settings.apps and settings.app is None:
        from kpy.project.workspace import no_app

        every = ", or all of them with --all" if any(each.name == "all" for each in command.options) else ""
        raise LoadError(f"{no_app(settings)}{every}")
