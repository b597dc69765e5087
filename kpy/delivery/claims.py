"""Which app writes to a folder under a name: two of one name would take each other's files for their own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from kpy.errors import WriteError

if TYPE_CHECKING:
    from kpy.project.workspace import Output

__all__ = ["Claims", "place_of"]

#: A folder, as the system compares paths, and the name of an app.
Place = tuple[str, str]


def place_of(folder: str, app: str) -> Place:
    """Return what no two outputs may have in common: a folder, and the name of the app."""
    return os.path.normcase(os.path.normpath(folder)), app


class Claims:
    """Who writes what; the first one has it.

    Claims are in memory, or, where processes share the work, links in a folder of their own, which are made at once or
    not at all.
    """

    def __init__(self, taken: Mapping[Place, str], folder: str = "") -> None:
        #: The files of the apps.
        self._taken = dict(taken)
        self._folder = folder

    def shared(self, folder: str) -> Claims:
        """Return the same claims for processes, with the folder for those that they will make."""
        return Claims(self._taken, folder)

    def claim(self, output: Output, app: str) -> None:
        """Say that an output of an app is written. Raises `WriteError` where another app of its name is."""
        place, target = place_of(output.folder, app), output.app.target
        other = self._taken.setdefault(place, target)
        if self._folder and other == target:
            other = self._linked(place, target)
        if other != target:
            raise WriteError(
                f"{output.folder} is written by the app {app!r} of {other} as well as by that of {target}: give one of "
                "them another name, or write {app} in `output`; nothing was changed"
            )

    def _linked(self, place: Place, target: str) -> str:
        link = os.path.join(self._folder, sha256(repr(place).encode()).hexdigest())
        try:
            os.symlink(target, link)
        except FileExistsError:
            return os.readlink(link)
        return target
