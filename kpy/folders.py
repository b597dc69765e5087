"""Which files of a folder are manifests; to find them needs no reader of YAML."""

from __future__ import annotations

import os
from collections.abc import Iterator

from kpy.watch import saw_folder

__all__ = ["SUFFIXES", "find_files"]

#: The files of a folder that are read.
SUFFIXES = (".yaml", ".yml", ".json")


def find_files(folder: str) -> Iterator[str]:
    """Iterate over the YAML and JSON files of a folder and its folders, sorted.

    Hidden ones are left out, and so is what is no file but a pipe, a socket or a device, which may never end. Among
    the files stand the folders that are not looked into: `read_file` says why.
    """
    unreadable: list[OSError] = []
    for root, folders, files in os.walk(folder, onerror=unreadable.append):
        saw_folder(root)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (path for name in folders if os.path.islink(path := os.path.join(root, name)))
        for name in sorted(files):
            path = os.path.join(root, name)
            is_meant = name.endswith(SUFFIXES) and not name.startswith(".")
            if is_meant and (os.path.isfile(path) or not os.path.exists(path)):
                yield path
    yield from (str(error.filename) for error in unreadable)
