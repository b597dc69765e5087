"""Scalars as YAML that every reader takes for the same.

YAML 1.1 readers (PyYAML, kubectl's go-yaml) and YAML 1.2 readers (ruamel.yaml, js-yaml) disagree on what `no`, `0o17`
or `1e3` is. So text goes unquoted only when it is plainly text to all of them, which is decided here by what is
allowed, not by a list of what is dangerous.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from typing import Any, Final

__all__ = [
    "KEYS",
    "KINDS",
    "LONGEST_KEY",
    "MOST_BITS",
    "SCALARS",
    "WORDS",
    "Unwritable",
    "block",
    "lone_surrogate",
    "quoted",
    "separate_long_keys",
]

#: Longer texts are rarely seen twice.
_LONGEST_KEPT: Final = 128
_MOST_KEPT: Final = 16384
#: YAML readers look for the colon of a key on the same line, within 1024 characters.
LONGEST_KEY: Final = 1000

#: Words, paths, images, flags (`--port=80`), round quantities (`250m`, `2Gi`), and several of them with spaces between.
_PLAIN: Final = re.compile(
    r"""
    (?! -? (?i: true | false | yes | no | on | off | y | n | null | nan | inf | infinity | e [+-]? [0-9_]+ ) \Z )
    (?> [A-Za-z/] | --?[A-Za-z] )
    (?> [A-Za-z0-9_./@+=,$%()-]+ | :+(?=[A-Za-z0-9_./@+=,$%()-]) | [ ]+(?=[A-Za-z0-9_./@+=,$%()-]) )*+
    | [1-9][0-9]{0,17} (?: m | [KMGT]i )
    """,
    re.VERBOSE,
)

_SURROGATES: Final = "\ud800-\udfff"
_NONCHARACTERS: Final = "\ufdd0-\ufdef\ufffe\uffff" + "".join(
    chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF)
)
#: Controls but for the line feed, separators that some readers break lines at, the byte order mark, no characters.
_INVISIBLE: Final = f"\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff{_NONCHARACTERS}{_SURROGATES}"
_NOT_IN_BLOCKS: Final = re.compile(f"[{_INVISIBLE}]")
_ESCAPED: Final = re.compile(f'["\\\\\n{_INVISIBLE}]')
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_LONE_SURROGATE: Final = re.compile(f"[{_SURROGATES}]")

#: How large a whole number may be that readers still take for a number.
MOST_BITS: Final = 1023

#: Stands where an explicit key ends, until its line is known; escaped text never has it.
_END_OF_KEY: Final = "\0"
_EXPLICIT_KEY: Final = re.compile(r"^([ -]*)(\?.*)\0", re.MULTILINE)


class Unwritable(Exception):
    """Something that is not JSON was met; where it is, is found out afterwards."""


class _Kinds(dict[type, type]):
    """Types to the type of JSON that their values are written as, remembered."""

    def __missing__(self, kind: type) -> type:
        for known in (str, dict, list, bool, int, float, type(None)):
            if issubclass(kind, known):
                self[kind] = known
                return known
        raise Unwritable


class _Words(dict[str, str]):
    """Values on one line, remembered. The empty text stands for: write it as a block."""

    def __missing__(self, value: str) -> str:
        text = str.__str__(value)
        if "\n" in text and _fits_block(text):
            return ""
        word = text if _PLAIN.fullmatch(text) else quoted(text)
        return _remember(self, text, word)


class _Keys(dict[str, str]):
    """Keys with their colon, remembered."""

    def __missing__(self, key: str) -> str:
        if not isinstance(key, str):
            raise Unwritable
        text = str.__str__(key)
        written = text if _PLAIN.fullmatch(text) else quoted(text)
        if len(written) > LONGEST_KEY:
            return f"? {written}{_END_OF_KEY}:"
        return _remember(self, text, written + ":")


def _remember(memo: dict[str, str], text: str, written: str) -> str:
    if len(text) <= _LONGEST_KEPT:
        if len(memo) >= _MOST_KEPT:
            memo.clear()
        memo[text] = written
    return written


def _int_text(number: int) -> str:
    """Return a whole number; one that no float holds would be text to kubectl."""
    if number.bit_length() > MOST_BITS:
        raise Unwritable
    return int.__repr__(number)


def _float_text(number: float) -> str:
    """Return a number with a point, which YAML 1.1 wants even before an exponent."""
    if not isfinite(number):
        raise Unwritable
    text = float.__repr__(number)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


KINDS: Final = _Kinds()
WORDS: Final = _Words()
KEYS: Final = _Keys()
#: How to write what is not text, by kind.
SCALARS: Final[dict[type, Callable[[Any], str]]] = {
    bool: {True: "true", False: "false"}.__getitem__,
    int: _int_text,
    float: _float_text,
    type(None): lambda _: "null",
}


def quoted(text: str) -> str:
    """Return a text in double quotes, with escapes for all that could be lost."""
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    short = _ESCAPES.get(character)
    if short is not None:
        return short
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    if 0xD800 <= code <= 0xDFFF:
        raise Unwritable
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def lone_surrogate(text: str) -> str | None:
    """Return the first half of a character that has lost its other half, or nothing."""
    match = _LONE_SURROGATE.search(text)
    return match and match[0]


def _fits_block(text: str) -> bool:
    """Return whether a text of several lines is safe as a literal block."""
    body = text.rstrip("\n")
    return body != "" and not body.rpartition("\n")[2].isspace() and _NOT_IN_BLOCKS.search(text) is None


def block(text: str, margin: str) -> str:
    """Return a text as a literal block; the margin is a line feed and the indentation of its lines."""
    body = text.rstrip("\n")
    endings = len(text) - len(body)
    indented = "2" if body.lstrip("\n").startswith(" ") else ""
    chomping = "-" if endings == 0 else "" if endings == 1 else "+"
    lines = "".join(margin + line if line else "\n" for line in body.split("\n"))
    return f"|{indented}{chomping}{lines}" + "\n" * (endings - 1)


def separate_long_keys(text: str) -> str:
    """Put the colon of each key that is too long for one line under its question mark."""
    if _END_OF_KEY not in text:
        return text
    return _EXPLICIT_KEY.sub(lambda match: f"{match[1]}{match[2]}\n{' ' * len(match[1])}", text)
