"""`kpy vendor --check`: whether the charts in the folder are what was pinned, and what kpy makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from kpy.charts.store import FOLDER, Store
from kpy.errors import LoadError

__all__ = ["Fault", "check"]

_AGAIN = "`kpy vendor` writes the types anew"


class Fault(NamedTuple):
    """What is not as it should be."""

    file: str
    message: str
    fix: str


def check(store: Store) -> list[Fault]:
    """Return what is not as it should be; nothing is written, and nothing is fetched."""
    faults = [*_charts(store)]
    faults += () if faults else _types(store)
    return [fault._replace(file=store.shown(fault.file)) for fault in faults]


def _charts(store: Store) -> Iterator[Fault]:
    kept = store.kept()
    for key, entry in sorted(store.entries.items()):
        file = entry["file"]
        if file != f"{FOLDER}/{entry['name']}-{entry['version']}.tgz":
            yield Fault(file, f"kpy.lock asks for version {entry['version']}", "`kpy vendor` fetches it")
        elif key not in kept:
            yield Fault(file, "it is missing", f"`kpy vendor` fetches it, and `kpy vendor remove {key}` forgets it")
        elif kept[key].digest != entry["sha256"]:
            fix = f"restore it, or pin it as it is by `kpy vendor {store.shown(file)} --force`"
            yield Fault(file, "it was changed since it was pinned", fix)
    for file in store.unknown_files():
        yield Fault(file, "kpy.lock does not know it", f"`kpy vendor {store.shown(file)}` pins it")


def _types(store: Store) -> Iterator[Fault]:
    try:
        wanted = store.types(store.kept().values())
    except LoadError as error:
        yield Fault(FOLDER, str(error), "remove the chart by `kpy vendor remove`, or take another version")
        return
    for path, content in wanted.items():
        there = store.content(path)
        if there is None:
            yield Fault(path, "it is missing", _AGAIN)
        elif sha256(there).digest() != sha256(content).digest():
            yield Fault(path, "it is not up to date", _AGAIN)
    for path in sorted(store.values.keys() - wanted.keys()):
        if store.content(path) is not None:
            yield Fault(path, "its chart is gone", _AGAIN)
