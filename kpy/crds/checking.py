"""`kpy crds --check`: whether what stands in the folder is what was pinned, and what kpy makes of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from kpy.crds.definitions import find_definitions
from kpy.crds.store import Store
from kpy.errors import LoadError

__all__ = ["Fault", "check"]

_AGAIN = "`kpy crds` writes the types anew"


class Fault(NamedTuple):
    """What is not as it should be."""

    file: str
    message: str
    fix: str


def check(store: Store, kubernetes: str | None = None) -> list[Fault]:
    """Return what is not as it should be; nothing is written, and nothing is fetched.

    Definitions are judged as a server of a minor release does, the newest if none is given.
    """
    faults = (*_definitions(store), *_kinds(store), *_refused(store, kubernetes), *_types(store))
    return [fault._replace(file=store.shown(fault.file)) for fault in faults]


def _definitions(store: Store) -> Iterator[Fault]:
    kept = store.kept()
    for name, entry in sorted(store.entries.items()):
        file = entry["file"]
        if name not in kept:
            yield Fault(file, "it is missing", f"restore it, or forget it by `kpy crds remove {name}`")
        elif kept[name].digest != entry["sha256"]:
            yield Fault(
                file,
                "it was changed since it was pinned",
                f"restore it, or pin it by `kpy crds add {store.shown(file)}`",
            )
    for file in store.unknown_files():
        yield Fault(file, "kpy.lock does not know it", f"`kpy crds add {store.shown(file)}` pins it")


def _kinds(store: Store) -> Iterator[Fault]:
    """Yield the kinds that two definitions define."""
    seen: dict[tuple[str, str], str] = {}
    for kept in store.kept().values():
        try:
            spec = kept.tree["spec"]
            kind, group = spec["names"]["kind"], spec["group"]
        except (KeyError, TypeError, LoadError):
            yield Fault(kept.file, "there is no sound definition in it", f"`kpy crds remove {kept.name}` forgets it")
            continue
        other = seen.setdefault((group, kind), kept.name)
        if other != kept.name:
            yield Fault(kept.file, f"{kind} of {group} is defined by {other}, too", f"`kpy crds remove {other}`")


def _refused(store: Store, kubernetes: str | None) -> Iterator[Fault]:
    """Yield what a server refuses of definitions that are as they were pinned."""
    for kept in store.kept().values():
        if kept.digest == store.entries[kept.name]["sha256"]:
            for error in find_definitions(kept.content, kept.file, kubernetes=kubernetes).findings:
                yield Fault(str(error.where or kept.file), error.message, error.fix)


def _types(store: Store) -> Iterator[Fault]:
    try:
        wanted = store.types(sorted(store.kept().values()))
    except (KeyError, TypeError, LoadError):
        return
    for path, content in wanted.items():
        try:
            with open(os.path.join(store.folder, path), "rb") as file:
                if file.read() != content:
                    yield Fault(path, "it is not up to date", _AGAIN)
        except OSError:
            yield Fault(path, "it is missing", _AGAIN)
    for path in sorted(store.lock.tables.get("types", {}).keys() - wanted.keys()):
        if os.path.exists(os.path.join(store.folder, path)):
            yield Fault(path, "its definitions are gone", _AGAIN)
