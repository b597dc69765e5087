"""The text of the files that findings are in: read within bounds, and only from where the user's own files are."""

from __future__ import annotations

import os
import stat
from typing import Final

__all__ = ["MOST_BYTES", "read_source"]

#: What is read of a file, and what is kept of all of them: as much as a file of documents may have.
MOST_BYTES: Final = 256 << 20


def read_source(file: str) -> str | None:
    """Return the text of a plain file; nothing for all else: a pipe can be read once only, a device may never end."""
    try:
        if _leads_away(file):
            return None
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    with open(descriptor, "rb") as stream:
        content = stream.read(MOST_BYTES)
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return content.decode(encoding, errors="replace")


def _leads_away(file: str) -> bool:
    """Return whether a symbolic link leads out of the folder, or to what is hidden in it.

    A stranger's folder may have a link to whatever the user can read; what it leads to is not shown.
    """
    path = os.path.join(os.path.realpath(os.path.dirname(file)), os.path.basename(file))
    real = os.path.realpath(path)
    if real == path:
        return False
    here = os.path.join(os.getcwd(), "")
    folder = here if path.startswith(here) and here != os.sep else os.path.join(os.path.dirname(path), "")
    inner = real.removeprefix(folder)
    return inner == real or any(part.startswith(".") for part in inner.split(os.sep))
