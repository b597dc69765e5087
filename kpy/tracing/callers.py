"""Who asks for a file or a variable: the code of an app, of an installed package, or kpy itself."""

from __future__ import annotations

import os
import sys
from types import FrameType
from typing import Final, Literal, NamedTuple

from kpy.source import is_installed, is_of_python

__all__ = ["Caller", "Owner", "asking_frame", "caller_of", "owner_of"]

Owner = Literal["python", "kpy", "installed", "user"]

_KPY: Final = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
#: What stands between kpy and whoever asks, and counts as Python itself.
_BETWEEN: Final = os.path.join(_KPY, "tracing", "")
_OWNERS: Final[dict[str, Owner]] = {}


class Caller(NamedTuple):
    """Who asks."""

    owner: Owner
    #: The line that asks; nothing where only Python itself is at work.
    frame: FrameType | None
    #: The function of Python that it calls for it, such as `exists` or `getmtime`; empty where it asks directly.
    asks_by: str = ""


def asking_frame() -> FrameType:
    """Return the frame that has called whoever calls this."""
    return sys._getframe(2)


def caller_of(frame: FrameType | None) -> Caller:
    """Return who asks in a frame: the nearest code that is not Python's own."""
    asks_by = ""
    while frame is not None:
        file = frame.f_code.co_filename
        owner = _OWNERS.get(file) or owner_of(file)
        if owner != "python":
            return Caller(owner, frame, asks_by)
        if not file.startswith(_BETWEEN):
            asks_by = frame.f_code.co_name
        frame = frame.f_back
    return Caller("user", None, asks_by)


def owner_of(file: str) -> Owner:
    """Return whose code a file is; what is made at run time counts as that of whoever runs it."""
    owner = _OWNERS.get(file)
    if owner is None:
        owner = _OWNERS[file] = _owner(file)
    return owner


def _owner(file: str) -> Owner:
    if file.startswith(("<", _BETWEEN)) or is_of_python(file):
        return "python"
    if file.startswith(_KPY):
        return "kpy"
    return "installed" if is_installed(file) else "user"
