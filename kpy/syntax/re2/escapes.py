r"""Escapes that stand for one character: `\n`, `\x7f`, `\.`."""

from __future__ import annotations

from typing import Final

from kpy.syntax.re2.errors import PatternError

__all__ = ["read"]

_CONTROLS: Final = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_OCTAL: Final = frozenset("01234567")
_HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")
_LAST: Final = 0x10FFFF


def read(text: str, start: int) -> tuple[int, int]:
    """Return the code of the character, and where its escape ends.

    Raises:
        PatternError: Go knows no such escape.
    """
    at = start + 1
    if at == len(text):
        raise PatternError("trailing backslash at end of expression", "")
    character = text[at]
    at += 1
    if character in _CONTROLS:
        return _CONTROLS[character], at
    if character == "0" or (character in _OCTAL and text[at : at + 1] in _OCTAL):
        while at < min(start + 4, len(text)) and text[at] in _OCTAL:
            at += 1
        return int(text[start + 1 : at], 8), at
    if character == "x" and at < len(text):
        return _hexadecimal(text, start)
    if character.isascii() and not character.isalnum():
        return ord(character), at
    raise PatternError("invalid escape sequence", text[start:at])


def _hexadecimal(text: str, start: int) -> tuple[int, int]:
    at = start + 2
    if text[at] != "{":
        digits = text[at : at + 2]
        if len(digits) == 2 and _HEXADECIMAL.issuperset(digits):
            return int(digits, 16), at + 2
        raise PatternError("invalid escape sequence", text[start : at + 2])
    code = 0
    for at in range(start + 3, len(text)):
        digit = text[at]
        if digit == "}" and at > start + 3:
            return code, at + 1
        if digit not in _HEXADECIMAL or (code := code * 16 + int(digit, 16)) > _LAST:
            raise PatternError("invalid escape sequence", text[start : at + 1])
    raise PatternError("invalid escape sequence", text[start:])
