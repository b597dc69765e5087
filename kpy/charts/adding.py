"""Adding charts to those that are kept, bringing them up to date, and fetching what kpy.lock names and is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from kpy.charts.sources import Source, fetch, is_exact
from kpy.charts.store import FOLDER, Store, Vendored, vendored
from kpy.errors import LoadError

__all__ = ["Added", "add", "keys_of", "restore", "update"]


class Added(NamedTuple):
    """What adding comes to."""

    #: All that is kept from now on, by name in kpy.lock.
    kept: dict[str, Vendored]
    #: What is new, by name in kpy.lock; and the version before, where there was one.
    new: list[tuple[str, str]]
    unchanged: list[str]


def add(store: Store, wanted: Iterable[tuple[Source, str]], *, force: bool = False) -> Added:
    """Return what the project keeps when charts are added, each given with its source and version.

    With `force` a version that is kept may become another archive. Raises `LoadError`.
    """
    fetched = [_fetched(source, version) for source, version in wanted]
    added = Added(_sound(store, {each.key for each in fetched} if force else ()), [], [])
    for chart in fetched:
        entry = store.entries.get(chart.key)
        if entry is not None and entry["sha256"] != chart.digest and not force:
            raise LoadError(_is_another(chart, entry["from"], entry["sha256"]))
        digests = {chart.digest, entry["sha256"] if entry else "", added.kept.get(chart.key, chart).digest}
        is_same = chart.key in added.kept and len(digests) == 1
        added.kept[chart.key] = added.kept[chart.key] if is_same else chart
        if is_same:
            added.unchanged.append(chart.key)
        else:
            added.new.append((chart.key, ""))
    return added


def update(store: Store, names: Sequence[str], version: str = "", *, force: bool = False) -> Added:
    """Return what the project keeps when charts become their newest versions, or that version.

    Without names, all that come over the network. Raises `LoadError`.
    """
    keys = [key for name in names for key in keys_of(store, name)] or list(store.entries)
    added = Added(_sound(store, keys if force else ()), [], [])
    for key in keys:
        entry = store.entries[key]
        source = store.source(entry)
        if not source.has_versions:
            if names:
                raise LoadError(f"{key}: it came from {source.address}: give the new one, `kpy vendor NEW`")
            continue
        chart = _fetched(source, version)
        if chart.key == key or (not version and _rank(chart.version) < _rank(entry["version"])):
            if chart.key == key and chart.digest != entry["sha256"] and not force:
                raise LoadError(_is_another(chart, entry["from"], entry["sha256"]))
            added.kept.setdefault(key, chart)
            added.unchanged.append(key)
            continue
        added.kept.pop(key, None)
        added.kept[chart.key] = chart
        added.new.append((chart.key, entry["version"]))
    return added


def restore(store: Store) -> Added:
    """Return what the project keeps when it is as kpy.lock says: what is not there is fetched, and must be the same.

    Where the version of an entry was changed, as bots do, that version is fetched. Raises `LoadError`.
    """
    added = Added(_sound(store, ()), [], [])
    for key, entry in sorted(store.entries.items()):
        is_changed = entry["file"] != f"{FOLDER}/{entry['name']}-{entry['version']}.tgz"
        if key in added.kept and not is_changed:
            continue
        chart = _fetched(store.source(entry), entry["version"])
        if not is_changed and chart.digest != entry["sha256"]:
            raise LoadError(_is_another(chart, entry["from"], entry["sha256"]))
        added.kept.pop(key, None)
        added.kept[chart.key] = chart
        before = key.removeprefix(f"{entry['name']}-") if is_changed else ""
        added.new.append((chart.key, before))
    return added


def keys_of(store: Store, name: str) -> list[str]:
    """Return the charts that are meant by a name: `web`, `web-1.2.3`, or a file. Raises `LoadError` for none."""
    found = [key for key, entry in store.entries.items() if name in (key, entry["name"], entry["file"])]
    if not found:
        names = {word for key, entry in store.entries.items() for word in (key, entry["name"])}
        near = get_close_matches(name, names, n=1)
        hint = f"; did you mean {near[0]}?" if near else "; `kpy vendor list` names them"
        raise LoadError(f"{name}: no such chart is kept{hint}")
    return found


def _fetched(source: Source, version: str) -> Vendored:
    chart = vendored(source, fetch(source, version))
    if is_exact(version) and chart.version.removeprefix("v") != version.removeprefix("v"):
        said = f"{source.name} in {source.address}" if source.name else source.address
        raise LoadError(f"{said}: version {version} is asked for, and this is {chart.version}")
    return chart


def _sound(store: Store, replaced: Collection[str]) -> dict[str, Vendored]:
    """Return what is kept. Raises `LoadError` for what is not as it was pinned, and is not replaced."""
    kept = store.kept()
    for key, chart in kept.items():
        if chart.digest != store.entries[key]["sha256"] and key not in replaced:
            file = store.shown(store.entries[key]["file"])
            raise LoadError(
                f"{file}: it was changed since it was pinned: restore it, or pin it as it is by "
                f"`kpy vendor {file} --force`"
            )
    return kept


def _is_another(chart: Vendored, address: str, digest: str) -> str:
    return (
        f"{chart.name} {chart.version} from {chart.address} is not the archive that kpy.lock has pinned from {address} "
        f"(sha256 {chart.digest[:12]}..., pinned {digest[:12]}...): a version that was published should never change; "
        "ask who publishes it, or take it with `kpy vendor ... --force`"
    )


def _rank(version: str) -> tuple[int, ...]:
    numbers = version.removeprefix("v").partition("+")[0].partition("-")[0].split(".")
    return tuple(int(number) if number.isdigit() else 0 for number in numbers)
