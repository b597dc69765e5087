"""Pieces of a text replaced, all at once, by their places in the text as it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Splice", "end_of_line", "line_end_of", "spliced", "start_of_line"]


class Splice(NamedTuple):
    """What stands from `start` to `end` becomes `text`."""

    start: int
    end: int
    text: str


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Return a text with pieces replaced, none of which overlap."""
    parts, at = [], 0
    for splice in sorted(splices):
        parts += [text[at : splice.start], splice.text]
        at = splice.end
    return "".join([*parts, text[at:]])


def line_end_of(text: str) -> str:
    """Return how the lines of a text end: as the first one does."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def start_of_line(text: str, at: int) -> int:
    """Return where the line begins that a place is in."""
    return text.rfind("\n", 0, at) + 1


def end_of_line(text: str, at: int) -> int:
    """Return where the line ends that a place is in, before its line break."""
    end = text.find("\n", at)
    if end < 0:
        return len(text)
    return end - 1 if end > at and text[end - 1] == "\r" else end
