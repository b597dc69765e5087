"""Writing what a project pins: files of others, files that are made of them, and kpy.lock, all at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from kpy.errors import WriteError
from kpy.lock import LOCK, Lock
from kpy.output.inside import read_plain
from kpy.output.locking import locked
from kpy.output.staging import Change, change, recover

__all__ = ["write_pinned"]


def write_pinned(
    root: Path, files: Mapping[str, bytes], lock: Lock, pinned: Mapping[str, str], *, force: bool = False
) -> list[str]:
    """Write files below a folder, with a lock that names them, and take away those that were pinned and are no more.

    `pinned` are the files that kpy wrote before, with their digests. Return those that were written or taken away.
    Raises `WriteError`, and nothing is changed, where that would destroy what kpy did not write, unless it is forced.
    """
    wanted: dict[str, bytes | None] = {**dict.fromkeys(pinned), **files}
    wanted[LOCK] = lock.to_text().encode() if lock.tables else None
    with locked(root):
        recover(root)
        there = {path: read_plain(root, path) for path in wanted}
        changed = [path for path, content in wanted.items() if there[path] != content]
        if not force:
            _refuse_foreign({path: there[path] for path in changed if path != LOCK}, pinned)
        change(root, [Change(path, wanted[path]) for path in changed])
    _tidy(root, (path for path in changed if wanted[path] is None))
    return changed


def _refuse_foreign(there: Mapping[str, bytes | None], pinned: Mapping[str, str]) -> None:
    foreign = [
        path
        for path, content in there.items()
        if content is not None and pinned.get(path) != sha256(content).hexdigest()
    ]
    if foreign:
        named = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
        is_or_are = "were edited since, or are" if len(foreign) > 1 else "was edited since, or is"
        raise WriteError(
            f"{named} {is_or_are} not of kpy: move it away, or write over it with --force; nothing was changed"
        )


def _tidy(root: Path, removed: Iterable[str]) -> None:
    """Take away the folders that nothing is left in."""
    for path in removed:
        for folder in list(Path(path).parents)[:-1]:
            try:
                os.rmdir(root / folder)
            except OSError:
                break
