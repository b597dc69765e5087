"""Files in a folder: whole or not at all, and knowing later which files are kpy's own, and whose.

A mapping of paths to bytes is written; which file a resource goes to is said by `kpy.output.layouts`. The folder's
index (`kpy.output.index`) lists the files of every output, so that outputs which share a folder leave each other's be.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from kpy.errors import UsageError, WriteError
from kpy.output.index import INDEX, Index, hash_of, read_index
from kpy.output.inside import cannot_write, is_inside, is_plain, read_plain
from kpy.output.locking import locked, reading
from kpy.output.names import fold
from kpy.output.staging import Change, Recovery, change, is_unfinished, recover

__all__ = ["INDEX", "Differences", "Removed", "Written", "compare", "removable", "remove", "write"]

#: The mode of new files that hold a Secret.
_PRIVATE = 0o600


class Written(NamedTuple):
    """What writing did; paths are relative to the folder, sorted."""

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    #: Files of an earlier time that are no longer part of it, and are still there.
    stale: tuple[str, ...]
    #: Stale files that were removed.
    pruned: tuple[str, ...]
    #: Changed files that someone had edited since kpy wrote them.
    edited: tuple[str, ...] = ()
    #: What became of the change that an earlier kpy was stopped in.
    recovery: Recovery = ""


class Removed(NamedTuple):
    """What removing did; paths are relative to the folder, sorted."""

    removed: tuple[str, ...]
    #: Files that someone had edited, which stay.
    edited: tuple[str, ...]


class Differences(NamedTuple):
    """How a folder differs from what would be written; paths are relative to the folder, sorted."""

    missing: tuple[str, ...]
    different: tuple[str, ...]
    #: Files of an earlier time that are no longer part of it.
    stale: tuple[str, ...]
    #: Those of them that someone had edited, which no write removes.
    edited: tuple[str, ...] = ()
    #: Whether an earlier kpy was stopped while it changed the folder; the next write brings that to an end.
    is_unfinished: bool = False

    @property
    def can_be_mended(self) -> bool:
        """Whether the next write changes anything of it: files that someone had edited stay."""
        return bool(self.missing or self.different or self.is_unfinished or set(self.stale) - set(self.edited))


def write(
    folder: str | Path,
    files: Mapping[str, bytes],
    *,
    output: str = "",
    private: Collection[str] = (),
    mode: int | None = None,
    prune: bool = False,
) -> Written:
    """Write files, paths with `/` to bytes, into a folder, which is made when it is missing.

    `output` says whose they are: the files of others in the same folder stay. Files that are equal already are not
    touched, and files that kpy did not write are never overwritten. With `prune`, stale files are removed unless they
    were edited since; nothing is pruned when there is nothing to write. New files of `private` can be read by their
    owner alone; files that are there keep their mode, unless `mode` says one for all.

    Raises `WriteError` when something cannot be written, and then the folder is as it was.
    """
    root = _root(folder)
    _refuse_outside(files)
    if mode is not None and not 0 <= mode <= 0o777:
        raise UsageError(f"mode={mode!r} is not a mode of a file: write it in octal, such as 0o640")
    with locked(root):
        recovery = recover(root)
        index = read_index(root)
        known = index.files_of(output)
        _refuse_others(root, files, index, output)
        there = _compare(root, files, known)
        _refuse_foreign(root, [path for path in there.different if path not in known])
        edited = [path for path in there.different if hash_of(read_plain(root, path)) != known[path]]
        pruned = [path for path in there.stale if prune and files and hash_of(read_plain(root, path)) == known[path]]
        changed = [*there.missing, *there.different]

        listed = {path: hash_of(content) for path, content in files.items()}
        listed |= {path: known[path] for path in there.stale if path not in pruned}
        contents = index.to_bytes(output, listed)
        changes = [Change(path, files[path], _mode(root, path, private, mode)) for path in changed]
        changes += [Change(path, None) for path in pruned]
        if changes or read_plain(root, INDEX) != contents:
            change(root, [*changes, Change(INDEX, contents)])
        unchanged = files.keys() - set(changed)
        if mode is not None:
            _set_mode(root, unchanged, mode)
    stale = set(there.stale) - set(pruned)
    return Written(
        changed=tuple(sorted(changed)),
        unchanged=tuple(sorted(unchanged)),
        stale=tuple(sorted(stale)),
        pruned=tuple(sorted(pruned)),
        edited=tuple(sorted(edited)),
        recovery=recovery,
    )


def remove(folder: str | Path, *, output: str) -> Removed:
    """Remove the files of an output from a folder, but for those that were edited since kpy wrote them.

    The index goes with the last output that is in it. Raises `WriteError` when something cannot be removed, and then
    the folder is as it was.
    """
    root = _root(folder)
    if not root.is_dir():
        return Removed((), ())
    with locked(root):
        recover(root)
        index = read_index(root)
        known = index.files_of(output)
        found = _removable(root, known)
        rest = index.to_bytes(output, {path: known[path] for path in found.edited})
        is_empty = not found.edited and not index.others(output)
        changes = [Change(path, None) for path in found.removed]
        if known:
            change(root, [*changes, Change(INDEX, None if is_empty else rest)])
    return found


def removable(folder: str | Path, *, output: str) -> Removed:
    """Return what `remove` would do; nothing is removed."""
    root = _root(folder)
    with reading(root):
        return _removable(root, read_index(root).files_of(output))


def _removable(root: Path, known: Mapping[str, str]) -> Removed:
    there = [path for path in known if is_plain(root, path)]
    edited = [path for path in there if _is_edited(root, path, known)]
    return Removed(tuple(sorted(set(there) - set(edited))), tuple(sorted(edited)))


def _is_edited(root: Path, path: str, known: Mapping[str, str]) -> bool:
    return hash_of(read_plain(root, path)) != known[path]


def compare(folder: str | Path, files: Mapping[str, bytes], *, output: str = "") -> Differences:
    """Return how a folder differs from what `write` would leave there; nothing is written, and modes do not count."""
    root = _root(folder)
    _refuse_outside(files)
    with reading(root):
        found = _compare(root, files, read_index(root).files_of(output))
        return found._replace(is_unfinished=is_unfinished(root))


def _root(folder: str | Path) -> Path:
    """Return the folder as a path. Raises `UsageError` for what no system takes for one."""
    try:
        if "\0" not in os.fsdecode(os.fsencode(folder)):
            return Path(folder)
    except UnicodeEncodeError:
        pass
    raise UsageError(f"{os.fspath(folder)!r} cannot be the path of a folder")


def _compare(root: Path, files: Mapping[str, bytes], known: Mapping[str, str]) -> Differences:
    there = {path: read_plain(root, path) for path in files}
    missing = [path for path, content in there.items() if content is None]
    different = [path for path, content in there.items() if content is not None and content != files[path]]
    stale = [path for path in known if path not in files and is_plain(root, path)]
    edited = [path for path in stale if _is_edited(root, path, known)]
    return Differences(tuple(sorted(missing)), tuple(sorted(different)), tuple(sorted(stale)), tuple(sorted(edited)))


def _mode(root: Path, path: str, private: Collection[str], mode: int | None) -> int | None:
    """Return the mode that a file shall have; nothing for the one that it has, or that new files have."""
    if mode is not None:
        return mode
    return _PRIVATE if path in private and not is_plain(root, path) else None


def _set_mode(root: Path, paths: Iterable[str], mode: int) -> None:
    for path in paths:
        place = root / path
        if stat.S_IMODE(place.stat().st_mode) != mode:
            try:
                place.chmod(mode)
            except OSError as error:
                raise cannot_write(place, error) from None


def _refuse_outside(files: Iterable[str]) -> None:
    for path in files:
        if not is_inside(path) or path.split("/")[0].startswith(".kpy-"):
            raise UsageError(f"{path!r} is not a path of a file in a folder")


def _refuse_others(root: Path, files: Iterable[str], index: Index, output: str) -> None:
    """Refuse to overwrite what is another output's."""
    others = index.others(output)
    for path in sorted(files):
        if (other := others.get(fold(path))) is not None:
            raise WriteError(
                f"{root / path} is written by the app {other!r} as well as by {output!r}: choose another folder for "
                "one of them, or other names for its charts; if the app was renamed, rename it in "
                f"{root / INDEX}, too; nothing was changed"
            )


def _refuse_foreign(root: Path, paths: list[str]) -> None:
    """Refuse to overwrite files that kpy did not write."""
    if paths:
        named = " and ".join(os.fspath(root / path) for path in paths[:3])
        more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
        are, them = ("are", "them") if len(paths) > 1 else ("is", "it")
        raise WriteError(
            f"{named}{more} {are} there and kpy did not write {them}: "
            f"choose another folder, or move {them} away; nothing was changed"
        )
