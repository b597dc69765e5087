"""Lines of source below findings: read within bounds, and only from where the user's own files are."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from typing import Final

from kpy.lines import Lines
from kpy.source import Location

__all__ = ["Excerpts"]

#: A line of source longer than this is cut around the place that is meant.
_WIDTH: Final = 100
#: How far a line is looked at for the blanks that it begins with.
_MOST_INDENT: Final = 400
#: What is read of a file, and what is kept of all of them: as much as a file of documents may have.
_MOST_BYTES: Final = 256 << 20


class Excerpts:
    """Lines of the files that findings are in."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        #: The text of what is no file, such as standard input.
        self._sources = {file: Lines(text) for file, text in sources.items()}
        self._files: dict[str, Lines | None] = {}
        self._room = _MOST_BYTES

    def of(self, where: Location) -> str:
        """Return a line of source, and a caret below it where a column is known; nothing when there is no such line."""
        lines = self._lines(where.file)
        line = where.line - 1
        if lines is None or lines.length(line) is None:
            return ""
        head = lines.window(line, 0, _MOST_INDENT)
        indent = len(head) - len(head.lstrip())
        column = where.column - 1 if where.column else indent
        begin = indent if column - indent < _WIDTH * 3 // 4 else column - _WIDTH // 2
        shown = _cleaned(lines.window(line, begin, begin + _WIDTH)).rstrip()
        number = f"{where.line:>5} | "
        if not where.column:
            return number + shown
        return f"{number}{shown}\n{' ' * (len(number) - 2)}| {' ' * (column - begin)}^"

    def _lines(self, file: str) -> Lines | None:
        if file in self._sources:
            return self._sources[file]
        if file not in self._files:
            text = _read(file)
            size = len(text or "")
            self._room -= size
            if self._room < 0:
                self._files.clear()
                self._room = _MOST_BYTES - size
            self._files[file] = None if text is None else Lines(text)
        return self._files[file]


def _cleaned(text: str) -> str:
    """Return a piece of a line with a blank for everything that has no glyph, so that columns stay."""
    text = "".join(mark if mark.isprintable() else " " for mark in text)
    return text.replace("##[", "# [")  # which some CI systems take for a command


def _read(file: str) -> str | None:
    """Return the text of a plain file; nothing for all else: a pipe can be read once only, a device may never end."""
    if _leads_away(file):
        return None
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError):
        return None
    with open(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        content = stream.read(_MOST_BYTES)
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
