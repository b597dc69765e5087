"""The objects in files and folders that the settings name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from kpy.errors import LoadError
from kpy.folders import find_files
from kpy.watch import saw_place

__all__ = ["files_in", "objects_in", "objects_of"]


def objects_in(paths: Iterable[str], setting: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects in files and folders, each with its file; `setting` is what names these.

    Raises:
        LoadError: one cannot be read.
    """
    for file in files_in(paths, setting):
        yield from ((file, tree) for tree in objects_of(file, setting))


def files_in(paths: Iterable[str], setting: str) -> Iterator[str]:
    """Yield the files at paths, and those of the folders. Raises `LoadError` for what is not there."""
    for path in paths:
        saw_place(path)
        if not os.path.exists(path):
            raise LoadError(f"{path}: there is no such file or folder; `{setting}` of [tool.kpy] names it")
        yield from map(str, find_files(path) if os.path.isdir(path) else (path,))


def objects_of(file: str, setting: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a file. Raises `LoadError` where it cannot be read."""
    from kpy.documents import read_file

    documents, errors = read_file(file)
    if error := next((found for found in errors if found.severity == "error"), None):
        raise LoadError(f"{error.where}: {error.message}; `{setting}` of [tool.kpy] names the file")
    for document in documents:
        for item in document.items():
            if isinstance(item.tree, dict):
                yield item.tree
