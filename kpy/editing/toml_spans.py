"""Where in a text of TOML every key and value stands. The text is valid: the standard reader has read it."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Pair", "Statement", "Value", "statements_of"]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WORD = re.compile(r"[^,\]}#\r\n]*[^,\]}#\r\n\s]")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)

Path = tuple[str | int, ...]


class Value(NamedTuple):
    """A value, from its first character to behind its last."""

    start: int
    end: int
    #: The entries of an inline table; nothing for what is none.
    pairs: tuple[Pair, ...] | None = None
    is_list: bool = False


class Pair(NamedTuple):
    """A key, which may have dots, and its value."""

    keys: tuple[str, ...]
    start: int
    value: Value


class Statement(NamedTuple):
    """A header, `[a.b]` or `[[a]]`, or a pair, with the whole way to it; a number is an item of a list of tables."""

    path: Path
    start: int
    end: int
    #: Nothing for a header.
    pair: Pair | None = None
    #: How many of the steps are those of the table that it stands in.
    depth: int = 0
    is_item: bool = False


def statements_of(text: str) -> list[Statement]:
    """Return all headers and pairs of a text, in its order."""
    found: list[Statement] = []
    lists: dict[Path, int] = {}
    table: Path = ()
    at = _skip(text, 0)
    while at < len(text):
        if text[at] == "[":
            is_item = text.startswith("[[", at)
            keys, end = _keys(text, at + (2 if is_item else 1))
            table = _table(keys, lists, is_item=is_item)
            end = text.index("]", end) + (2 if is_item else 1)
            found.append(Statement(table, at, end, is_item=is_item))
        else:
            pair, end = _pair(text, at)
            found.append(Statement((*table, *pair.keys), at, end, pair, len(table)))
        at = _skip(text, end)
    return found


def _table(keys: tuple[str, ...], lists: dict[Path, int], *, is_item: bool) -> Path:
    """Return the way to the table of a header; what is below a list of tables is in its last one."""
    path: Path = ()
    for number, key in enumerate(keys):
        path = (*path, key)
        if is_item and number == len(keys) - 1:
            lists[path] = lists.get(path, -1) + 1
        if path in lists:
            path = (*path, lists[path])
    return path


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _keys(text: str, at: int) -> tuple[tuple[str, ...], int]:
    """Return the keys that begin at a place, and where they end."""
    import tomllib

    keys: list[str] = []
    while True:
        at = _blank(text, at)
        match = _BARE.match(text, at) or _STRING.match(text, at)
        assert match is not None, "the standard reader has read the text"
        word = match[0]
        keys.append(next(iter(tomllib.loads(f"{word} = 0"))))
        at = _blank(text, match.end())
        if text[at : at + 1] != ".":
            return tuple(keys), match.end()
        at += 1


def _blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _pair(text: str, at: int) -> tuple[Pair, int]:
    keys, end = _keys(text, at)
    value = _value(text, _blank(text, text.index("=", end) + 1))
    return Pair(keys, at, value), value.end


def _value(text: str, at: int) -> Value:
    if text[at] == "{":
        pairs, end = [], _skip(text, at + 1)
        while text[end] != "}":
            pair, end = _pair(text, end)
            pairs.append(pair)
            end = _behind_comma(text, end)
        return Value(at, end + 1, tuple(pairs))
    if text[at] == "[":
        end = _skip(text, at + 1)
        while text[end] != "]":
            end = _behind_comma(text, _value(text, end).end)
        return Value(at, end + 1, is_list=True)
    match = _STRING.match(text, at) or _WORD.match(text, at)
    assert match is not None, "the standard reader has read the text"
    return Value(at, match.end())


def _behind_comma(text: str, at: int) -> int:
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at
