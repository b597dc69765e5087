"""Staying inside a folder: whoever wrote a path down, and whatever links lie there, nothing outside is touched."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

from kpy.errors import WriteError

__all__ = ["cannot_write", "check_place", "is_inside", "is_plain", "read_plain"]

_DRIVE: Final = re.compile(r"[A-Za-z]:")


def is_inside(path: object) -> bool:
    """Return whether a path cannot lead out of a folder by its words alone."""
    if not isinstance(path, str) or not path or "\0" in path or _DRIVE.match(path):
        return False
    return all(part not in ("", ".", "..") for part in path.replace("\\", "/").split("/"))


def is_plain(root: Path, path: str) -> bool:
    """Return whether there is a file at a path, and neither it nor a folder on the way to it is a symbolic link."""
    return _link_on_the_way(root, path) is None and _is_file(root / path)


def read_plain(root: Path, path: str) -> bytes | None:
    """Return what is in a file; nothing when it is not there, or only by way of a symbolic link.

    Raises `WriteError` when it cannot be read.
    """
    if not is_plain(root, path):
        return None
    try:
        return (root / path).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise WriteError(f"{root / path} cannot be read: {error.strerror}") from None


def check_place(root: Path, path: str) -> Path:
    """Return the place of a path. Raises `WriteError` for a link on the way to it, or in its place, or a folder."""
    place = root / path
    if link := _link_on_the_way(root, path):
        raise WriteError(
            f"{place} cannot be written: {link} is a symbolic link, and kpy writes nothing through links: "
            "remove it, or choose another folder; nothing was changed"
        )
    if place.is_dir():
        raise WriteError(f"{place} cannot be written: it is a folder; nothing was changed")
    return place


def cannot_write(place: Path, error: OSError) -> WriteError:
    """Return the error that says why a place cannot be written."""
    return WriteError(f"{place} cannot be written: {error.strerror or error}; nothing was changed")


def _link_on_the_way(root: Path, path: str) -> Path | None:
    """Return the first symbolic link below the folder on the way to a path, its end included."""
    place = root
    for part in path.split("/"):
        place = place / part
        if place.is_symlink() or _is_junction(place):
            return place
    return None


def _is_junction(place: Path) -> bool:
    """Return whether a place is a junction, the other link of Windows, which Python knows from 3.12 on."""
    known = getattr(os.path, "isjunction", None)
    return known is not None and bool(known(place))


def _is_file(place: Path) -> bool:
    try:
        return stat.S_ISREG(place.lstat().st_mode)
    except (OSError, ValueError):
        return False
