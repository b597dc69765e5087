"""Where modules are looked for and found, and where they could be found if somebody put a file there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.machinery import ModuleSpec, PathFinder, all_suffixes
from types import ModuleType
from typing import Final

from kpy.source import is_installed

__all__ = [
    "BESIDE",
    "MODULE",
    "Finder",
    "hides_other",
    "is_candidate",
    "source_of",
    "state_of_beside",
    "state_of_module",
]

#: What the name of a place begins with where a module was looked for: `module lib/names`.
MODULE: Final = "module "
_SUFFIXES: Final = frozenset(("", *all_suffixes()))
_PACKAGE: Final = "__init__"
#: What the name of a folder begins with whose modules come before those of Python and of packages: `beside apps/cart`.
BESIDE: Final = "beside "

#: Is told the name of a module, the folders in which it was looked for, and the file; nothing for a folder without one.
Found = Callable[[str, Sequence[str], str | None], None]


class Finder:
    """Finds modules as Python does, and tells where it looked.

    It stands before the finder of Python that it asks, so that what stands before that stays before it.
    """

    def __init__(self, found: Found) -> None:
        self._found = found

    def __enter__(self) -> Finder:
        at = sys.meta_path.index(PathFinder) if PathFinder in sys.meta_path else len(sys.meta_path)
        sys.meta_path.insert(at, self)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ValueError):  # somebody took it away
            sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a module is, as Python's own finder does."""
        spec = PathFinder.find_spec(name, path, target)
        folders = [os.path.abspath(folder) for folder in (sys.path if path is None else path) if type(folder) is str]
        file = spec.origin if spec is not None and spec.has_location else None
        if file is not None:
            home = os.path.dirname(os.path.abspath(file))
            home = os.path.dirname(home) if spec is not None and spec.submodule_search_locations is not None else home
            folders = folders[: folders.index(home) + 1] if home in folders else folders
        self._found(name, folders, file)
        return spec


def source_of(file: str) -> str:
    """Return the file of which Python has made and kept code; the file itself where it is all there is."""
    folder, name = os.path.split(file)
    prefix = sys.pycache_prefix
    if prefix and file.startswith(prefix):
        folder = os.path.join(os.sep, os.path.relpath(folder, prefix))
    elif os.path.basename(folder) == "__pycache__":
        folder = os.path.dirname(folder)
    else:
        return file
    return os.path.join(folder, f"{name.partition(f'.{sys.implementation.cache_tag}')[0]}.py")


def state_of_module(place: str, listed: Callable[[str], frozenset[str]]) -> str:
    """Return what there is where a module may be, a folder with its name behind it; `listed` says what is in a folder.

    A file beside it that is no module is nothing.
    """
    folder, name = os.path.split(place)
    found = sorted(each for each in listed(folder) if is_candidate(each, name))
    if name in found:
        inside = listed(place)
        found += sorted(f"/{each}" for each in inside if is_candidate(each, _PACKAGE) and each != _PACKAGE)
        found += ["/"] if inside or os.path.isdir(place) else []
    return " ".join(found)


def state_of_beside(folder: str, listed: Callable[[str], frozenset[str]]) -> str:
    """Return what in a folder would be imported in the place of a module of Python or of a package."""
    return " ".join(sorted(name for name in listed(folder) if hides_other(name, listed)))


def hides_other(name: str, listed: Callable[[str], frozenset[str]]) -> bool:
    """Return whether a file or folder has the name of a module of Python or of a package, imported maybe by others."""
    stem = name.partition(".")[0]
    if name[len(stem) :] not in _SUFFIXES:
        return False
    folders = (path for path in sys.path if is_installed(os.path.join(path, "")))
    return stem in sys.stdlib_module_names or any(
        each in listed(folder) for folder in folders for each in (stem, f"{stem}.py")
    )


def is_candidate(file: str, name: str) -> bool:
    """Return whether a file, or a folder, would be taken for a module of a name."""
    return file.startswith(name) and file[len(name) :] in _SUFFIXES
