"""kpy.lock: what a project took from elsewhere, with its digest, so that it stays what it was.

Each table of the file has one sort of things, by name. It is TOML, sorted, so that two people who add something change
different lines.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from kpy.errors import LoadError
from kpy.watch import digest_of, saw_file, saw_place

__all__ = ["LOCK", "Lock", "read_lock", "refuse_changed"]

LOCK = "kpy.lock"
_VERSION = 1
_HEAD = "# What this project took from elsewhere, written by `kpy crds` and `kpy vendor`; do not edit.\n"

#: What is said of one thing: `file`, `from`, `sha256`.
Entry = Mapping[str, str]


class Lock:
    """The tables of a kpy.lock."""

    def __init__(self, tables: Mapping[str, Mapping[str, Entry]] | None = None) -> None:
        self.tables: dict[str, dict[str, Entry]] = {name: dict(table) for name, table in (tables or {}).items()}

    def table(self, name: str) -> dict[str, Entry]:
        """Return a table, which is made when it is missing."""
        return self.tables.setdefault(name, {})

    def to_text(self) -> str:
        """Return the file."""
        lines = [_HEAD, f"version = {_VERSION}"]
        for table in sorted(self.tables):
            for name, entry in sorted(self.tables[table].items()):
                lines.append(f"\n[{table}.{_text(name)}]")
                lines += [f"{key} = {_text(value)}" for key, value in sorted(entry.items())]
        return "\n".join(lines) + "\n"


def read_lock(folder: str) -> Lock:
    """Return the lock of a project; an empty one where there is none.

    Raises `LoadError` for a file that cannot be read, or that a newer kpy wrote.
    """
    path = os.path.join(folder, LOCK)
    try:
        with open(path, "rb") as file:
            content = file.read()
        saw_file(path, content)
    except FileNotFoundError:
        return Lock()
    except OSError as error:
        raise LoadError(f"{path}: the file cannot be read: {error.strerror}") from None
    import tomllib

    try:
        data = tomllib.loads(content.decode())
    except ValueError as error:
        raise LoadError(f"{path}: {error}; restore the file, or remove it and add what it had again") from None
    if data.pop("version", _VERSION) != _VERSION:
        raise LoadError(f"{path}: it was written by a newer kpy: update kpy")
    if not all(_is_entry(entry) for table in data.values() if isinstance(table, dict) for entry in table.values()):
        raise LoadError(f"{path}: it is not as kpy wrote it; restore the file, or remove it and add what it had again")
    return Lock({name: table for name, table in data.items() if isinstance(table, dict)})


def refuse_changed(folder: str) -> None:
    """Refuse what is not as it was when it was pinned. Raises `LoadError`, which names all of it."""
    if not os.path.exists(os.path.join(folder, LOCK)):
        return
    lock = read_lock(folder)
    pinned = (entry for _, entry in sorted(lock.tables.get("definitions", {}).items()))
    digests = [(entry, _digest(os.path.join(folder, entry["file"]))) for entry in pinned]
    changed = [(entry["file"], digest) for entry, digest in digests if digest != entry["sha256"]]
    if changed:
        said = [f"{path} {'is missing' if digest is None else 'was changed'}" for path, digest in changed]
        more = f", and {len(said) - 3} more" if len(said) > 3 else ""
        raise LoadError(
            f"{os.path.join(folder, LOCK)}: {', '.join(said[:3])}{more}: restore what was pinned, "
            f"or pin it as it is now by `kpy crds add {changed[0][0]}`"
        )


def _digest(path: str) -> str | None:
    try:
        return digest_of(path)
    except OSError:
        saw_place(path)
        return None


def _is_entry(entry: object) -> bool:
    """Return whether this says of a thing what kpy says of it: texts, and where there is a file, its digest."""
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        return False
    return "sha256" in entry


def _text(value: str) -> str:
    import json

    return json.dumps(value)
