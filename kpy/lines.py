"""The lines of a text, found as they are asked for: a text of many megabytes may have one line, or ten million."""

from __future__ import annotations

import re
from array import array
from typing import Final

__all__ = ["Lines"]

#: What ends a line to YAML 1.1, to Python and to editors.
_END: Final = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")


class Lines:
    """Lines of a text, by their number; both lines and columns count from 0."""

    __slots__ = ("_ends", "_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = array("Q", [0])
        self._ends = array("Q")

    def window(self, line: int, begin: int, end: int) -> str:
        """Return the characters of a line from one column to another, as far as there are any."""
        if not self._has(line):
            return ""
        start = self._starts[line]
        return self._text[min(start + begin, self._ends[line]) : min(start + end, self._ends[line])]

    def start(self, line: int) -> int:
        """Return the number of the first character of a line; where there is no such line, the end of the text."""
        return self._starts[line] if self._has(line) else len(self._text)

    def length(self, line: int) -> int | None:
        """Return how many characters a line has; nothing when there is no such line."""
        return self._ends[line] - self._starts[line] if self._has(line) else None

    def _has(self, line: int) -> bool:
        """Find the ends of lines up to this one, and say whether it is there."""
        if line < 0:
            return False
        while len(self._ends) <= line and len(self._ends) < len(self._starts):
            match = _END.search(self._text, self._starts[-1])
            self._ends.append(match.start() if match else len(self._text))
            if match:
                self._starts.append(match.end())
        return line < len(self._ends)
