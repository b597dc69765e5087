"""What earlier runs found, kept in the user's cache folder: plain data, bounded, safe to delete, without a secret.

An entry is found by what was asked for and by the kpy that answers, and counts only while every file and folder that
was looked at for it is as it was. It is never read from the tree that is judged, which may be a stranger's.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from typing import Any, Final, NamedTuple, cast

from kpy.diagnostics import Diagnostic, Place, Related
from kpy.source import Location, is_installed
from kpy.version import version
from kpy.watch import is_unchanged

__all__ = ["Entry", "cache_folder", "finding_from", "key_of_run", "load", "store"]

#: Where the cache is, instead of in the user's cache folder; empty for nowhere.
VARIABLE: Final = "KPY_CACHE_DIR"
#: How many entries are kept, how large one may be, and how large all of them.
MOST_ENTRIES: Final = 200
MOST_BYTES: Final = 16 << 20
MOST_IN_ALL: Final = 128 << 20
#: How many findings an entry has at most: writing more costs more than it saves.
MOST_FINDINGS: Final = 5_000
_FORM: Final = 1


class Entry(NamedTuple):
    """What a run found."""

    findings: list[Diagnostic]
    #: The number of objects that were checked.
    objects: int
    #: The files with values that nobody may see, which must be known before a line of source is shown.
    secretive: list[str]
    #: The names of objects, which are never hidden; none where there is nothing to hide.
    names: list[str]
    #: The state of everything that was looked at.
    states: dict[str, str]


def cache_folder(judged: Iterable[str]) -> str | None:
    """Return the folder of the cache; nothing where there is none, where others may write, or in what is judged."""
    said = os.environ.get(VARIABLE)
    if said is None:
        base = os.environ.get("XDG_CACHE_HOME", "")
        home = os.path.expanduser("~")
        base = base if os.path.isabs(base) else os.path.join(home, ".cache")
        said = os.path.join(base, "kpy", "findings")
    if not os.path.isabs(said):
        return None
    folder = os.path.realpath(said)
    for tree in judged:
        root = os.path.realpath(tree)
        if folder == root or folder.startswith(os.path.join(root, "")):
            return None
    return folder


def key_of_run(asked: object) -> str:
    """Return the key of what was asked for, with what the answer depends on beside files."""
    parts = [_FORM, _of_kpy(), sys.version_info[:3], _stamp(_origin_of("yaml")), os.getcwd(), asked]
    return sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def load(folder: str, key: str) -> Entry | None:
    """Return the entry of a key, if there is one that still holds; a broken one is none."""
    if not _is_own(folder):
        return None
    try:
        with open(os.path.join(folder, f"{key}.json"), "rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        digest, _, text = content.partition(b"\n")
        if digest.decode() != sha256(text).hexdigest():
            return None
        entry = _entry_from(json.loads(text))
        return entry if is_unchanged(entry.states) else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def store(folder: str, key: str, entry: Entry) -> None:
    """Keep an entry, where it is not too large; that it cannot be kept is no error."""
    if len(entry.findings) > MOST_FINDINGS:
        return
    text = json.dumps(_entry_to(entry), separators=(",", ":")).encode()
    if len(text) > MOST_BYTES:
        return
    content = b"%s\n%s" % (sha256(text).hexdigest().encode(), text)
    beside = os.path.join(folder, f"{key}.{os.getpid()}.tmp")
    with suppress(OSError):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if not _is_own(folder):
            return
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with open(descriptor, "wb") as stream:
                stream.write(content)
            os.replace(beside, os.path.join(folder, f"{key}.json"))
        except OSError:
            with suppress(OSError):
                os.unlink(beside)
            return
        _make_room(folder)


def _make_room(folder: str) -> None:
    """Remove the entries that were written first, where there are too many or they take too much."""
    with os.scandir(folder) as found:
        entries = [
            (status.st_mtime_ns, status.st_size, entry.path)
            for entry in found
            if entry.name.endswith((".json", ".tmp")) and (status := entry.stat(follow_symlinks=False))
        ]
    entries.sort(reverse=True)
    size = 0
    for number, (_, own, path) in enumerate(entries):
        size += own
        if number >= MOST_ENTRIES or size > MOST_IN_ALL:
            os.unlink(path)


def _is_own(folder: str) -> bool:
    """Return whether nobody but the user writes into a folder."""
    try:
        status = os.stat(folder)
    except OSError:
        return False
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _of_kpy() -> tuple[object, ...]:
    """Return which kpy runs: its version and when it was installed, and of sources the state of every module."""
    here = os.path.dirname(os.path.abspath(__file__))
    if is_installed(here):
        return version(), _stamp(__file__), _stamp(os.path.join(here, "__init__.py"))
    stamps = []
    for root, folders, files in os.walk(here):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        stamps += [(name, *_stamp(os.path.join(root, name))) for name in sorted(files)]
    return version(), here, tuple(stamps)


def _origin_of(module: str) -> str:
    spec = find_spec(module)
    return spec.origin or "" if spec is not None else ""


def _stamp(file: str) -> tuple[int, int]:
    try:
        status = os.stat(file)
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


def _entry_to(entry: Entry) -> dict[str, object]:
    return {
        "objects": entry.objects,
        "secretive": entry.secretive,
        "names": entry.names,
        "states": entry.states,
        "findings": [list(found) for found in entry.findings],
    }


def _entry_from(tree: Any) -> Entry:
    findings = [finding_from(*each) for each in tree["findings"]]
    states = {str(path): str(state) for path, state in tree["states"].items()}
    secretive, names = ([str(text) for text in tree[key]] for key in ("secretive", "names"))
    return Entry(findings, int(tree["objects"]), secretive, names, states)


def finding_from(*values: Any) -> Diagnostic:
    """Return a finding from its values, as JSON has them."""
    plain: list[Any] = [tuple(value) if isinstance(value, list) else value for value in values]
    found = Diagnostic(*plain)
    return found._replace(
        where=_location(found.where),
        see_also=tuple(Related(text, _location(where)) for text, where in found.see_also),
        places=tuple(Place(*place)._replace(where=_location(place[2])) for place in found.places),
    )


def _location(values: object) -> Location | None:
    if values is None:
        return None
    found = Location(*cast("list[Any]", values))  # as `_entry_to` wrote it
    return found._replace(inside=_location(found.inside))
