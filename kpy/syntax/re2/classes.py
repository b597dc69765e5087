r"""Classes of characters: `[a-z]`, `[[:alpha:]]`, `\d`, `\pL`, `\p{Greek}`."""

from __future__ import annotations

from typing import Final

from kpy.syntax.re2 import escapes
from kpy.syntax.re2.charsets import Charset, Range, folded, negated, normal, table
from kpy.syntax.re2.errors import PatternError

__all__ = ["escaped", "read"]

_DIGITS: Final[tuple[Range, ...]] = ((48, 57),)
_SPACES: Final[tuple[Range, ...]] = ((9, 10), (12, 13), (32, 32))
_WORDS: Final[tuple[Range, ...]] = ((48, 57), (65, 90), (95, 95), (97, 122))
_PERL: Final = {"d": _DIGITS, "s": _SPACES, "w": _WORDS}
_POSIX: Final[dict[str, tuple[Range, ...]]] = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": _DIGITS,
    "graph": ((33, 126),),
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": ((65, 90),),
    "word": _WORDS,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}


def escaped(text: str, start: int, *, is_folded: bool) -> tuple[Charset, int] | None:
    r"""Return the class that an escape such as `\d` or `\pL` is, and where it ends; nothing for other escapes."""
    letter = text[start + 1 : start + 2]
    if letter in ("p", "P"):
        return _property(text, start, is_folded)
    ranges = _PERL.get(letter.lower()) if letter.isascii() else None
    if ranges is None:
        return None
    return Charset(_group(ranges, is_folded=is_folded, is_negated=letter.isupper())), start + 2


def read(text: str, start: int, *, is_folded: bool) -> tuple[Charset, int]:
    """Return the class that begins with a bracket, and where it ends."""
    at = start + 1
    is_negated = text.startswith("^", at)
    at += is_negated
    first = at
    ranges: list[Range] = []
    plain: list[Range] = []
    tables: dict[int, Charset] = {}
    while at == first or not text.startswith("]", at):
        if (group := _posix(text, at, is_folded) or _escaped_within(text, at, is_folded)) is not None:
            charset, at = group
            ranges.extend(charset.ranges) if len(charset.ranges) < 10 else tables.setdefault(id(charset), charset)
            continue
        low, high, at = _range(text, at, start)
        plain.append((low, high))
    ranges.extend(folded(plain) if is_folded else plain)
    return Charset(normal(ranges), tuple(tables.values()), is_negated=is_negated), at + 1


def _escaped_within(text: str, at: int, is_folded: bool) -> tuple[Charset, int] | None:
    """Return the class of an escape within brackets, if one stands here."""
    return escaped(text, at, is_folded=is_folded) if text.startswith("\\", at) else None


def _range(text: str, at: int, bracket: int) -> tuple[int, int, int]:
    """Return the ends of a range, which may be one character, and where it ends in the text."""
    start = at
    low, at = _character(text, at, bracket)
    if not text.startswith("-", at) or text[at + 1 : at + 2] in ("]", ""):
        return low, low, at
    high, at = _character(text, at + 1, bracket)
    if high < low:
        raise PatternError("invalid character class range", text[start:at])
    return low, high, at


def _character(text: str, at: int, bracket: int) -> tuple[int, int]:
    if at >= len(text):
        raise PatternError("missing closing ]", text[bracket:])
    return escapes.read(text, at) if text[at] == "\\" else (ord(text[at]), at + 1)


def _group(ranges: tuple[Range, ...], *, is_folded: bool, is_negated: bool) -> tuple[Range, ...]:
    if is_folded:
        ranges = normal(folded(ranges))
    return negated(ranges) if is_negated else ranges


def _posix(text: str, at: int, is_folded: bool) -> tuple[Charset, int] | None:
    """Return the class of a name such as `[:alpha:]`, if one stands here."""
    if not text.startswith("[:", at):
        return None
    end = text.find(":]", at + 2)
    if end < 0:
        return None
    name = text[at + 2 : end]
    ranges = _POSIX.get(name.removeprefix("^"))
    if ranges is None:
        raise PatternError("invalid character class range", text[at : end + 2])
    return Charset(_group(ranges, is_folded=is_folded, is_negated=name.startswith("^"))), end + 2


def _property(text: str, start: int, is_folded: bool) -> tuple[Charset, int]:
    """Return the class of a property of Unicode."""
    if not text.startswith("{", start + 2):
        name, end = text[start + 2 : start + 3], start + 3
    else:
        end = text.find("}", start) + 1
        if not end:
            raise PatternError("invalid character class range", text[start:])
        name = text[start + 3 : end - 1]
    is_negated = (text[start + 1] == "P") != name.startswith("^")
    charset = table(name.removeprefix("^"), is_folded=is_folded, is_negated=is_negated)
    if charset is None:
        raise PatternError("invalid character class range", text[start:end])
    return charset, end
