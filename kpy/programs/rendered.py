"""What programs have rendered, kept in the cache folder of the user: a second run starts no program."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import file_digest, sha256
from typing import Final

from kpy.errors import KpyError

__all__ = ["RenderCache", "RenderError", "digest_of_files", "identity_of"]

#: How many bytes are kept; when there are more, the oldest go.
_MOST: Final = 256 << 20
_DIGEST: Final = 64


class RenderError(KpyError, RuntimeError):
    """A chart or an overlay cannot be rendered; the text says why, and what to do."""


class RenderCache:
    """Rendered texts by key. Nothing in it is needed: what is not there, or is not what was written, is made anew.

    It is for the user alone, since manifests have secrets, and never in a folder that is judged, since whoever wrote
    that would then say what was rendered.
    """

    def __init__(self, folder: str | None = None) -> None:
        home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        self.folder = os.path.join(home, "kpy", "rendered") if folder is None else folder

    def text(self, key: str, make: Callable[[], str]) -> str:
        """Return the text of a key, made and kept when it is not there."""
        path = os.path.join(self.folder, key)
        kept = _read(path)
        if kept is not None:
            return kept
        text = make()
        with suppress(OSError):  # a cache that cannot be written costs time and nothing else
            self._write(path, text)
        return text

    def _write(self, path: str, text: str) -> None:
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        content = text.encode("utf-8", "surrogateescape")
        draft = f"{path}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(sha256(content).hexdigest().encode() + content)
        os.replace(draft, path)
        self._shrink()

    def _shrink(self) -> None:
        """Remove the oldest texts when there is too much."""
        with os.scandir(self.folder) as entries:
            files = sorted((entry.stat().st_mtime_ns, entry.stat().st_size, entry.path) for entry in entries)
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            if total <= _MOST:
                return
            os.remove(path)
            total -= size


def digest_of_files(paths: Iterable[str], *words: str, folder: str = "") -> str:
    """Return a digest of the names and contents of files, and of words; what is no plain file counts by its name.

    With a `folder` the names are those from there, wherever it is.
    """
    digest = sha256()
    for word in words:
        digest.update(f"{len(word)}:{word}".encode("utf-8", "surrogateescape"))
    for path in sorted({*paths}):
        digest.update(os.fsencode(os.path.relpath(path, folder) if folder else path) + b"\0")
        digest.update(_content(path))
    return digest.hexdigest()


def identity_of(program: str) -> str:
    """Return what tells a program from others and from what it was: to read all of it takes longer than to run it."""
    try:
        state = os.stat(program)
    except OSError:
        return program
    return f"{os.path.realpath(program)} {state.st_size} {state.st_mtime_ns} {state.st_ino}"


def _content(path: str) -> bytes:
    """Return a digest of what is in a plain file, or why there is none; a pipe or a device may never end."""
    if not os.path.isfile(path):
        return b"none"
    try:
        with open(path, "rb") as file:
            return file_digest(file, "sha256").digest()
    except OSError as error:
        return str(error.errno).encode()


def _read(path: str) -> str | None:
    try:
        with open(path, "rb") as file:
            kept = file.read()
    except OSError:
        return None
    digest, content = kept[:_DIGEST], kept[_DIGEST:]
    return content.decode("utf-8", "surrogateescape") if sha256(content).hexdigest().encode() == digest else None
