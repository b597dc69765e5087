"""Manifests as files in a folder: whole or not at all, and knowing later which files are kpy's own.

folder/shop.yaml                                 layout "chart": one file a chart
folder/shop/deployment-shop-prod-api.yaml        layout "resource": one file a resource
folder/.kpy-files.json                           path and SHA-256 of every file that kpy wrote there
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kpy.errors import UsageError, WriteError
from kpy.output.staging import Staging, read_or_none

if TYPE_CHECKING:
    from kpy.manifest import Manifest, Resource

__all__ = ["INDEX", "LAYOUTS", "Differences", "Written", "compare", "write"]

#: The file that lists what kpy wrote.
INDEX = ".kpy-files.json"
LAYOUTS = ("chart", "resource")

Write = Callable[[list["Resource"]], str]


class Written(NamedTuple):
    """What writing a manifest did; paths are relative to the folder, sorted."""

    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    #: Files of an earlier manifest that are no longer part of it, and are still there.
    stale: tuple[str, ...]
    #: Stale files that were removed.
    pruned: tuple[str, ...]
    #: Changed files that someone had edited since kpy wrote them.
    edited: tuple[str, ...] = ()


class Differences(NamedTuple):
    """How a folder differs from a manifest; paths are relative to the folder, sorted."""

    missing: tuple[str, ...]
    different: tuple[str, ...]
    #: Files of an earlier manifest that are no longer part of it.
    stale: tuple[str, ...]


def write(
    manifest: Manifest,
    folder: str | Path,
    *,
    layout: str = "chart",
    prune: bool = False,
    suffix: str = ".yaml",
    to_text: Write | None = None,
) -> Written:
    """Write a manifest into a folder, which is made when it is missing.

    Files that are equal already are not touched, and files that kpy did not write are never overwritten. With `prune`,
    stale files are removed unless they were edited since. Raises `UsageError` when two resources would share a file,
    and `WriteError` when something cannot be written; then the folder is as it was.
    """
    root = Path(folder)
    wanted = _contents(manifest, layout, suffix, to_text or _to_yaml)
    known = _read_index(root)
    found = _compare(root, wanted, known)
    _refuse_foreign(root, [path for path in found.different if path not in known])
    edited = [path for path in found.different if _hash(_read(root / path)) != known[path]]
    if prune and known and not wanted:
        raise WriteError(
            f"the manifest has no objects, and {root} has the files of an earlier one: nothing was removed; "
            "remove the folder yourself if that is what you want"
        )
    pruned = [path for path in found.stale if prune and _hash(_read(root / path)) == known[path]]
    changed = [*found.missing, *found.different]

    listed = {path: _hash(content) for path, content in wanted.items()}
    listed |= {path: known[path] for path in found.stale if path not in pruned}
    index = _write_index(listed)
    if changed or pruned or _read(root / INDEX) != index:
        with Staging(root) as staging:
            for path in changed:
                staging.put(path, wanted[path])
            staging.put(INDEX, index)
            staging.commit(remove=pruned)
    unchanged = wanted.keys() - set(changed)
    stale = set(found.stale) - set(pruned)
    return Written(*(tuple(sorted(paths)) for paths in (changed, unchanged, stale, pruned, edited)))


def compare(
    manifest: Manifest,
    folder: str | Path,
    *,
    layout: str = "chart",
    suffix: str = ".yaml",
    to_text: Write | None = None,
) -> Differences:
    """Return how a folder differs from what `write` would leave there; nothing is written."""
    root = Path(folder)
    return _compare(root, _contents(manifest, layout, suffix, to_text or _to_yaml), _read_index(root))


def _compare(root: Path, wanted: dict[str, bytes], known: dict[str, str]) -> Differences:
    there = {path: _read(root / path) for path in wanted}
    missing = (path for path, content in there.items() if content is None)
    different = (path for path, content in there.items() if content is not None and content != wanted[path])
    stale = (path for path in known if path not in wanted and (root / path).is_file())
    return Differences(*(tuple(sorted(paths)) for paths in (missing, different, stale)))


def _refuse_foreign(root: Path, paths: list[str]) -> None:
    """Refuse to overwrite files that kpy did not write."""
    if paths:
        named = " and ".join(str(root / path) for path in paths[:3])
        more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
        are, them = ("are", "them") if len(paths) > 1 else ("is", "it")
        raise WriteError(
            f"{named}{more} {are} there and kpy did not write {them}: "
            f"choose another folder, or move {them} away; nothing was changed"
        )


def _contents(manifest: Manifest, layout: str, suffix: str, to_text: Write) -> dict[str, bytes]:
    """Return the files of a manifest: paths in the folder to content."""
    if layout not in LAYOUTS:
        raise UsageError(f"there is no layout {layout!r}: choose one of {', '.join(LAYOUTS)}")
    files: dict[str, list[Resource]] = {}
    taken: dict[str, Resource] = {}
    for resource in manifest:
        path = _path(resource, layout) + suffix
        # Some file systems do not tell capitals from small letters.
        other = taken.setdefault(path.lower(), resource)
        if other is not resource and (layout == "resource" or other.chart is not resource.chart):
            what = f"{other} and {resource}" if layout == "resource" else "two charts"
            places = " and ".join(str(each.where) for each in (other, resource) if each.where)
            raise UsageError(
                f"{what} would both be written to {path}{f' ({places})' if places else ''}: "
                + ("use the layout `chart`" if layout == "resource" else "give one of them another name")
            )
        files.setdefault(path, []).append(resource)
    return {path: to_text(resources).encode() for path, resources in files.items()}


def _path(resource: Resource, layout: str) -> str:
    chart = _segment(resource.chart.name, resource)
    if layout == "chart":
        return chart
    parts = (resource.kind.lower(), resource.namespace, resource.name)
    return f"{chart}/{_segment('-'.join(part for part in parts if part), resource)}"


def _segment(name: str, resource: Resource) -> str:
    """Return a name that can be a file's, or raise."""
    if not name or name.startswith(".") or any(mark in name for mark in "/\\\0"):
        where = f"{resource.where}: " if resource.where else ""
        raise UsageError(f"{where}{name!r} cannot be the name of a file: rename it, or write to standard output")
    return name


def _to_yaml(resources: Iterable[Resource]) -> str:
    from kpy.output.emit import to_yaml

    return to_yaml(resource.tree for resource in resources)


def _hash(content: bytes | None) -> str:
    return sha256(content or b"").hexdigest()


def _read(path: Path) -> bytes | None:
    """Return what is in a file; nothing when it is not there."""
    return read_or_none(path)


def _read_index(root: Path) -> dict[str, str]:
    """Return the files that kpy wrote, with their hashes."""
    content = _read(root / INDEX)
    if content is None:
        return {}
    import json

    try:
        files = json.loads(content)["files"]
        listed = {entry["path"]: entry["sha256"] for entry in files}
        if not all(isinstance(hash, str) and _is_inside(path) for path, hash in listed.items()):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise WriteError(f"{root / INDEX} is not as kpy wrote it: restore it, or remove it") from None
    return listed


def _write_index(files: dict[str, str]) -> bytes:
    import json

    listed = [{"path": path, "sha256": files[path]} for path in sorted(files)]
    return (json.dumps({"files": listed}, indent=2) + "\n").encode()


def _is_inside(path: object) -> bool:
    """Return whether a path cannot lead out of the folder, whoever wrote it down."""
    return isinstance(path, str) and not os.path.isabs(path) and ".." not in path.replace("\\", "/").split("/")
