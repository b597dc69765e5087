"""What stands in a project's folder: definitions as published, kpy.lock, and the types, changed all at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from kpy.custom.types.package import package_files
from kpy.documents import read_content
from kpy.errors import LoadError, WriteError
from kpy.output.inside import read_plain
from kpy.output.locking import locked
from kpy.output.staging import Change, change, recover
from kpy.project.lock import LOCK, Lock, read_lock

__all__ = ["Kept", "Store"]

_DEFINITIONS, _TYPES = "definitions", "types"


class Kept(NamedTuple):
    """A definition that the project keeps."""

    name: str
    #: Its file, from the folder of the project.
    file: str
    #: Where it came from.
    source: str
    content: bytes

    @property
    def digest(self) -> str:
        """The digest of its file."""
        return sha256(self.content).hexdigest()

    @property
    def tree(self) -> Mapping[str, Any]:
        """The definition. Raises `LoadError` for a file that is none."""
        for document in read_content(self.content, self.file).documents:
            if isinstance(document.tree, dict) and document.tree.get("kind") == "CustomResourceDefinition":
                return document.tree
        raise LoadError(f"{self.file}: there is no definition in it; `kpy crds remove {self.name}` forgets it")


class Store:
    """The definitions of a project and what is made of them."""

    def __init__(self, folder: str, definitions: str, package: str) -> None:
        #: The folder of the project.
        self.folder = folder
        #: The folder of definitions and that of the types, from there.
        self.definitions, self.package = definitions, package
        self._root = Path(folder or ".")
        self.lock = read_lock(folder)

    @property
    def entries(self) -> Mapping[str, Mapping[str, str]]:
        """What kpy.lock says of definitions, by name."""
        return self.lock.tables.get(_DEFINITIONS, {})

    def shown(self, file: str) -> str:
        """Return a file of the project as it is named from the current folder."""
        return os.path.relpath(os.path.join(self.folder, file))

    def kept(self) -> dict[str, Kept]:
        """Return the definitions that are kept, by name; those whose files are gone are left out."""
        found = {}
        for name, entry in sorted(self.entries.items()):
            content = read_plain(self._root, entry["file"])
            if content is not None:
                found[name] = Kept(name, entry["file"], entry.get("from", ""), content)
        return found

    def types(self, kept: Iterable[Kept]) -> dict[str, bytes]:
        """Return the files of the types, from the folder of the project."""
        return {
            f"{self.package}/{path}": text.encode() for path, text in package_files(each.tree for each in kept).items()
        }

    def write(self, kept: Iterable[Kept], *, force: bool = False) -> list[str]:
        """Write what shall be kept, with its types and digests, and take away what is kept no more.

        Return the files that were written or taken away. Raises `WriteError`, and nothing is changed, where that would
        destroy what kpy did not write, unless it is forced.
        """
        kept = sorted(kept)
        types = self.types(kept)
        lock = Lock(self.lock.tables)
        lock.tables[_DEFINITIONS] = {
            each.name: {"file": each.file, "from": each.source, "sha256": each.digest} for each in kept
        }
        lock.tables[_TYPES] = {path: {"sha256": sha256(content).hexdigest()} for path, content in types.items()}
        lock.tables = {name: table for name, table in lock.tables.items() if table}
        wanted: dict[str, bytes | None] = dict.fromkeys(self._pinned())
        wanted |= {each.file: each.content for each in kept} | types
        wanted[LOCK] = lock.to_text().encode() if lock.tables else None
        with locked(self._root):
            recover(self._root)
            there = {path: read_plain(self._root, path) for path in wanted}
            changed = [path for path, content in wanted.items() if there[path] != content]
            if not force:
                self._refuse_foreign({path: there[path] for path in changed if path != LOCK})
            change(self._root, [Change(path, wanted[path]) for path in changed])
        self.lock = lock
        self._tidy(path for path in changed if wanted[path] is None)
        return changed

    def _pinned(self) -> dict[str, str]:
        """Return the files that kpy wrote, with their digests."""
        pinned = {entry["file"]: entry["sha256"] for entry in self.entries.values()}
        return pinned | {path: entry["sha256"] for path, entry in self.lock.tables.get(_TYPES, {}).items()}

    def _refuse_foreign(self, there: Mapping[str, bytes | None]) -> None:
        pinned = self._pinned()
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

    def _tidy(self, removed: Iterable[str]) -> None:
        """Take away the folders that nothing is left in."""
        for path in removed:
            for folder in list(Path(path).parents)[:-1]:
                try:
                    os.rmdir(self._root / folder)
                except OSError:
                    break

    def unknown_files(self) -> Iterator[str]:
        """Yield the files in the folder of definitions that kpy.lock does not know."""
        from kpy.documents import find_files

        known = {entry["file"] for entry in self.entries.values()}
        root = os.path.join(self.folder, self.definitions)
        for file in find_files(root) if os.path.isdir(root) else ():
            path = Path(os.path.relpath(file, self.folder or ".")).as_posix()
            if path not in known:
                yield path
