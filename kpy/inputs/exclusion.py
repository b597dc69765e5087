"""What is left out: patterns of `exclude` in the settings and of `--exclude`, for files that are named, too."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from fnmatch import translate
from functools import cached_property
from typing import Final, NamedTuple

__all__ = ["Exclusion"]

_ABOVE: Final = f"..{os.sep}"


class _Place(NamedTuple):
    """A folder, and the patterns that are written from it."""

    folder: str
    patterns: tuple[str, ...]


class Exclusion:
    """Which paths are left out.

    A pattern without a slash is the name of a file or folder at any depth: `docker-compose.yml`, `fixtures`, `*.json`.
    One with a slash is a path from the folder that it is written for: `deploy/old`, `charts/*/ci`. `*` stands for
    anything, slashes too. What is below a folder that is left out is left out with it. Settings that another file
    says have its folder before two slashes: `/srv/teams//charts/*/ci`.
    """

    def __init__(self, patterns: Sequence[str] = (), *, folder: str = "") -> None:
        by_folder: dict[str, list[str]] = {}
        for pattern in patterns:
            before, slashes, rest = pattern.partition("//")
            is_elsewhere = bool(slashes and rest) and os.path.isabs(before)
            by_folder.setdefault(before if is_elsewhere else folder, []).append(
                f"./{rest}" if is_elsewhere else pattern
            )
        self._places = [_Place(os.path.abspath(place), tuple(said)) for place, said in by_folder.items()]

    def plus(self, patterns: Sequence[str], *, folder: str = "") -> Exclusion:
        """Return what leaves out these too, which are written from another folder."""
        both = Exclusion(patterns, folder=folder)
        both._places = [*self._places, *both._places]
        return both

    def covers(self, path: str) -> bool:
        """Return whether a path, or a folder above it, is left out."""
        if not self._places:
            return False
        whole = os.path.abspath(path)
        return any(_covers(place.folder, names, paths, whole) for place, names, paths in self._compiled)

    @cached_property
    def _compiled(self) -> list[tuple[_Place, re.Pattern[str] | None, re.Pattern[str] | None]]:
        return [
            (
                place,
                _union(pattern.strip("/") for pattern in place.patterns if "/" not in pattern.rstrip("/")),
                _union(
                    pattern.strip("/").removeprefix("./") for pattern in place.patterns if "/" in pattern.rstrip("/")
                ),
            )
            for place in self._places
        ]


def _union(patterns: Iterable[str]) -> re.Pattern[str] | None:
    parts = [translate(pattern.replace("**/", "*").replace("**", "*")) for pattern in patterns]
    return re.compile("|".join(parts)) if parts else None


def _covers(folder: str, names: re.Pattern[str] | None, paths: re.Pattern[str] | None, path: str) -> bool:
    relative = os.path.relpath(path, folder)
    if relative == ".." or relative.startswith(_ABOVE):
        return names is not None and names.match(os.path.basename(path)) is not None
    parts = relative.split(os.sep)
    if names is not None and any(names.match(part) for part in parts):
        return True
    return paths is not None and any(paths.match("/".join(parts[:end])) for end in range(1, len(parts) + 1))
