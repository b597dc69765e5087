"""Changing several files of a folder at once: all of them, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from kpy.errors import WriteError

__all__ = ["Staging", "read_or_none"]


class Staging:
    """Files written beside their places first, and then put into them, each by one rename.

    While it is open nothing has changed. `commit` puts everything in place; if that fails half way, what was done is
    undone. Whatever cannot be written is a `WriteError`.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._made: list[Path] = []
        self._undo: list[tuple[Path, Path | None]] = []
        self._staged: list[tuple[Path, Path]] = []
        self._path = root

    def __enter__(self) -> Staging:
        try:
            self._make(self._root)
            self._path = Path(tempfile.mkdtemp(prefix=".kpy-", dir=self._root))
        except OSError as error:
            self._clean(keep=False)
            raise _refuse(self._root, error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self._roll_back()
        shutil.rmtree(self._path, ignore_errors=True)
        self._clean(keep=kind is None)

    def put(self, path: str, content: bytes) -> None:
        """Write a file to the side."""
        staged = self._path / f"new-{len(self._staged)}"
        try:
            staged.write_bytes(content)
        except OSError as error:
            raise _refuse(self._root / path, error) from None
        self._staged.append((staged, self._root / path))

    def commit(self, *, remove: Iterable[str] = ()) -> None:
        """Put every file in its place, and remove some."""
        for staged, place in self._staged:
            self._attempt(place, staged)
        for path in remove:
            self._attempt(self._root / path, None)
            parent = (self._root / path).parent
            if parent != self._root and not any(parent.iterdir()):
                parent.rmdir()

    def _attempt(self, place: Path, staged: Path | None) -> None:
        try:
            if place.is_dir():
                raise IsADirectoryError(21, "it is a folder")
            self._make(place.parent)
            self._undo.append((place, self._keep(place)))
            if staged is None:
                place.unlink()
            else:
                staged.replace(place)
        except OSError as error:
            raise _refuse(place, error) from None

    def _keep(self, place: Path) -> Path | None:
        """Keep what is in a place, and return where; nothing when there is nothing."""
        kept = self._path / f"old-{len(self._undo)}"
        if not place.exists():
            return None
        try:
            os.link(place, kept)
        except OSError:
            shutil.copy2(place, kept)  # a file system without links
        return kept

    def _make(self, folder: Path) -> None:
        """Make a folder and those above it, and remember which were made."""
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir()
            self._made.append(each)

    def _roll_back(self) -> None:
        for place, before in reversed(self._undo):
            try:
                if before is None:
                    place.unlink(missing_ok=True)
                else:
                    place.parent.mkdir(exist_ok=True)
                    before.replace(place)
            except OSError:
                continue  # the error that led here is the one to tell

    def _clean(self, *, keep: bool) -> None:
        for folder in () if keep else reversed(self._made):
            try:
                folder.rmdir()
            except OSError:
                continue


def read_or_none(path: Path) -> bytes | None:
    """Return what is in a file; nothing when it is not there."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise WriteError(f"{path}: the file cannot be read: {error.strerror}; nothing was changed") from None


def _refuse(path: Path, error: OSError) -> WriteError:
    return WriteError(f"{path} cannot be written: {error.strerror}; nothing was changed")
