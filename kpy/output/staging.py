"""Changing several files of a folder at once: all of them, or none, whatever happens meanwhile.

Everything is laid out in `.kpy-staging` first: what files shall be (`new-0`), what they were (`old-0`), and a journal
of the steps. Until the journal has its name nothing has changed; from then on, everything that is left to do stands on
the disk. Each step puts one file in its place by a rename, so that no file is ever half written.

A kpy that is killed leaves the staging folder behind. The next one finishes what the journal says, or goes on undoing
it, and takes away what has no journal. Nothing is flushed to the disk by force, which would cost milliseconds a file:
after a power cut a hash that is wrong shows what was lost, and the next kpy writes it again.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, NamedTuple

from kpy.errors import WriteError
from kpy.output.index import hash_of
from kpy.output.inside import cannot_write, check_place, is_inside, is_plain, read_plain

__all__ = ["STAGING", "Change", "Recovery", "change", "is_unfinished", "recover"]

#: The folder beside the files in which a change is prepared.
STAGING: Final = ".kpy-staging"
_JOURNAL: Final = "journal"
_DRAFT: Final = "journal.new"
#: The file that says that the steps are to be undone; until then it has another name, since a full disk has no room.
_UNDO: Final = "undo"
_UNDO_NOT: Final = "undo-not"

#: What became of a change that an earlier kpy left half done: nothing was, or it was finished, or it was undone.
Recovery = Literal["", "finished", "undone"]


class Change(NamedTuple):
    """What becomes of one file."""

    path: str
    #: What shall be in it; nothing for a file that goes.
    content: bytes | None
    #: The mode of the file; nothing for that which it has, or which new files have.
    mode: int | None = None


class _Step(NamedTuple):
    """A change in the journal: the hashes of what the file was and shall be, nothing where there is no file."""

    path: str
    old: str | None
    new: str | None
    #: How many of the folders above it are made for it.
    made: int = 0


def change(root: Path, changes: Sequence[Change]) -> None:
    """Make all changes in a folder, which nobody else writes to, in this order.

    Raises `WriteError` when one cannot be made; then all that were made are undone, as they are when it is interrupted.
    """
    staging = root / STAGING
    place = root
    try:
        _make_staging(staging)
        steps = []
        for number, each in enumerate(changes):
            place = check_place(root, each.path)
            steps.append(_stage(root, staging, number, each))
        place = staging
        _begin(staging, steps)
        for number, step in enumerate(steps):
            place = root / step.path
            _do(root, staging, number, step)
    except OSError as error:
        _take_back(root, staging)
        raise error if isinstance(error, WriteError) else cannot_write(place, error) from None
    except BaseException:
        _take_back(root, staging)
        raise
    with suppress(OSError):  # all is done: the next kpy finds nothing left to do
        _end(staging)


def is_unfinished(root: Path) -> bool:
    """Return whether an earlier kpy was stopped in this folder after it had begun to change it."""
    return os.path.isfile(root / STAGING / _JOURNAL)


def recover(root: Path) -> Recovery:
    """Bring to an end what an earlier kpy left half done in a folder, which nobody else writes to.

    Raises `WriteError` when that fails; then it is left for the next one.
    """
    staging = root / STAGING
    if not os.path.lexists(staging):
        return ""
    if staging.is_symlink() or not staging.is_dir():
        raise WriteError(f"{staging} is not as kpy made it: remove it")
    steps = _read_journal(staging)
    done: Recovery = ""
    try:
        if steps is not None and _can_be_finished(root, staging, steps):
            for number, step in enumerate(steps):
                _do(root, staging, number, step)
            done = "finished"
        elif steps is not None:
            _undo(root, staging, steps)
            done = "undone"
        _end(staging)
    except OSError as error:
        raise error if isinstance(error, WriteError) else cannot_write(staging, error) from None
    return done


def _make_staging(staging: Path) -> None:
    staging.mkdir(mode=0o700)
    (staging / ".gitignore").write_text("*\n")
    (staging / _UNDO_NOT).touch()


def _stage(root: Path, staging: Path, number: int, wanted: Change) -> _Step:
    """Lay out what a file was and shall be."""
    place = root / wanted.path
    before = read_plain(root, wanted.path)
    if before is not None:
        _keep(place, staging / f"old-{number}")
    if wanted.content is not None:
        _write(staging / f"new-{number}", wanted.content, place.stat() if before is not None else None, wanted.mode)
    old = None if before is None else hash_of(before)
    made = sum(not folder.exists() for folder in place.parents if folder != root and root in folder.parents)
    return _Step(wanted.path, old, None if wanted.content is None else hash_of(wanted.content), made)


def _keep(place: Path, kept: Path) -> None:
    try:
        os.link(place, kept)
    except OSError:
        shutil.copy2(place, kept)  # a file system without links


def _write(path: Path, content: bytes, before: os.stat_result | None, mode: int | None) -> None:
    """Write a new file that has the mode, and the owner, of the one that it replaces."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666 & (mode or 0o666))
    with open(handle, "wb") as file:
        file.write(content)
    if before is not None and hasattr(os, "chown"):
        mine = path.stat()
        if (before.st_uid, before.st_gid) != (mine.st_uid, mine.st_gid):
            with suppress(OSError):
                os.chown(path, before.st_uid, before.st_gid)
    if mode is None and before is not None:
        mode = stat.S_IMODE(before.st_mode)
    if mode is not None:
        path.chmod(mode)


