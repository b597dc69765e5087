"""What is looked at while documents are read: files, folders, and what is not there.

Who keeps what was found in documents can see by it whether anything has changed since. Whoever reads a file, lists a
folder or asks whether there is one says so here; when nobody watches, that costs next to nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from time import time_ns
from typing import Final

__all__ = ["Watch", "digest_of", "is_unchanged", "saw_file", "saw_folder", "saw_place", "watching"]

#: What a state begins with: the content of a file, what is in a folder, or only what there is.
_FILE, _FOLDER, _PLACE = "file ", "folder ", "place "
#: More than any set of manifests has.
_MOST_BYTES: Final = 256 << 20
#: How much of a digest a state has.
_SHORT: Final = 32
#: The digests of files by path, each with the state in which the file was: a start asks twice for those it has pinned.
_DIGESTS: Final[dict[str, tuple[tuple[int, ...], str]]] = {}
_MOST_DIGESTS: Final = 10_000
#: What a file system may take for one moment, in nanoseconds.
_COARSE: Final = 2_000_000_000


class Watch:
    """The states of everything that was looked at, by path."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}

    def keep(self, path: str, state: str) -> None:
        """Keep the state of a path; the content of a file or folder says more than that there is one."""
        if path not in self.states or self.states[path].startswith(_PLACE):
            self.states[path] = state


_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watching() -> Iterator[Watch]:
    """Keep the states of everything that is looked at."""
    watch = Watch()
    token = _WATCH.set(watch)
    try:
        yield watch
    finally:
        _WATCH.reset(token)


def saw_file(path: str, content: bytes) -> None:
    """Say that a file was read, and what was in it."""
    if (watch := _WATCH.get()) is not None:
        watch.keep(path, _state_of_content(content))


def saw_folder(path: str) -> None:
    """Say that a folder was listed."""
    if (watch := _WATCH.get()) is not None:
        watch.keep(path, _state_of_folder(path))


def saw_place(path: str) -> None:
    """Say that somebody asked what there is: a file, a folder, or nothing."""
    if (watch := _WATCH.get()) is not None:
        watch.keep(path, _state_of_place(path))


def digest_of(path: str) -> str:
    """Return the SHA-256 of a file, which counts as read. Raises `OSError` for one that cannot be."""
    status = os.stat(path)
    state = status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev
    kept = _DIGESTS.get(path)
    # who writes twice within one moment of the clock of a file system would not be noticed
    if kept is None or kept[0] != state or time_ns() - max(state[:2]) < _COARSE:
        with open(path, "rb") as stream:
            kept = state, sha256(stream.read()).hexdigest()
        if len(_DIGESTS) >= _MOST_DIGESTS:
            _DIGESTS.clear()
        _DIGESTS[path] = kept
    if (watch := _WATCH.get()) is not None:
        watch.keep(path, _FILE + kept[1][:_SHORT])
    return kept[1]


def is_unchanged(states: Mapping[str, str]) -> bool:
    """Return whether everything is as it was."""
    return all(_state_now(path, state) == state for path, state in states.items())


def _state_now(path: str, before: str) -> str:
    if before.startswith(_FILE):
        return _state_of_file(path)
    return _state_of_folder(path) if before.startswith(_FOLDER) else _state_of_place(path)


def _state_of_file(path: str) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError):
        return ""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        return ""
    with open(descriptor, "rb", buffering=0) as stream:
        return _state_of_content(stream.read(min(status.st_size, _MOST_BYTES) + 1))


def _state_of_content(content: bytes) -> str:
    return _FILE + _digest(content)


def _digest(content: bytes) -> str:
    """Return 128 bits of a digest: enough that nobody finds another content, and short for a hundred thousand files."""
    return sha256(content).hexdigest()[:_SHORT]


def _state_of_folder(path: str) -> str:
    """Return what is in a folder: names, which of them are folders, and where links lead."""
    entries = []
    try:
        with os.scandir(path) as found:
            for entry in found:
                leads = os.readlink(entry.path) if entry.is_symlink() else ""
                entries.append(f"{entry.name}\0{entry.is_dir(follow_symlinks=False):d}\0{leads}")
    except (OSError, ValueError) as error:
        return f"{_FOLDER}{getattr(error, 'errno', None)}"
    text = "\0\0".join(sorted(entries))
    return _FOLDER + _digest(text.encode("utf-8", "surrogatepass"))


def _state_of_place(path: str) -> str:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        return f"{_PLACE}{getattr(error, 'errno', None)}"
    return f"{_PLACE}{stat.S_IFMT(mode):o} {os.access(path, os.R_OK):d}"
