"""What is looked at while documents are read and apps are made: files, folders, what is not there, variables, programs.

Who keeps what came of it can see by it whether anything has changed since. Whoever reads a file, lists a folder or
asks whether there is one says so here; when nobody watches, that costs next to nothing. All threads are watched, since
the code of an app may read its files in others.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from time import time_ns
from typing import Final

__all__ = [
    "PROGRAM",
    "VARIABLE",
    "Watch",
    "digest_of",
    "is_unchanged",
    "saw_again",
    "saw_file",
    "saw_folder",
    "saw_other",
    "saw_place",
    "saw_reason",
    "saw_state",
    "saw_variable",
    "state_of",
    "watching",
]

#: What a state begins with: the content of a file, what is in a folder, or only what there is.
_FILE, _FOLDER, _PLACE = "file ", "folder ", "place "
#: What the name of something begins with that is no path.
VARIABLE, PROGRAM = "variable ", "program "
#: What stands in folders because kpy and Python were at work there.
_MADE: Final = frozenset(("__pycache__", ".kpy"))
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
    """The states of everything that was looked at."""

    def __init__(self) -> None:
        #: By path.
        self.states: dict[str, str] = {}
        #: By what else was looked at: a variable of the environment, a program.
        self.others: dict[str, str] = {}
        #: Why nobody can say what was looked at.
        self.reasons: dict[str, None] = {}

    def keep(self, path: str, state: str) -> None:
        """Keep the state of a path; the content of a file or folder says more than that there is one."""
        if path not in self.states or self.states[path].startswith(_PLACE):
            self.states[path] = state

    def take(self, other: Watch) -> None:
        """Keep what another has seen, too."""
        for path, state in other.states.items():
            self.keep(path, state)
        self.others = {**other.others, **self.others}
        self.reasons |= other.reasons


#: Those that watch, the innermost last; what one has seen, the one around it has seen, too.
_WATCHES: Final[list[Watch]] = []


@contextmanager
def watching() -> Iterator[Watch]:
    """Keep the states of everything that is looked at."""
    watch = Watch()
    _WATCHES.append(watch)
    try:
        yield watch
    finally:
        _WATCHES.remove(watch)
        if _WATCHES:
            _WATCHES[-1].take(watch)


def saw_file(path: str, content: bytes) -> None:
    """Say that a file was read, and what was in it."""
    if _WATCHES:
        _WATCHES[-1].keep(path, _state_of_content(content))


def saw_folder(path: str) -> None:
    """Say that a folder was listed."""
    if _WATCHES:
        _WATCHES[-1].keep(path, _state_of_folder(path))


def saw_place(path: str) -> None:
    """Say that somebody asked what there is: a file, a folder, or nothing."""
    if _WATCHES:
        _WATCHES[-1].keep(path, _state_of_place(path))


def saw_state(path: str, state: str) -> None:
    """Say that somebody looked at a path when it was in a state, as `state_of` gives it."""
    if _WATCHES:
        _WATCHES[-1].keep(path, state)


def saw_variable(name: str) -> None:
    """Say that somebody asked for a variable of the environment."""
    if _WATCHES:
        _WATCHES[-1].others.setdefault(f"{VARIABLE}{name}", f"={os.environ[name]}" if name in os.environ else "")


def saw_other(name: str, state: str = "") -> None:
    """Say that somebody looked at what is no path, such as a program, and in which state it was."""
    if _WATCHES:
        _WATCHES[-1].others.setdefault(name, state)


def saw_reason(reason: str) -> None:
    """Say why nobody can tell what is looked at: a program is started, say."""
    if _WATCHES:
        _WATCHES[-1].reasons[reason] = None


def saw_again(watch: Watch) -> None:
    """Say that what is kept in this process was used again, with what was looked at when it was made."""
    if _WATCHES:
        _WATCHES[-1].take(watch)


def state_of(path: str, what: str) -> str:
    """Return the state of a path: of a `file` its content, of a `folder` what is in it, of a `place` what there is."""
    return _state_now(path, f"{what} ") or f"{what} "


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
    if _WATCHES:
        _WATCHES[-1].keep(path, _FILE + kept[1][:_SHORT])
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
                if entry.name in _MADE:
                    continue
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
