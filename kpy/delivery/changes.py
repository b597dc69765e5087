"""What has changed in a project since a revision, as paths, and what of that touches things that were looked at."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

from kpy.tracing.imports import BESIDE, MODULE, hides_other, is_candidate
from kpy.tracing.states import FOLDER, LINK, PLACE

__all__ = ["Changes"]

_PACKAGE = "__init__"


class Changes:
    """Paths that have changed; a folder among them stands for all in it, as a repository inside another does."""

    def __init__(self, changed: Iterable[str], moved: Collection[str], folders_then: Collection[str]) -> None:
        """Take whole paths: all that have changed, those of them that came or went, and the folders that there were."""
        self._changed = frozenset((*changed, *moved))
        self._then = folders_then
        #: Folders to the names in them that came or went: of files, and of folders that have now or had then anything.
        self._moved: dict[str, set[str]] = {}
        for path in moved:
            self._move(path)

    def _move(self, path: str) -> None:
        folder, name = os.path.split(path)
        while name:
            self._moved.setdefault(folder, set()).add(name)
            if (folder in self._then) == os.path.isdir(folder):
                return
            folder, name = os.path.split(folder)

    @property
    def paths(self) -> list[str]:
        """All paths that have changed."""
        return sorted(self._changed)

    def has(self, path: str) -> str | None:
        """Return the change that is at a path, or at a folder that it is in."""
        while path not in self._changed:
            above = os.path.dirname(path)
            if above == path:
                return None
            path = above
        return path

    def below(self, folder: str) -> str | None:
        """Return the first change in a folder."""
        inside = os.path.join(folder, "")
        return next((path for path in self.paths if path.startswith(inside)), None) or self.has(folder)

    def touch(self, what: str, name: str) -> str | None:
        """Return the change that touches something that was looked at: as what, and its whole path or its name."""
        kind = f"{what} "
        if kind == MODULE:
            return self._touch_module(name)
        if kind == BESIDE:
            moved = sorted(self._moved.get(name, ()))
            return next((os.path.join(name, each) for each in moved if hides_other(each, _listed)), None)
        if not os.path.isabs(name):
            return None
        if what == FOLDER and name in self._moved:
            return os.path.join(name, sorted(self._moved[name])[0])
        folder, last = os.path.split(name)
        if (what == PLACE or kind == LINK) and last in self._moved.get(folder, ()):
            return name
        return self.has(name)

    def _touch_module(self, place: str) -> str | None:
        folder, name = os.path.split(place)
        for where, sought in ((folder, name), (place, _PACKAGE)):
            for moved in sorted(self._moved.get(where, ())):
                if is_candidate(moved, sought):
                    return os.path.join(where, moved)
        return self.has(folder)


def _listed(folder: str) -> frozenset[str]:
    return frozenset(os.listdir(folder)) if os.path.isdir(folder) else frozenset()
