"""Where a value was written: the user's file and line.

Where a library stands between, such as a package of constructs that a platform team ships, the line that counts is the
innermost one of the project itself, and that of the library is kept beside it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from kpy.printable import printable_file

if TYPE_CHECKING:
    from types import CodeType, FrameType

__all__ = [
    "PACKAGES",
    "Location",
    "belong_to",
    "belonging",
    "called_by_user",
    "caller",
    "is_installed",
    "is_of_library",
    "is_of_python",
    "is_ours",
    "placed",
    "root_of",
    "shown_file",
    "unplaced",
]

#: Whose a file is, remembered because every value asks: the user's, kpy's own (or no file at all), or a library's.
_USERS, _KPYS, _LIBRARYS = range(3)
_OWNERS: dict[str, int] = {}
#: Places by code object and instruction, since Python finds the line of an instruction by a walk through the function.
#: The code is kept, so that no other code gets its identity.
_SITES: dict[tuple[int, int], tuple[Location, CodeType]] = {}
_HERE = __file__.rpartition("/")[0] + "/"
#: What parts the files of installed packages from those of a project.
PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_PYTHON = tuple({f"{os.path.dirname(file)}/" for file in (os.__file__, os.path.realpath(os.__file__))})
_MARK = "__kpy_library__"
#: The project of the app that was loaded; nothing where none was, then that of the current folder.
_project: str | None = None


class Location(NamedTuple):
    """A place in a Python or YAML file. Lines and columns count from 1; column 0 means the whole line."""

    file: str
    line: int
    column: int = 0
    #: The line of a library that this line called, where the value was made there.
    inside: Location | None = None

    def __str__(self) -> str:
        """Return the place as `file:line` or `file:line:column`."""
        place = f"{shown_file(self.file)}:{self.line}"
        return f"{place}:{self.column}" if self.column else place


def shown_file(file: str) -> str:
    """Return a path as people read it: from the working directory when it is below."""
    here = os.getcwd() + os.sep
    return printable_file(file.removeprefix(here))


#: How many times kpy is making values of its own, which no line of the user made.
_unplaced = 0


class unplaced:  # noqa: N801  # reads as `with unplaced():`
    """A block in which kpy makes values of its own: they get no place."""

    def __enter__(self) -> None:
        global _unplaced
        _unplaced += 1

    def __exit__(self, *_: object) -> None:
        global _unplaced
        _unplaced -= 1


class placed:  # noqa: N801  # reads as `with placed():`
    """A block in which the user's code runs again while kpy works: what it makes gets its place."""

    def __enter__(self) -> None:
        global _unplaced
        self.before, _unplaced = _unplaced, 0

    def __exit__(self, *_: object) -> None:
        global _unplaced
        _unplaced = self.before


def caller(depth: int = 1) -> Location | None:
    """Return the nearest place on the call stack that is not kpy's own code, or nothing when there is none.

    A place in a library stands `inside` the nearest one of the project, which is returned; where all are of libraries,
    it is the nearest.

    Only file and line are kept, never the frame, so no local variable of the user outlives its function.
    """
    if _unplaced:
        return None
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None:
        code = frame.f_code
        owner = _OWNERS.get(code.co_filename)
        if owner is None:
            owner = _owner_of(code.co_filename)
        if owner != _KPYS:
            site = _SITES.get((id(code), frame.f_lasti))
            if site is None:
                site = _SITES[id(code), frame.f_lasti] = Location(code.co_filename, frame.f_lineno), code
            return site[0] if owner == _USERS else _called_from(frame.f_back, site[0])
        frame = frame.f_back
    return None


def _called_from(frame: FrameType | None, inside: Location) -> Location:
    """Return the nearest place of the project that led into a library, with the place there; else that place alone."""
    while frame is not None:
        file = frame.f_code.co_filename
        owner = _OWNERS.get(file)
        if (_owner_of(file) if owner is None else owner) == _USERS and not is_of_python(file):
            return Location(file, frame.f_lineno, 0, inside)
        frame = frame.f_back
    return inside


def called_by_user() -> bool:
    """Return whether what calls this was itself called by code that is not kpy's own."""
    return not is_ours(sys._getframe(2).f_code.co_filename)


def is_ours(file: str) -> bool:
    """Return whether a file is kpy's own, or no file at all."""
    owner = _OWNERS.get(file)
    return (_owner_of(file) if owner is None else owner) == _KPYS


def is_of_library(file: str) -> bool:
    """Return whether a file is of a library: an installed package, or a project of its own beside that of the app."""
    owner = _OWNERS.get(file)
    return (_owner_of(file) if owner is None else owner) == _LIBRARYS


def belong_to(folder: str) -> None:
    """Take the project that a folder is in for that of the user, as whoever loads an app does."""
    global _project
    root = root_of(os.path.abspath(folder))
    if root != _project:
        _project = root
        _OWNERS.clear()


class belonging:  # noqa: N801  # reads as `with belonging():`
    """A block after which the lines of the same project count as the user's own as before."""

    def __enter__(self) -> None:
        self.before = _project

    def __exit__(self, *_: object) -> None:
        global _project
        if _project != self.before:
            _project = self.before
            _OWNERS.clear()


def is_of_python(file: str) -> bool:
    """Return whether a file is of Python's own library."""
    return file.startswith(_PYTHON) and not is_installed(file)


def is_installed(file: str) -> bool:
    """Return whether a file is of an installed package."""
    return any(name in file for name in PACKAGES)


def _owner_of(file: str) -> int:
    """Return whose a file is, and remember it."""
    if file.startswith((_HERE, "<")):
        owner = _KPYS
    elif is_installed(file) or _says_so(file):
        owner = _LIBRARYS
    else:
        root = root_of(os.path.dirname(os.path.abspath(file)))
        own = root_of(os.getcwd()) if _project is None else _project
        owner = _LIBRARYS if root and root != own and not own.startswith(root + os.sep) else _USERS
    _OWNERS[file] = owner
    return owner


def _says_so(file: str) -> bool:
    """Return whether a file is of a package that says that it is a library: `__kpy_library__ = True`."""
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) == file:
            packages = [name, *(name.rsplit(".", count)[0] for count in range(1, name.count(".") + 1))]
            return any(vars(sys.modules[each]).get(_MARK) is True for each in packages if each in sys.modules)
    return False


def root_of(folder: str) -> str:
    """Return the nearest folder upwards with a pyproject.toml; empty where there is none."""
    while True:
        if os.path.exists(os.path.join(folder, "pyproject.toml")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above
