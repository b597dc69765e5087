"""The objects in files and folders that the settings name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from kpy.errors import LoadError

__all__ = ["objects_in"]


def objects_in(paths: Iterable[str], setting: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects in files and folders, each with its file; `setting` is what names these.

    Raises:
        LoadError: one cannot be read.
    """
    from kpy.documents import find_files, read_file
    from kpy.watch import saw_place

    for path in paths:
        saw_place(path)
        if not os.path.exists(path):
            raise LoadError(f"{path}: there is no such file or folder; `{setting}` of [tool.kpy] names it")
        for file in find_files(path) if os.path.isdir(path) else (path,):
            documents, errors = read_file(str(file))
            if error := next((found for found in errors if found.severity == "error"), None):
                raise LoadError(f"{error.where}: {error.message}; `{setting}` of [tool.kpy] names the file")
            for document in documents:
                for item in document.items():
                    if isinstance(item.tree, dict):
                        yield str(file), item.tree
