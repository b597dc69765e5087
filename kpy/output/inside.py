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
    link, state = _look(root, path)
    return link is None and state is not None and stat.S_ISREG(state.st_mode)


def read_plain(root: Path, path: str) -> bytes | None:
    """Return what is in a file; nothing when it is not there, or only by way of a symbolic link.

    Raises `WriteError` when it cannot be read.
    """
    if not is_plain(root, path):
        return None
    try:
        with open(os.path.join(root, path), "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise WriteError(f"{root / path} cannot be read: {error.strerror}") from None


def check_place(root: Path, path: str) -> Path:
    """Return the place of a path. Raises `WriteError` for a link on the way to it, or in its place, or a folder."""
    place = root / path
    link, state = _look(root, path)
    if link is not None:
        raise WriteError(
            f"{place} cannot be written: {link} is a symbolic link, and kpy writes nothing through links: "
            "remove it, or choose another folder; nothing was changed"
        )
    if state is not None and stat.S_ISDIR(state.st_mode):
        raise WriteError(f"{place} cannot be written: it is a folder; nothing was changed")
    return place


def cannot_write(place: Path, error: OSError) -> WriteError:
    """Return the error that says why a place cannot be written."""
    return WriteError(f"{place} cannot be written: {error.strerror or error}; nothing was changed")


def _look(root: Path, path: str) -> tuple[str | None, os.stat_result | None]:
    """Return the first symbolic link on the way to a path, its end included, and else what is there.

    Texts and not `Path`, since a folder may have files by the ten thousand.
    """
    place, state = os.fspath(root), None
    for part in path.split("/"):
        place = os.path.join(place, part)
        try:
            state = os.lstat(place)
        except (OSError, ValueError):
            return None, None
        if stat.S_ISLNK(state.st_mode) or _is_junction(state):
            return place, state
    return None, state


def _is_junction(state: os.stat_result) -> bool:
    """Return whether this is the other sort of link that Windows has."""
    return getattr(state, "st_reparse_tag", 0) == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)
