"""The functions of text, and those that match patterns."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from kpy.syntax import re2
from kpy.syntax.cel.errors import CelError, EvaluationError
from kpy.syntax.cel.operators import longest

__all__ = ["FUNCTIONS", "compiled", "find", "find_all"]

Value = Any
#: What `trim` takes away.
_BLANK: Final = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_BLANKS: Final = _BLANK + "\u2028\u2029\u202f\u205f\u3000"
_LOWER: Final = {ord(each): each.lower() for each in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_UPPER: Final = {ord(each.lower()): each for each in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_ESCAPES: Final = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\", '"': '\\"',
}  # fmt: skip


def compiled(pattern: str, *, wrong: type[CelError] = EvaluationError) -> re2.Pattern:
    """Return a pattern of Go that is ready to match."""
    try:
        return re2.compile(pattern)
    except re2.PatternError as error:
        if wrong is EvaluationError:
            raise EvaluationError(f"error parsing regexp: {error}") from None
        raise wrong(f"has the pattern {pattern!r}, which {error}") from None


def find(text: str, pattern: re2.Pattern) -> str:
    """Return the first part of a text that a pattern matches, or an empty text."""
    span = pattern.find(text)
    return text[span[0] : span[1]] if span else ""


def find_all(text: str, pattern: re2.Pattern, limit: int = -1) -> list[str]:
    """Return the parts of a text that a pattern matches; a negative limit is none."""
    return [text[begin:end] for begin, end in islice(pattern.find_all(text), None if limit < 0 else limit)]


def _place(text: str, at: int) -> int:
    if not 0 <= at <= len(text):
        raise EvaluationError(f"index out of range: {at}")
    return at


def _index_of(text: str, part: str, start: int = 0) -> int:
    if not part:
        return start
    if start < 0:
        raise EvaluationError(f"index out of range: {start}")
    return text.find(part, start)


def _last_index_of(text: str, part: str) -> int:
    return text.rfind(part) if part else len(text)


def _last_index_before(text: str, part: str, start: int) -> int:
    if not part:
        return start
    if start < 0:
        raise EvaluationError(f"index out of range: {start}")
    return -1 if start >= len(text) else text.rfind(part, 0, start + len(part))


def _replace(text: str, old: str, new: str, limit: int = -1) -> str:
    count = text.count(old) if limit < 0 else min(limit, text.count(old))
    longest(len(text) + count * len(new))
    return text.replace(old, new, limit)


def _split(text: str, separator: str, limit: int = -1) -> list[str]:
    if limit == 0:
        return []
    if not separator:
        parts = list(text)
        return [*parts[: limit - 1], text[limit - 1 :]] if 0 < limit < len(parts) else parts
    return text.split(separator, limit - 1 if limit > 0 else -1)


def _substring(text: str, start: int, end: int | None = None) -> str:
    if end is None:
        return text[_place(text, start) :]
    if start > end:
        raise EvaluationError(f"invalid substring range. start: {start}, end: {end}")
    return text[_place(text, start) : _place(text, end)]


def _join(items: list[Value], separator: str = "") -> str:
    for item in items:
        if not isinstance(item, str):
            raise EvaluationError(f"join: invalid input: {item}")
    longest(sum(map(len, items)) + len(separator) * len(items))
    return separator.join(items)


def _char_at(text: str, at: int) -> str:
    return text[_place(text, at) : at + 1]


def _quote(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(each, each) for each in text) + '"'


def _format(text: str, args: list[Value]) -> str:
    from kpy.syntax.cel.formatting import formatted

    return formatted(text, args)


FUNCTIONS: Final[dict[str, Callable[..., Value]]] = {
    "matches_string": lambda text, pattern: compiled(pattern).search(text),
    "string_char_at": _char_at,
    "string_index_of": _index_of,
    "string_index_of_int": _index_of,
    "string_last_index_of": _last_index_of,
    "string_last_index_of_int": _last_index_before,
    "string_lower_ascii": lambda text: text.translate(_LOWER),
    "string_upper_ascii": lambda text: text.translate(_UPPER),
    "string_replace": _replace,
    "string_replace_int": _replace,
    "string_split": _split,
    "string_split_int": _split,
    "string_substring": _substring,
    "string_substring_int": _substring,
    "string_trim": lambda text: text.strip(_BLANKS),
    "list_join": _join,
    "list_join_string": _join,
    "string_format": _format,
    "strings_quote": _quote,
    "string_find": lambda text, pattern: find(text, compiled(pattern)),
    "string_find_all": lambda text, pattern: find_all(text, compiled(pattern)),
    "string_find_all_int": lambda text, pattern, limit: find_all(text, compiled(pattern), limit),
    "jsonpatch_escape_key": lambda text: text.replace("~", "~0").replace("/", "~1"),
}
