"""What is made of the files of a project, kept in its `.kpy/cache/`: plain data, bounded, safe to delete.

An entry is found by a name that says all that it depends on, and counts only if kpy has written it for this user: it
is sealed with a key that stands in the user's cache folder. So what comes along with a checkout is never taken, and
what is broken, cut off or moved is made anew.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from hashlib import blake2b
from typing import Any, BinaryIO, Final

__all__ = ["FOLDER", "Entry", "ProjectCache", "user_cache"]

#: Below the folder of the project.
FOLDER: Final = ".kpy"
#: How many entries are kept, and how large all of them together.
MOST_ENTRIES: Final = 2_000
MOST_IN_ALL: Final = 128 << 20
_CACHE: Final = "cache"
_SUFFIX: Final = ".entry"
_KEY_BYTES: Final = 32
_SEAL_BYTES: Final = 16
#: The longest first part of an entry, and the longest other.
_LONGEST_HEAD: Final = 4 << 20
_LONGEST_PART: Final = 64 << 20
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
#: Neither follows a link nor waits for a pipe.
_OLD: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Entry:
    """An entry: what is known at once, and parts that are read when they are wanted."""

    def __init__(self, path: str, facts: Any, begin: int, places: Sequence[tuple[int, int, str]], key: bytes) -> None:
        #: Plain data.
        self.facts = facts
        self._path = path
        self._begin = begin
        self._places = places
        self._key = key

    def part(self, number: int) -> bytes | None:
        """Return a part; nothing where it is not as it was written."""
        try:
            begin, size, seal = self._places[number]
            with _opened(self._path) as stream:
                stream.seek(self._begin + begin)
                content = stream.read(min(size, _LONGEST_PART))
        except (OSError, ValueError, IndexError):
            return None
        return content if _seal(self._key, self._path, content) == seal else None


class ProjectCache:
    """The cache of a project; without a key, or where it cannot be written, it is empty and stays so."""

    def __init__(self, project: str) -> None:
        self._project = project
        self._outer = os.path.join(project, FOLDER)
        self._folder = os.path.join(self._outer, _CACHE)

    @cached_property
    def _key(self) -> bytes | None:
        return _key() if self._project else None

    @cached_property
    def _is_readable(self) -> bool:
        return _is_own(self._outer) and _is_own(self._folder)

    def read(self, name: str) -> Entry | None:
        """Return an entry; nothing where there is none that this user's kpy has written."""
        path = self._path(name)
        if self._key is None or not self._is_readable:
            return None
        try:
            with _opened(path) as stream:
                seal, size = stream.readline(80).split()
                head = stream.read(min(int(size), _LONGEST_HEAD))
                begin = stream.tell()
            if _seal(self._key, path, head) != seal.decode():
                return None
            facts, places = json.loads(head)
            return Entry(path, facts, begin, [(int(at), int(long), str(of)) for at, long, of in places], self._key)
        except (OSError, ValueError, TypeError, RecursionError):
            return None

    def store(self, name: str, facts: object, parts: Sequence[bytes]) -> bool:
        """Keep an entry and return whether it could be kept; that it cannot be is no error."""
        if self._key is None:
            return False
        path, begin, places = self._path(name), 0, []
        for part in parts:
            places.append((begin, len(part), _seal(self._key, path, part)))
            begin += len(part)
        head = json.dumps([facts, places], separators=(",", ":")).encode()
        if len(head) > _LONGEST_HEAD or any(len(part) > _LONGEST_PART for part in parts):
            return False
        first = b"%s %d\n" % (_seal(self._key, path, head).encode(), len(head))
        with suppress(OSError):
            self._make_folder()
            _write(path, [first, head, *parts])
            return True
        return False

    def digest(self, text: str) -> str | None:
        """Return a digest by which nobody but this user can find a text; nothing where the user has no key."""
        if self._key is None:
            return None
        return blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=_SEAL_BYTES).hexdigest()

    def make_room(self) -> None:
        """Remove the entries that were written first, where there are too many or they take too much."""
        with suppress(OSError):
            with os.scandir(self._folder) as found:
                entries = [
                    (status.st_mtime_ns, status.st_size, entry.path)
                    for entry in found
                    if entry.name.endswith((_SUFFIX, ".tmp")) and (status := entry.stat(follow_symlinks=False))
                ]
            size = 0
            for number, (_, own, path) in enumerate(sorted(entries, reverse=True)):
                size += own
                if number >= MOST_ENTRIES or size > MOST_IN_ALL:
                    os.unlink(path)

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, f"{blake2b(name.encode(), digest_size=_SEAL_BYTES).hexdigest()}{_SUFFIX}")

    def _make_folder(self) -> None:
        """Make the folder, with what keeps Git from it."""
        ignore = os.path.join(self._outer, ".gitignore")
        for folder in (self._outer, self._folder):
            with suppress(FileExistsError):
                os.mkdir(folder)
            if not _is_own(folder):
                raise OSError(f"{folder} is not the user's own")
        if not os.path.lexists(ignore):
            _write(ignore, [b"*\n"], mode=0o644)


def user_cache() -> str:
    """Return the folder in which kpy keeps what is the user's, and of no project."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(base if os.path.isabs(base) else os.path.join(os.path.expanduser("~"), ".cache"), "kpy")


def _is_own(folder: str) -> bool:
    """Return whether this is a folder of the user, and no link that leads elsewhere."""
    try:
        status = os.lstat(folder)
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode):
        return False
    return not hasattr(os, "getuid") or status.st_uid == os.getuid()


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """Open a plain file. Raises `OSError` for all else."""
    descriptor = os.open(path, _OLD)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is no plain file")
    with open(descriptor, "rb") as stream:
        yield stream


def _write(path: str, parts: Sequence[bytes], *, mode: int = 0o600) -> None:
    """Write a file whole or not at all, however many write it at once."""
    beside = f"{path}.{os.urandom(8).hex()}.tmp"
    try:
        with open(os.open(beside, _NEW, mode), "wb") as stream:
            stream.writelines(parts)
        os.replace(beside, path)
    except OSError:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _seal(key: bytes, path: str, content: bytes) -> str:
    """Return what only this user's kpy can say of a content in a file with this name."""
    hashed = blake2b(os.path.basename(path).encode(), key=key, digest_size=_SEAL_BYTES)
    hashed.update(content)
    return hashed.hexdigest()


def _key() -> bytes | None:
    """Return the user's key, which is made when it is missing; nothing where there is no place for it."""
    path = os.path.join(user_cache(), "project-cache.key")
    found = _read_key(path)
    if found is None and os.path.isabs(path):
        with suppress(OSError):
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            _write(path, [os.urandom(_KEY_BYTES)])
        found = _read_key(path)
    return found


def _read_key(path: str) -> bytes | None:
    try:
        with _opened(path) as stream:
            status = os.fstat(stream.fileno())
            key = stream.read(_KEY_BYTES + 1)
    except OSError:
        return None
    is_secret = not hasattr(os, "getuid") or (
        status.st_uid == os.getuid() and not status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    )
    return key if is_secret and len(key) == _KEY_BYTES else None
