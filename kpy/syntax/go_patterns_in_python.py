"""Regular expressions of Go (RE2), as the schemas of custom resources have them, in the syntax of Python.

See https://github.com/google/re2/wiki/Syntax. Whether a pattern is one at all is what `kpy.syntax.go_patterns` says.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["compiled"]

_PARTS: Final = re.compile(
    r"""\\Q(?P<quoted>.*?)(?:\\E|\Z)
    | (?P<unicode>\\[pPC])
    | \\x\{(?P<code>[0-9a-fA-F]+)\}
    | \\(?P<escape>.)
    | \[(?P<class>\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*)\]
    | \(\?(?P<flags>[imsU]*(?:-[imsU]+)?)(?P<ends>[:)])
    | \(\?P?<(?P<name>\w+)>
    | (?P<repeat>\{\d+(?:,\d*)?\})
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_IN_CLASS: Final = re.compile(
    r"\[:(?P<posix>\^?\w+):\]|\\x\{(?P<code>[0-9a-fA-F]+)\}|\\(?P<escape>.)|(?P<other>.)", re.DOTALL
)
#: The classes of POSIX, and those escapes that mean something else to Python, as they stand within brackets.
_CLASSES: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-\~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": r"0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_SPACE: Final = r"\t\n\f\r "


class _UntranslatableError(ValueError):
    """Python has no words for it."""


@lru_cache(1024)
def compiled(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern to search with; nothing where Python has no words for it, such as for classes of Unicode."""
    try:
        return re.compile(_translated(pattern), re.ASCII)
    except (_UntranslatableError, re.error):
        return None


def _translated(pattern: str) -> str:
    parts: list[str] = []
    #: What closes each open group: more than one bracket where flags stand at its begin.
    ends = [""]
    for match in _PARTS.finditer(pattern):
        kind = match.lastgroup
        text = match[kind] if kind else ""
        if kind == "ends":
            _take_flags(match, parts, ends)
        elif kind == "name" or (kind, text) == ("other", "("):
            parts.append(f"(?P<{text}>" if kind == "name" else "(")
            ends.append(")")
        elif (kind, text) == ("other", ")"):
            parts.append(ends.pop() if len(ends) > 1 else text)
        else:
            parts.append(_plain(kind, text))
    return "".join(parts) + ends[0]


def _take_flags(match: re.Match[str], parts: list[str], ends: list[str]) -> None:
    """Take `(?i)`, which holds to the end of its group, and `(?i:...)`; greed changes nothing in what is found."""
    flags = match["flags"].replace("U", "").removesuffix("-")
    if "m" in flags:
        raise _UntranslatableError  # where a line ends is where `$` matches
    if match["ends"] == ":":
        ends.append(")")
    elif not parts or parts[-1].startswith("(") or "|" not in match.string:
        ends[-1] += ")"
    else:
        raise _UntranslatableError  # the flags hold in all branches of the group, of which the first has begun
    parts.append(f"(?{flags}:")


def _plain(kind: str | None, text: str) -> str:
    match kind, text:
        case "quoted", _:
            return re.escape(text)
        case "code", _:
            return re.escape(_character(text))
        case "unicode", _:
            raise _UntranslatableError
        case "class", _:
            return "[" + "".join(map(_member, _IN_CLASS.finditer(text))) + "]"
        case "escape", "s" | "S":
            return f"[{'^' if text == 'S' else ''}{_SPACE}]"
        case "escape", "z":
            return r"\Z"
        case "escape", _:
            return "\\" + text
        case "other", "$":
            return r"\Z"
        case "other", "{":
            return r"\{"
    return text


def _member(match: re.Match[str]) -> str:
    """Return a part of a class in brackets."""
    kind = match.lastgroup
    text = match[kind] if kind else ""
    match kind, text:
        case "posix", _:
            if text not in _CLASSES:
                raise _UntranslatableError
            return _CLASSES[text]
        case "code", _:
            return re.escape(_character(text))
        case "escape", "p" | "P" | "S":
            raise _UntranslatableError
        case "escape", "s":
            return _SPACE
        case "escape", _:
            return "\\" + text
    return "\\" + text if text in "[&~|" else text


def _character(code: str) -> str:
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        raise _UntranslatableError from None
