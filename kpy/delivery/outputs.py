"""Which outputs a workspace has written, so that those which are gone can be removed, and only those.

{"outputs": {"shop prod": {"app": "shop", "folder": "prod/shop"}}}

The file stands in the folder that all outputs have in common. Folders in it are from there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from kpy.delivery.claims import place_of
from kpy.errors import WriteError
from kpy.output.files import Removed, removable, remove
from kpy.output.inside import is_inside, read_plain
from kpy.output.locking import locked
from kpy.output.staging import Change, change, recover
from kpy.project.environments import PLACEHOLDER

if TYPE_CHECKING:
    from kpy.delivery.rendering import Rendered
    from kpy.project.workspace import Output

__all__ = [
    "LIST",
    "Gone",
    "gone_outputs",
    "note_outputs",
    "other_lists",
    "read_outputs",
    "remove_outputs",
    "root_of",
    "taken_places",
]

LIST: Final = ".kpy-outputs"


class Gone(NamedTuple):
    """An output that there was and is no more, or is elsewhere."""

    name: str
    app: str
    #: From the folder of the list.
    folder: str
    #: Where it is now, from the folder of the project; empty where it is no more.
    now: str = ""


def root_of(pattern: str) -> str:
    """Return the folder that all outputs of a pattern have in common: what stands before the first placeholder."""
    match = PLACEHOLDER.search(pattern)
    if match is None:
        return os.path.dirname(pattern)
    return os.path.dirname(pattern[: match.start()] + "x")


def read_outputs(root: str | Path) -> dict[str, dict[str, str]]:
    """Return the list of a folder; an empty one where there is none. Raises `WriteError` when it is not kpy's."""
    content = read_plain(Path(root), LIST)
    if content is None:
        return {}
    try:
        outputs = json.loads(content)["outputs"]
        if not isinstance(outputs, dict) or not all(_is_listed(each) for each in outputs.values()):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        where, is_merge = Path(root) / LIST, b"<<<<<<<" in content
        what = "has the marks of a merge conflict" if is_merge else "is not as kpy wrote it"
        how = "take either side" if is_merge else "restore it, or remove it"
        raise WriteError(f"{where} {what}: {how}, and run `kpy synth --all` again") from None
    return outputs


def _is_written(rendered: Rendered) -> bool:
    return bool(rendered.app) and not rendered.failure


def _path(root: str | Path, folder: str, output: Output) -> str:
    """Return the folder of an output from that of the list."""
    return os.path.relpath(os.path.join(folder, output.folder), root).replace(os.sep, "/")


def _is_listed(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("app"), str) and is_inside(entry.get("folder"))


def gone_outputs(
    root: str | Path, outputs: Iterable[Output], rendered: Iterable[Rendered] = (), folder: str = ""
) -> list[Gone]:
    """Return the outputs that are listed in a folder and are not among those that there are.

    With what was rendered, those that are written elsewhere now, or by an app of another name, are gone from there,
    too; `folder` is the one that their folders are from.
    """
    there = {str(output) for output in outputs}
    listed = read_outputs(root)
    found = [Gone(name, entry["app"], entry["folder"]) for name, entry in listed.items() if name not in there]
    for each in rendered:
        entry = listed.get(str(each.output))
        if entry is not None and _is_written(each):
            before, now = (entry["app"], entry["folder"]), (each.app, _path(root, folder, each.output))
            if before != now:
                found.append(Gone(str(each.output), *before, each.output.folder))
    return found


def taken_places(
    root: str | Path, folder: str, outputs: Iterable[Output], chosen: Collection[Output]
) -> dict[tuple[str, str], str]:
    """Return which apps write what, by the list of a folder, of outputs that are not chosen."""
    taken = {}
    listed = read_outputs(root)
    for output in outputs:
        entry = listed.get(str(output))
        if entry is not None and output not in chosen and entry["folder"] == _path(root, folder, output):
            taken[place_of(output.folder, entry["app"])] = output.app.target
    return taken


def remove_outputs(
    root: str | Path,
    gone: Iterable[Gone],
    rendered: Iterable[Rendered] = (),
    folder: str = "",
    *,
    is_check: bool = False,
) -> dict[str, Removed]:
    """Remove the files of outputs that are gone, but for those that were edited since; return what became of each.

    Files that one of those rendered has under its name now are its own. Folders that are empty then go, too. With
    `is_check` nothing is removed. Raises `WriteError`.
    """
    done = {}
    owned = {(each.app, _path(root, folder, each.output)) for each in rendered if _is_written(each)}
    for each in gone:
        if (each.app, each.folder) in owned:
            done[each.name] = Removed((), ())
            continue
        place = Path(root) / each.folder
        if is_check:
            done[each.name] = removable(place, output=each.app)
            continue
        done[each.name] = remove(place, output=each.app)
        for empty in (place, *place.parents):
            if empty == Path(root):
                break
            with suppress(OSError):
                empty.rmdir()
    return done


def note_outputs(root: str | Path, folder: str, rendered: Iterable[Rendered], gone: Mapping[str, Removed]) -> None:
    """Write down which outputs have been written; `folder` is the one that their folders are from.

    An output that could not be made stays listed, and so does one that is gone but has edited files left; where it
    is elsewhere now, with a word of where those are. Raises `WriteError`.
    """
    place = Path(root)
    listed = read_outputs(root)
    left = {name for name, removed in gone.items() if removed.edited}
    for name in gone:
        if name not in left:
            listed.pop(name, None)
    for each in rendered:
        if _is_written(each):
            if (name := str(each.output)) in left:
                listed[f"{name} in {listed[name]['folder']}"] = listed[name]
            path = _path(root, folder, each.output)
            if is_inside(path):
                listed[str(each.output)] = {"app": each.app, "folder": path}
    text = "".join(
        f"    {json.dumps(name)}: {json.dumps(listed[name], ensure_ascii=False)},\n" for name in sorted(listed)
    ).removesuffix(",\n")
    content = f'{{\n  "outputs": {{\n{text}\n  }}\n}}\n'.encode() if listed else None
    if content is None and not place.is_dir():
        return
    try:
        with locked(place):
            recover(place)
            if read_plain(place, LIST) != content:
                change(place, [Change(LIST, content)])
    except WriteError as error:
        text, nothing, _ = str(error).partition("; nothing was changed")
        if not nothing:
            raise
        raise WriteError(
            f"{text}; the files of outputs are written, and only the list of them is not: once that can be written, "
            "run the same command again"
        ) from None


def other_lists(folder: str, roots: Collection[str], outputs: Iterable[Output]) -> list[str]:
    """Return the folders, two levels deep at most, with lists that name outputs which are written elsewhere.

    `roots` are the folders that are written to, from that of the project, as those returned are.
    """
    names = {str(output) for output in outputs}
    known = {os.path.normpath(root) for root in roots}
    found = []
    for path in _folders_below(folder, 2):
        root = os.path.relpath(path, folder)
        if root in known or not os.path.exists(os.path.join(path, LIST)):
            continue
        with suppress(WriteError):  # it is not kpy's
            if not names.isdisjoint(read_outputs(path)):
                found.append(root)
    return found


def _folders_below(folder: str, depth: int) -> list[str]:
    with suppress(OSError), os.scandir(folder or ".") as entries:
        folders = sorted(
            each.path for each in entries if not each.name.startswith(".") and each.is_dir(follow_symlinks=False)
        )
        return [path for each in folders for path in (each, *(_folders_below(each, depth - 1) if depth > 1 else ()))]
    return []
