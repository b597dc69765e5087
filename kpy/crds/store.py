"""What stands in a project's folder: definitions as published, kpy.lock, and the types, changed all at once."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from kpy.custom.types.package import package_files
from kpy.documents import read_content
from kpy.errors import LoadError, WriteError
from kpy.lock import Lock, read_lock
from kpy.output.inside import read_plain
from kpy.output.pinned import write_pinned

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

    def write(self, kept: Iterable[Kept], *, added: Collection[str] = (), force: bool = False) -> list[str]:
        """Write what shall be kept, with its types and digests, and take away what is kept no more.

        `added` are the names of those that are pinned anew. Return the files that were written or taken away. Raises
        `WriteError`, and nothing is changed, where that would destroy what kpy did not write, or pin a definition that
        was edited and not added again, unless it is forced.
        """
        kept = sorted(kept)
        if not force:
            self._refuse_edited(each for each in kept if each.name not in added)
        types = self.types(kept)
        lock = Lock(self.lock.tables)
        lock.tables[_DEFINITIONS] = {
            each.name: {"file": each.file, "from": each.source, "sha256": each.digest} for each in kept
        }
        lock.tables[_TYPES] = {path: {"sha256": sha256(content).hexdigest()} for path, content in types.items()}
        lock.tables = {name: table for name, table in lock.tables.items() if table}
        files = {each.file: each.content for each in kept} | types
        changed = write_pinned(self._root, files, lock, self._pinned(), force=force)
        self.lock = lock
        return changed

    def _refuse_edited(self, kept: Iterable[Kept]) -> None:
        """Refuse to pin definitions that are not as they were pinned."""
        edited = [each.file for each in kept if each.digest != self.entries.get(each.name, {}).get("sha256")]
        if edited:
            more = f", and so were {len(edited) - 1} more" if len(edited) > 1 else ""
            raise WriteError(
                f"{edited[0]} was edited since it was pinned{more}: restore what was pinned, or pin it as it is now by "
                f"`kpy crds add {edited[0]}`; nothing was changed"
            )

    def _pinned(self) -> dict[str, str]:
        """Return the files that kpy wrote, with their digests."""
        pinned = {entry["file"]: entry["sha256"] for entry in self.entries.values()}
        return pinned | {path: entry["sha256"] for path, entry in self.lock.tables.get(_TYPES, {}).items()}

    def unknown_files(self) -> Iterator[str]:
        """Yield the files in the folder of definitions that kpy.lock does not know."""
        from kpy.documents import find_files

        known = {entry["file"] for entry in self.entries.values()}
        root = os.path.join(self.folder, self.definitions)
        for file in find_files(root) if os.path.isdir(root) else ():
            path = Path(os.path.relpath(file, self.folder or ".")).as_posix()
            if path not in known:
                yield path
