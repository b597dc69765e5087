"""Where a value was written: the user's file and line."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from kpy.printable import printable_file

if TYPE_CHECKING:
    from types import CodeType, FrameType

__all__ = ["Location", "called_by_user", "caller", "is_ours", "placed", "unplaced"]

#: Whether a file is kpy's own or no file at all, remembered because every value asks.
_OURS: dict[str, bool] = {}
#: Places by code object and instruction, since Python finds the line of an instruction by a walk through the function.
#: The code is kept, so that no other code gets its identity.
_SITES: dict[tuple[int, int], tuple[Location, CodeType]] = {}
_HERE = __file__.rpartition("/")[0] + "/"


class Location(NamedTuple):
    """A place in a Python or YAML file. Lines and columns count from 1; column 0 means the whole line."""

    file: str
    line: int
    column: int = 0

    def __str__(self) -> str:
        """Return the place as `file:line` or `file:line:column`."""
        place = f"{_shown(self.file)}:{self.line}"
        return f"{place}:{self.column}" if self.column else place


def _shown(file: str) -> str:
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

    Only file and line are kept, never the frame, so no local variable of the user outlives its function.
    """
    if _unplaced:
        return None
    frame: FrameType | None = sys._getframe(depth)
    while frame is not None:
        code = frame.f_code
        ours = _OURS.get(code.co_filename)
        if ours is None:
            ours = is_ours(code.co_filename)
        if not ours:
            site = _SITES.get((id(code), frame.f_lasti))
            if site is None:
                site = _SITES[id(code), frame.f_lasti] = Location(code.co_filename, frame.f_lineno), code
            return site[0]
        frame = frame.f_back
    return None


def called_by_user() -> bool:
    """Return whether what calls this was itself called by code that is not kpy's own."""
    return not is_ours(sys._getframe(2).f_code.co_filename)


def is_ours(file: str) -> bool:
    """Return whether a file is kpy's own, or no file at all."""
    ours = _OURS.get(file)
    if ours is None:
        ours = _OURS[file] = file.startswith((_HERE, "<"))
    return ours
