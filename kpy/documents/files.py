"""Files and folders of Kubernetes documents: what to read, and reading it whole or saying why not."""

from __future__ import annotations

import os
from errno import ELOOP
from typing import BinaryIO

from kpy.diagnostics import Diagnostic
from kpy.documents.reader import Reading, read_documents
from kpy.folders import SUFFIXES, find_files
from kpy.printable import printable
from kpy.source import Location
from kpy.watch import saw_file, saw_folder, saw_place

__all__ = ["SUFFIXES", "find_files", "read_bytes", "read_content", "read_file", "read_limited", "refused_file"]

#: More than any set of manifests has, less than fills a memory.
_MAX_BYTES = 256 << 20


#: kubectl puts a line feed of one byte behind the last line. Of UTF-16 that is right where the line ends in that byte.
_LINE_END_THAT_KUBECTL_READS = b"\x00\n"


#: Text has no zeros; archives and programs begin with many.
_LOOKED_AT, _MANY_ZEROS = 1024, 8


def read_file(path: str) -> Reading:
    """Return the documents of a file; a file that cannot be read is an error in the reading, not raised."""
    try:
        with open(path, "rb") as file:
            content = read_limited(file)
        saw_file(path, content)
        return read_content(content, path)
    except (OSError, ValueError) as error:
        return refused_file(path, error)


def refused_file(path: str, error: OSError | ValueError) -> Reading:
    """Return why a file was not read, as a reading without documents."""
    saw_place(path)
    if isinstance(error, IsADirectoryError) or os.path.isdir(path):
        return _read_folder(path)
    if not isinstance(error, OSError):
        return _refuse("file-unreadable", path, 1, "the file cannot be read: no file has such a name")
    if isinstance(error, FileNotFoundError) and os.path.islink(path):
        message = f"a symbolic link leads nowhere: there is no {printable(os.readlink(path))}"
        return _refuse("file-unreadable", path, 1, message, "remove the link, or leave it out: --exclude")
    if error.errno == ELOOP:
        return _refuse("file-unreadable", path, 1, "symbolic links lead in a circle", "remove the link")
    return _refuse("file-unreadable", path, 1, f"the file cannot be read: {error.strerror or error}")


def _read_folder(path: str) -> Reading:
    """Return why a folder among the files was not looked into."""
    saw_folder(path)
    try:
        os.listdir(path)
    except OSError as error:
        return _refuse("file-unreadable", path, 1, f"the folder cannot be read: {error.strerror or error}")
    if not os.path.islink(path):
        return _refuse("file-unreadable", path, 1, "this is a folder, not a file")
    message = "a symbolic link to a folder is not followed"
    note = Diagnostic(
        "folder-link", "schema", "note", "", message, "name the folder to read it", where=Location(path, 1)
    )
    return Reading([], [note])


def read_bytes(stream: BinaryIO, name: str) -> Reading:
    """Return the documents of a binary stream, read within bounds: UTF-8, or UTF-16 with its mark."""
    return read_content(read_limited(stream), name)


def read_limited(stream: BinaryIO) -> bytes:
    """Return what is in a stream, but for what is more than any set of manifests has."""
    return stream.read(_MAX_BYTES + 1)


def read_content(content: bytes, name: str) -> Reading:
    """Return the documents of what `read_limited` read."""
    if len(content) > _MAX_BYTES:
        return _refuse("file-too-big", name, 1, f"the file has more than {_MAX_BYTES >> 20} MiB", "split it")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) and not content.endswith(_LINE_END_THAT_KUBECTL_READS):
        message = "the file is UTF-16, which kubectl does not read"
        return _refuse("file-not-text", name, 1, message, "save it as UTF-8")
    if content[:_LOOKED_AT].count(0) >= _MANY_ZEROS and not content.startswith(b"\xfe\xff"):
        return _refuse("file-not-text", name, 1, "the file is not text", "name a file of YAML or JSON")
    encoding = "utf-16" if content.startswith(b"\xfe\xff") else "utf-8-sig"
    try:
        return read_documents(content.decode(encoding), name)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{content[error.start]:02x} at offset {error.start}"
        return _refuse("file-not-text", name, line, f"the file is not text: {byte} is not {encoding[:6].rstrip('-')}")


def _refuse(rule: str, file: str, line: int, message: str, fix: str = "") -> Reading:
    where = Location(file, line)
    return Reading([], [Diagnostic(rule, "schema", "error", "", message, fix, where=where)])
