"""One kpy at a time in a folder: the lock is on the folder itself, leaves no file, and goes with its process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from kpy.errors import WriteError
from kpy.output.inside import cannot_write

__all__ = ["locked", "reading"]

#: How long another kpy is waited for, in seconds.
PATIENCE: Final = 30.0
_PAUSE: Final = 0.02


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep other kpys out of a folder, which is made when it is missing, and taken away again if the block fails.

    Raises `WriteError` when it cannot be made, or when another kpy does not come to an end. Systems without such locks
    go on without one: there, two writers of one folder are up to the user.
    """
    made: list[Path] = []
    try:
        try:
            made += [each for each in (root, *root.parents) if not each.exists()]
            if made:
                root.mkdir(parents=True, exist_ok=True)
            handle = _open(root)
        except OSError as error:
            raise cannot_write(root, error) from None
        try:
            _lock(handle, root, is_shared=False)
            yield
        finally:
            _close(handle)
    except BaseException:
        for each in made:
            with suppress(OSError):
                each.rmdir()  # which fails when there is something in it
        raise


@contextmanager
def reading(root: Path) -> Iterator[None]:
    """Keep other kpys from writing into a folder while it is read; one that is missing needs no lock."""
    try:
        handle = _open(root)
    except OSError:
        handle = None
    try:
        _lock(handle, root, is_shared=True)
        yield
    finally:
        _close(handle)


def _open(root: Path) -> int | None:
    """Return a handle of the folder; nothing where folders have none, as on Windows."""
    return os.open(root, os.O_RDONLY | os.O_DIRECTORY) if hasattr(os, "O_DIRECTORY") else None


def _close(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)


def _lock(handle: int | None, root: Path, *, is_shared: bool) -> None:
    try:
        from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
    except ImportError:
        return
    if handle is None:
        return
    end = monotonic() + PATIENCE
    while True:
        try:
            flock(handle, (LOCK_SH if is_shared else LOCK_EX) | LOCK_NB)
            return
        except BlockingIOError:
            if monotonic() > end:
                raise WriteError(
                    f"{root}: another kpy has been writing there for {PATIENCE:g} seconds: "
                    "wait until it is done; nothing was changed"
                ) from None
            sleep(_PAUSE)
        except OSError:
            return  # a file system without locks
