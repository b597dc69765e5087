"""Files and folders of Kubernetes documents: what to read, and reading it whole or saying why not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

from kpy.diagnostics import Diagnostic
from kpy.documents.reader import Reading, read_documents
from kpy.source import Location

__all__ = ["SUFFIXES", "find_files", "read_bytes", "read_file"]

#: The files of a folder that are read.
SUFFIXES = (".yaml", ".yml", ".json")

#: More than any set of manifests has, less than fills a memory.
_MAX_BYTES = 256 << 20


def find_files(folder: str) -> Iterator[str]:
    """Iterate over the YAML and JSON files of a folder and its folders, sorted.

    Hidden ones are left out, and so is what is no file but a pipe, a socket or a device, which may never end.
    """
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = os.path.join(root, name)
            is_meant = name.endswith(SUFFIXES) and not name.startswith(".")
            if is_meant and (os.path.isfile(path) or not os.path.exists(path)):
                yield path


def read_file(path: str) -> Reading:
    """Return the documents of a file; a file that cannot be read is an error in the reading, not raised."""
    try:
        with open(path, "rb") as file:
            return read_bytes(file, path)
    except OSError as error:
        return _refuse("file-unreadable", path, 1, f"the file cannot be read: {error.strerror or error}")


def read_bytes(stream: BinaryIO, name: str) -> Reading:
    """Return the documents of a binary stream: UTF-8, or UTF-16 with its mark."""
    content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        return _refuse("file-too-big", name, 1, f"the file has more than {_MAX_BYTES >> 20} MiB", "split it")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return read_documents(content.decode(encoding), name)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{content[error.start]:02x} at offset {error.start}"
        return _refuse("file-not-text", name, line, f"the file is no text: {byte} is not {encoding[:6].rstrip('-')}")


def _refuse(rule: str, file: str, line: int, message: str, fix: str = "") -> Reading:
    where = Location(file, line)
    return Reading([], [Diagnostic(rule, "schema", "error", "", message, fix, where=where)])
