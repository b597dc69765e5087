"""Which outputs a workspace has written, so that those which are gone can be removed, and only those.

{"outputs": {"shop prod": {"app": "shop", "folder": "prod/shop"}}}

The file stands in the folder that all outputs have in common. Folders in it are from there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from kpy.errors import WriteError
from kpy.output.files import Removed, remove
from kpy.output.inside import is_inside, read_plain
from kpy.output.locking import locked
from kpy.output.staging import Change, change
from kpy.project.environments import PLACEHOLDER

if TYPE_CHECKING:
    from kpy.delivery.rendering import Rendered
    from kpy.project.workspace import Output

__all__ = ["LIST", "Gone", "gone_outputs", "note_outputs", "read_outputs", "remove_outputs", "root_of"]

LIST: Final = ".kpy-outputs"


class Gone(NamedTuple):
    """An output that there was and is no more."""

    name: str
    app: str
    #: From the folder of the list.
    folder: str


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
        raise WriteError(f"{Path(root) / LIST} is not as kpy wrote it: restore it, or remove it") from None
    return outputs


def _is_listed(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("app"), str) and is_inside(entry.get("folder"))


def gone_outputs(root: str | Path, outputs: Iterable[Output]) -> list[Gone]:
    """Return the outputs that are listed in a folder and are not among those that there are."""
    there = {str(output) for output in outputs}
    listed = read_outputs(root)
    return [Gone(name, entry["app"], entry["folder"]) for name, entry in listed.items() if name not in there]


def remove_outputs(root: str | Path, gone: Iterable[Gone]) -> dict[str, Removed]:
    """Remove the files of outputs that are gone, but for those that were edited since; return what became of each.

    Folders that are empty then go, too. Raises `WriteError`.
    """
    done = {}
    for each in gone:
        folder = Path(root) / each.folder
        done[each.name] = remove(folder, output=each.app)
        for empty in (folder, *folder.parents):
            if empty == Path(root):
                break
            with suppress(OSError):
                empty.rmdir()
    return done


def note_outputs(root: str | Path, folder: str, rendered: Iterable[Rendered], gone: Mapping[str, Removed]) -> None:
    """Write down which outputs have been written; `folder` is the one that their folders are from.

    An output that could not be made stays listed, and so does one that is gone but has edited files left.
    """
    place = Path(root)
    listed = read_outputs(root)
    for name, removed in gone.items():
        if not removed.edited:
            listed.pop(name, None)
    for each in rendered:
        if each.app:
            path = os.path.relpath(os.path.join(folder, each.output.folder), root).replace(os.sep, "/")
            if is_inside(path):
                listed[str(each.output)] = {"app": each.app, "folder": path}
    text = "".join(
        f"    {json.dumps(name)}: {json.dumps(listed[name], ensure_ascii=False)},\n" for name in sorted(listed)
    ).removesuffix(",\n")
    content = f'{{\n  "outputs": {{\n{text}\n  }}\n}}\n'.encode() if listed else None
    if content is None and not place.is_dir():
        return
    with locked(place):
        if read_plain(place, LIST) != content:
            change(place, [Change(LIST, content)])
