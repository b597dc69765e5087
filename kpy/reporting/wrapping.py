"""Lines that end where the terminal ends: broken between words, and counted in the cells of a terminal."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

__all__ = ["cells", "clipped", "wrapped"]

#: The least room that is left for text, however narrow the terminal is.
_LEAST = 16
_CUT = "…"
#: Behind what a word is broken that is too long.
_JOINTS = "./]-_,:="


def cells(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(mark) else 2 if east_asian_width(mark) in "WF" else 1 for mark in text)


def clipped(text: str, columns: int | None) -> str:
    """Return a text with an ellipsis where it would be wider than the terminal."""
    if columns is None or cells(text) <= columns:
        return text
    return _head(text, columns - 1) + _CUT


def wrapped(text: str, columns: int | None, indent: int = 0, *, begin: int = 0, keeps_first: bool = False) -> str:
    """Return a text whose lines end within the terminal; those but the first are indented.

    `begin` is how many cells the first line has before the text. The first word is kept in one piece where that is
    asked for: the place of a finding, which terminals make a link of.
    """
    if columns is None or begin + cells(text) <= columns:
        return text
    room = max(_LEAST, columns - indent)
    lines: list[str] = []
    line, left = "", max(0, columns - begin)
    for number, word in enumerate(text.split(" ")):
        if line and cells(word) + 1 <= left:
            line, left = f"{line} {word}", left - cells(word) - 1
            continue
        keeps = keeps_first and number == 0
        if cells(word) <= room or keeps or left <= _LEAST:
            if line or (not lines and begin and cells(word) > left):
                lines.append(line)
                line, left = "", room
        elif line:
            line, left = f"{line} ", left - 1
        while cells(word) > left and not keeps:
            head = _piece(word, left)
            lines.append(line + head)
            word, line, left = word[len(head) :], "", room
        line, left = line + word, left - cells(word)
    return f"\n{' ' * indent}".join([*lines, line])


def _piece(word: str, room: int) -> str:
    """Return the beginning of a word that is too long, up to where it may well be broken: a path, an address."""
    head = _head(word, room)
    at = max(head.rfind(mark) for mark in _JOINTS)
    return head[: at + 1] if at >= len(head) // 3 else head


def _head(text: str, room: int) -> str:
    """Return as much of a text as there is room for, one character at least."""
    if text.isascii():
        return text[: max(1, room)]
    taken = 0
    for at, mark in enumerate(text):
        taken += cells(mark)
        if taken > room:
            return text[: max(1, at)]
    return text
