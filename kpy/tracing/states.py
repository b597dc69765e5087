"""The states in which things are during one run of kpy, each asked for once.

The state of the first time is kept, so that what changes while kpy is at work counts as changed the next time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Final

from kpy.tracing.chance import line_of_chance
from kpy.tracing.environment import EVERY
from kpy.tracing.imports import BESIDE, MODULE, state_of_beside, state_of_module
from kpy.watch import PROGRAM, VARIABLE, state_of

__all__ = ["FILE", "FOLDER", "LINK", "PLACE", "States"]

#: What the name of a path begins with of which somebody asked where it leads.
LINK: Final = "link "
FILE, FOLDER, PLACE = "file", "folder", "place"


class States:
    """The states of files, folders, places of modules, programs and variables."""

    def __init__(self, environment: Callable[[], dict[str, str]], version_of: Callable[[str], str]) -> None:
        self._environment = environment
        self._version_of = version_of
        self._paths: dict[tuple[str, str], str] = {}
        self._others: dict[str, str] = {}
        self._listings: dict[str, frozenset[str]] = {}
        self._real: dict[str, str] = {}
        self._chances: dict[str, int | None] = {}

    def of_path(self, path: str, what: str) -> str:
        """Return the state of a path as a `file`, a `folder` or a `place`."""
        key = what, path
        if (state := self._paths.get(key)) is None:
            state = self._paths[key] = state_of(path, what)
        return state

    def of_other(self, name: str) -> str:
        """Return the state of what is no path: a variable of the environment, a program, the place of a module."""
        if name.startswith(VARIABLE):
            return _of_variable(name.removeprefix(VARIABLE), self._environment())
        if (state := self._others.get(name)) is None:
            state = self._others[name] = self._of_other(name)
        return state

    def line_of_chance(self, path: str) -> int | None:
        """Return the first line of a file of Python that asks for the time or for chance; nothing where none does."""
        if path not in self._chances:
            self._chances[path] = line_of_chance(path)
        return self._chances[path]

    def real(self, path: str) -> str:
        """Return a path with all links followed."""
        if (found := self._real.get(path)) is None:
            try:
                found = os.path.realpath(path)
            except ValueError:  # no system has such a path
                found = path
            self._real[path] = found
        return found

    def _of_other(self, name: str) -> str:
        if name.startswith(PROGRAM):
            return self._version_of(name.removeprefix(PROGRAM))
        if name.startswith(LINK):
            return _of_link(name.removeprefix(LINK))
        if name.startswith(BESIDE):
            return state_of_beside(name.removeprefix(BESIDE), self.listed)
        return state_of_module(name.removeprefix(MODULE), self.listed)

    def listed(self, folder: str) -> frozenset[str]:
        """Return the names in a folder; none where there is no such folder."""
        if (found := self._listings.get(folder)) is None:
            try:
                found = frozenset(os.listdir(folder))
            except OSError:
                found = frozenset()
            self._listings[folder] = found
        return found


def _of_variable(name: str, environment: Mapping[str, str]) -> str:
    if name == EVERY:
        return repr(sorted(environment.items()))
    return f"={environment[name]}" if name in environment else ""


def _of_link(path: str) -> str:
    """Return where a link leads; nothing for what is none."""
    try:
        return f"={os.readlink(path)}"
    except (OSError, ValueError):
        return ""
