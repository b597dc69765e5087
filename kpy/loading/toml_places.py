"""Where in a file of TOML a value is, looked for when a message needs it: the standard reader knows no places."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

__all__ = ["place_in_toml"]


def place_in_toml(text: str, keys: Sequence[str], *, least: int = 1) -> tuple[int, int] | None:
    """Return the line and column, from 1, of the value at some keys, or of the nearest table around it.

    Nothing where not even the first `least` keys are there.

    The value is begun on the first line with which the text above, read alone, has it.
    """
    lines = text.splitlines(keepends=True)
    for end in range(len(keys), least - 1, -1):
        if (line := _line_of(lines, keys[:end])) is not None:
            written = lines[line - 1]
            column = max(written.find(keys[end - 1]), 0) + 1
            return line, column
    return None


def _line_of(lines: Sequence[str], keys: Sequence[str]) -> int | None:
    begin = 1  # the first line of the statement that is being read
    for count in range(1, len(lines) + 1):
        try:
            found = tomllib.loads("".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue  # in the midst of a statement
        if _has(found, keys):
            return _first_written(lines, begin, count)
        begin = count + 1
    return None


def _first_written(lines: Sequence[str], begin: int, end: int) -> int:
    """Return the first of some lines that is neither empty nor a comment."""
    for number in range(begin, end + 1):
        written = lines[number - 1].strip()
        if written and not written.startswith("#"):
            return number
    return begin


def _has(tree: Any, keys: Sequence[str]) -> bool:
    for key in keys:
        if isinstance(tree, list) and key.isdecimal() and int(key) < len(tree):
            tree = tree[int(key)]
        elif isinstance(tree, dict) and key in tree:
            tree = tree[key]
        else:
            return False
    return True