def _begin(staging: Path, steps: Sequence[_Step]) -> None:
    """Give the journal its name: from here on, all steps are made or undone."""
    (staging / _DRAFT).write_text(json.dumps([step._asdict() for step in steps]))
    os.replace(staging / _DRAFT, staging / _JOURNAL)


def _end(staging: Path) -> None:
    """Take the staging folder away, the journal first, even when that is interrupted."""
    try:
        _remove(staging)
    except KeyboardInterrupt:
        _remove(staging)
        raise


def _remove(staging: Path) -> None:
    with suppress(FileNotFoundError):
        os.unlink(staging / _JOURNAL)
    shutil.rmtree(staging, ignore_errors=True)


def _do(root: Path, staging: Path, number: int, step: _Step) -> None:
    """Put a file in its place, or take it away; doing it twice changes nothing."""
    place = check_place(root, step.path)
    if step.new is not None:
        staged = staging / f"new-{number}"
        if staged.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(staged, place)
        return
    with suppress(FileNotFoundError):
        os.unlink(place)
    _drop_empty(root, place.parent)


def _take_back(root: Path, staging: Path) -> None:
    """Undo what was done of a change; what cannot be undone is left, with its journal, for the next kpy."""
    steps = _read_journal(staging)
    with suppress(OSError):
        if steps is not None:
            _undo(root, staging, steps)
        _end(staging)


def _undo(root: Path, staging: Path, steps: Sequence[_Step]) -> None:
    if (staging / _UNDO_NOT).exists():
        os.replace(staging / _UNDO_NOT, staging / _UNDO)
    for number, step in reversed(list(enumerate(steps))):
        if _was_changed_since(root, step):
            continue
        if step.old is not None and hash_of(read_plain(root, step.path)) == step.old and is_plain(root, step.path):
            continue  # it was not done yet, or is undone; what cannot be written needs no writing
        place, kept = check_place(root, step.path), staging / f"old-{number}"
        if kept.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            os.replace(kept, place)
        elif step.old is None:
            with suppress(FileNotFoundError):
                os.unlink(place)
            _drop_empty(root, place.parent, step.made)


def _was_changed_since(root: Path, step: _Step) -> bool:
    """Return whether somebody else has changed a file since the change began: then it is no longer kpy's to touch."""
    content = read_plain(root, step.path)
    now = None if content is None else hash_of(content)
    return now not in (step.old, step.new) and not (now is None and step.old is not None)


def _drop_empty(root: Path, folder: Path, most: int | None = None) -> None:
    """Remove folders in which there is nothing left, upwards, so many at most."""
    while folder != root and most != 0:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass  # it was not made yet
        except OSError:
            return
        folder = folder.parent
        most = None if most is None else most - 1


def _read_journal(staging: Path) -> list[_Step] | None:
    """Return the steps of the journal; nothing where there is none, or where it is not one of kpy's."""
    try:
        steps = [_Step(**step) for step in json.loads((staging / _JOURNAL).read_bytes())]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError):
        raise WriteError(f"{staging / _JOURNAL} is not as kpy wrote it: remove {staging}") from None
    if not all(map(_is_sound, steps)):
        raise WriteError(f"{staging / _JOURNAL} is not as kpy wrote it: remove {staging}")
    return steps


def _is_sound(step: _Step) -> bool:
    are_hashes = all(value is None or isinstance(value, str) for value in (step.old, step.new))
    return is_inside(step.path) and are_hashes and isinstance(step.made, int)


def _can_be_finished(root: Path, staging: Path, steps: Sequence[_Step]) -> bool:
    """Return whether nothing speaks against the rest of the steps.

    That would be an undoing that has begun, a file that somebody else has made or changed since, or one that a power
    cut has taken out of the staging folder.
    """
    if (staging / _UNDO).exists() or any(_was_changed_since(root, step) for step in steps):
        return False
    for number, step in enumerate(steps):
        staged = read_plain(staging, f"new-{number}")
        if staged is not None and hash_of(staged) != step.new:
            return False
    return True
