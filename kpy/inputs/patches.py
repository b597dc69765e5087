"""Parts of objects that kustomizations patch others with, those among them that no kustomization names."""

from __future__ import annotations

import os
import re
from typing import Final, NamedTuple

from kpy.documents import parts_of
from kpy.inputs.folder import Folder
from kpy.inputs.objects import is_object, is_partial

__all__ = ["Patches", "patches_in"]

_CALLED_PATCH: Final = re.compile(r"(?<![a-z])patch", re.IGNORECASE)


class Patches(NamedTuple):
    """The files of a folder that are none with objects because of its kustomizations."""

    #: What kustomizations name: patches, values, settings.
    named: list[str]
    #: What looks like a patch, and no kustomization names it.
    stray: list[str]


def patches_in(folder: Folder) -> Patches:
    """Return the patches of a folder, and what else its kustomizations read."""
    parts = {
        part
        for file, reading in folder.kustomizations.items()
        for document in reading.documents
        if isinstance(document.tree, dict)
        for part in parts_of(document.tree, file)
    }
    named = [file for file in (*folder.readings, *folder.others) if os.path.normpath(file) in parts]
    homes = {os.path.normpath(os.path.dirname(file)) for file in (*folder.kustomizations, *parts)}
    resources = _resources(folder)
    rest = (file for file in folder.readings if os.path.normpath(file) not in parts | resources)
    return Patches(named, [file for file in rest if _is_stray(folder, file, homes)])


def _resources(folder: Folder) -> set[str]:
    """Return the files that kustomizations take as whole objects."""
    return {
        os.path.normpath(os.path.join(os.path.dirname(file), name))
        for file, reading in folder.kustomizations.items()
        for document in reading.documents
        if isinstance(document.tree, dict)
        for field in ("resources", "bases", "components")
        for name in _texts(document.tree.get(field))
    }


def _is_stray(folder: Folder, file: str, homes: set[str]) -> bool:
    """Return whether all documents of a file look like parts of objects, and kustomizations are near."""
    trees = [document.tree for document in folder.readings[file].documents]
    if not trees or not all(is_object(tree) for tree in trees):
        return False
    is_called_patch = _CALLED_PATCH.search(os.path.relpath(file, folder.path)) is not None
    if not is_called_patch and not _is_below(file, homes):
        return False
    return all(is_partial(tree) for tree in trees) or (is_called_patch and _is_below(file, homes))


def _is_below(file: str, homes: set[str]) -> bool:
    """Return whether a file is in one of some folders, or below."""
    above = os.path.normpath(os.path.dirname(file))
    while above not in homes:
        parent = os.path.dirname(above) or "."
        if parent == above:
            return False
        above = parent
    return True


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
