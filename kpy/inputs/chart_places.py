"""Which chart is meant: a folder, an archive, or one that kpy.lock names; what was pinned has to be as it was."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from hashlib import sha256
from typing import NamedTuple

from kpy.errors import LoadError
from kpy.inputs.chart_files import read_chart_files
from kpy.lock import LOCK, Entry, read_lock
from kpy.watch import saw_file, saw_place

__all__ = ["ChartPlace", "find_chart"]


class ChartPlace(NamedTuple):
    """A chart on the disk."""

    #: The folder or the archive.
    path: str
    #: Name and version for messages: `web 1.0.0`.
    title: str


def find_chart(said: str, version: str | None, folder: str) -> ChartPlace:
    """Return the chart that is meant: a path from a folder, or the name of one that is vendored.

    Raises `LoadError` for one that is not there, that has another version, and that is not as it was pinned.
    """
    if "://" in said:
        raise LoadError(f"{said}: charts are not fetched here: run `kpy vendor {said}`, and give the name of the chart")
    project = _project(folder)
    entries = read_lock(project).tables.get("charts", {}) if project is not None else {}
    path = os.path.normpath(os.path.join(folder, said))
    is_path = said.endswith(".tgz") or "/" in said or os.sep in said or said.startswith(".")
    if not is_path:
        found = {key: entry for key, entry in entries.items() if said in (entry["name"], key)}
        if found:
            return _vendored(_chosen(said, version, found), project or folder)
        if not os.path.isdir(path):
            raise LoadError(_unknown(said, entries))
    return _at(path, version, entries, project)


def _project(folder: str) -> str | None:
    """Return the folder of the nearest kpy.lock, upwards."""
    current = os.path.abspath(folder)
    while True:
        lock = os.path.join(current, LOCK)
        saw_place(lock)
        if os.path.isfile(lock):
            return current
        above = os.path.dirname(current)
        if above == current:
            return None
        current = above


def _at(path: str, version: str | None, entries: Mapping[str, Entry], project: str | None) -> ChartPlace:
    shown = os.path.relpath(path)
    for entry in entries.values() if project is not None else ():
        if os.path.realpath(os.path.join(project or "", entry["file"])) == os.path.realpath(path):
            _check_version(shown, entry["version"], version)
            return _vendored(entry, project or "")
    if not os.path.exists(path):
        saw_place(path)
        raise LoadError(f"{shown}: there is no such chart: give its folder or archive, or fetch it by `kpy vendor`")
    head = read_chart_files(path, lambda _: False)
    _check_version(shown, head.version, version)
    return ChartPlace(path, f"{head.name} {head.version}")


def _chosen(said: str, version: str | None, found: Mapping[str, Entry]) -> Entry:
    """Return the version that is meant."""
    there = ", ".join(sorted(entry["version"] for entry in found.values()))
    if version is None:
        if len(found) > 1:
            raise LoadError(f"{said}: kpy.lock has several versions, {there}: say which, `version=`")
        return next(iter(found.values()))
    for entry in found.values():
        if entry["version"].removeprefix("v") == version.removeprefix("v"):
            return entry
    raise LoadError(
        f"{said}: version {version} is asked for, and kpy.lock has {there}: "
        f"run `kpy vendor --update {said} --version {version}`, or ask for what is there"
    )


def _vendored(entry: Entry, project: str) -> ChartPlace:
    path = os.path.join(project, entry["file"])
    shown, title = os.path.relpath(path), f"{entry['name']} {entry['version']}"
    if not os.path.basename(path).startswith(f"{entry['name']}-{entry['version']}."):
        raise LoadError(f"{shown}: kpy.lock asks for version {entry['version']}: `kpy vendor` fetches it")
    try:
        with open(path, "rb") as file:
            content = file.read()
    except FileNotFoundError:
        saw_place(path)
        raise LoadError(f"{shown}: the chart is missing: `kpy vendor` fetches it") from None
    except OSError as error:
        raise LoadError(f"{shown}: it cannot be read: {error.strerror or error}") from None
    saw_file(path, content)
    if sha256(content).hexdigest() != entry["sha256"]:
        raise LoadError(
            f"{shown}: the chart was changed since it was pinned in kpy.lock: restore it, or pin it as it is by "
            f"`kpy vendor {shown} --force`"
        )
    return ChartPlace(path, title)


def _check_version(shown: str, there: str, asked: str | None) -> None:
    if asked is not None and there.removeprefix("v") != asked.removeprefix("v"):
        raise LoadError(f"{shown}: version {asked} is asked for, and this is {there or 'without a version'}")


def _unknown(said: str, entries: Mapping[str, Entry]) -> str:
    names = sorted({entry["name"] for entry in entries.values()})
    near = get_close_matches(said, names, n=1)
    if near:
        return f"{said}: no chart of this name is vendored; did you mean {near[0]!r}?"
    there = f"there is {', '.join(names)}" if names else "nothing is vendored"
    return f"{said}: no chart of this name is vendored, and no folder is called so ({there}): run `kpy vendor` for it"
