"""Read a pattern in Go's syntax and make a program of it, or say in Go's words what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from kpy.syntax.re2 import classes, escapes
from kpy.syntax.re2.charsets import Charset, folded, normal
from kpy.syntax.re2.errors import PatternError
from kpy.syntax.re2.fragments import Builder, Fragment
from kpy.syntax.re2.program import Assertion, Program

__all__ = ["parse"]

#: Go's own limits.
_MOST_REPEATS: Final = 1000
_MOST_HEIGHT: Final = 1000
_MOST_INSTRUCTIONS: Final = (128 << 20) // 40
_MOST_NUMBERS: Final = (128 << 20) // 4
#: From here on Go's own reader of numbers gives up.
_MOST_DIGITS: Final = 9

_DIGITS: Final = frozenset("0123456789")
_NAME: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_ANY: Final = Charset(((0, 0x10FFFF),))
_ANY_BUT_LINE_FEED: Final = Charset(((0, 9), (11, 0x10FFFF)))
_ASSERTIONS: Final = {
    "A": Assertion.TEXT_BEGINS,
    "b": Assertion.WORD_EDGE,
    "B": Assertion.NO_WORD_EDGE,
    "z": Assertion.TEXT_ENDS,
}
_COUNTS: Final[dict[str, tuple[int, int | None]]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}


def parse(pattern: str) -> Program:
    """Return the program of a pattern.

    Raises:
        PatternError: Go would not compile it.
    """
    return _Parser(pattern).parse()


@dataclass(slots=True)
class _Group:
    """A group that is open: its finished branches, and the parts of the one at hand."""

    flags: frozenset[str]
    is_captured: bool
    branches: list[Fragment] = field(default_factory=list)
    parts: list[Fragment] = field(default_factory=list)


class _Parser:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._flags: frozenset[str] = frozenset()
        self._builder = Builder()
        self._groups = [_Group(self._flags, is_captured=False)]
        #: Where the repetition began that ends right here.
        self._repeated: int | None = None
        self._numbers = 0

    def parse(self) -> Program:
        while self._at < len(self._text):
            repeated, self._repeated = self._repeated, None
            match self._text[self._at]:
                case "*" | "+" | "?" as sign:
                    self._repeat(*_COUNTS[sign], self._at + 1, repeated)
                case "{":
                    self._counted(repeated)
                case "(":
                    self._open()
                case "|":
                    self._branch()
                    self._at += 1
                case ")":
                    self._close()
                case "\\":
                    self._escape()
                case "[":
                    charset, self._at = classes.read(self._text, self._at, is_folded="i" in self._flags)
                    self._read(charset)
                case character:
                    self._at += 1
                    self._plain(character)
        self._branch()
        if len(self._groups) > 1:
            raise PatternError("missing closing )", self._text)
        return self._builder.finish(self._checked(self._builder.alternate(self._groups[0].branches)))

    def _plain(self, character: str) -> None:
        """Read a character that begins nothing longer."""
        match character:
            case "^":
                self._hold(Assertion.LINE_BEGINS if "m" in self._flags else Assertion.TEXT_BEGINS)
            case "$":
                self._hold(Assertion.LINE_ENDS if "m" in self._flags else Assertion.TEXT_ENDS)
            case ".":
                self._read(_ANY if "s" in self._flags else _ANY_BUT_LINE_FEED)
            case _:
                self._literal(ord(character))

    def _literal(self, code: int) -> None:
        ranges = ((code, code),)
        self._read(Charset(normal(folded(ranges)) if "i" in self._flags else ranges))

    def _read(self, charset: Charset) -> None:
        self._numbers += charset.length
        self._push(self._builder.read(charset))

    def _hold(self, assertion: Assertion) -> None:
        self._push(self._builder.holds(assertion))

    def _push(self, part: Fragment) -> None:
        self._groups[-1].parts.append(self._checked(part))

    def _checked(self, part: Fragment) -> Fragment:
        if self._numbers > _MOST_NUMBERS or part.size > _MOST_INSTRUCTIONS:
            raise PatternError("expression too large", self._text)
        if part.height > _MOST_HEIGHT:
            raise PatternError("expression nests too deeply", self._text)
        return part

    def _branch(self) -> None:
        """End a branch of the group."""
        group = self._groups[-1]
        group.branches.append(self._checked(self._builder.concat(group.parts)))
        group.parts = []

    def _close(self) -> None:
        self._branch()
        if len(self._groups) == 1:
            raise PatternError("unexpected )", self._text)
        group = self._groups.pop()
        whole = self._checked(self._builder.alternate(group.branches))
        self._flags = group.flags
        self._at += 1
        if group.is_captured:
            whole.height += 1
            whole.size += 2
            whole.is_literal = whole.is_charset = False
        self._push(whole)

    def _repeat(self, least: int, most: int | None, after: int, repeated: int | None) -> None:
        start, is_greedy = self._at, "U" not in self._flags
        if self._text.startswith("?", after):
            after += 1
            is_greedy = not is_greedy
        if repeated is not None:
            raise PatternError("invalid nested repetition operator", self._text[repeated:after])
        parts = self._groups[-1].parts
        if not parts:
            raise PatternError("missing argument to repetition operator", self._text[start:after])
        whole = self._builder.repeat(parts[-1], least, most, is_greedy=is_greedy)
        parts[-1] = self._checked(whole)
        if max(least, most or 0) > 1 and whole.repeats > _MOST_REPEATS:
            raise PatternError("invalid repeat count", self._text[start:after])
        self._at, self._repeated = after, start

    def _counted(self, repeated: int | None) -> None:
        """Read `{2}`, `{2,}` or `{2,5}`; what is not of this form is a plain brace."""
        counts = _counts(self._text, self._at)
        if counts is None:
            self._at += 1
            self._literal(ord("{"))
            return
        least, most, after = counts
        if max(least, most or 0) > _MOST_REPEATS or (most is not None and least > most):
            raise PatternError("invalid repeat count", self._text[self._at : after])
        self._repeat(least, most, after, repeated)

    def _open(self) -> None:
        text, start = self._text, self._at
        if not text.startswith("(?", start):
            self._at += 1
            self._groups.append(_Group(self._flags, is_captured=True))
        elif text.startswith("(?<", start) and len(text) > start + 3:
            self._named(start + 3)
        elif text.startswith("(?P<", start) and len(text) > start + 4:
            self._named(start + 4)
        else:
            self._take_flags()

    def _named(self, start: int) -> None:
        end = self._text.find(">", self._at)
        if end < 0:
            raise PatternError("invalid named capture", self._text[self._at :])
        name = self._text[start:end]
        if not name or not _NAME.issuperset(name):
            raise PatternError("invalid named capture", self._text[self._at : end + 1])
        self._at = end + 1
        self._groups.append(_Group(self._flags, is_captured=True))

    def _take_flags(self) -> None:
        """Read `(?i)`, which holds to the end of the group, or `(?i:`, which opens one."""
        flags, is_set, is_complete = set(self._flags), True, True
        for at in range(self._at + 2, len(self._text)):
            match self._text[at]:
                case "i" | "m" | "s" | "U" as flag:
                    (flags.add if is_set else flags.discard)(flag)
                    is_complete = True
                case "-" if is_set:
                    is_set = is_complete = False
                case ":" | ")" as end if is_complete:
                    if end == ":":
                        self._groups.append(_Group(self._flags, is_captured=False))
                    self._flags = frozenset(flags)
                    self._at = at + 1
                    return
                case _:
                    raise PatternError("invalid or unsupported Perl syntax", self._text[self._at : at + 1])
        raise PatternError("invalid or unsupported Perl syntax", self._text[self._at :])

    def _escape(self) -> None:
        following = self._text[self._at + 1 : self._at + 2]
        if following == "Q":
            self._quoted()
        elif following == "C":
            raise PatternError("invalid escape sequence", r"\C")
        elif following in _ASSERTIONS:
            self._at += 2
            self._hold(_ASSERTIONS[following])
        elif (found := classes.escaped(self._text, self._at, is_folded="i" in self._flags)) is not None:
            charset, self._at = found
            self._read(charset)
        else:
            code, self._at = escapes.read(self._text, self._at)
            self._literal(code)

    def _quoted(self) -> None:
        """Read `\\Q...\\E`, in which every character stands for itself."""
        end = self._text.find("\\E", self._at + 2)
        for character in self._text[self._at + 2 : end if end >= 0 else None]:
            self._literal(ord(character))
        self._at = end + 2 if end >= 0 else len(self._text)


def _counts(text: str, start: int) -> tuple[int, int | None, int] | None:
    """Return the counts of a repeat and where it ends; nothing where there is none."""
    least, at = _number(text, start + 1)
    if least is None:
        return None
    most: int | None = least
    if text.startswith(",}", at):
        most, at = None, at + 1
    elif text.startswith(",", at):
        most, at = _number(text, at + 1)
        if most is None:
            return None
    return (least, most, at + 1) if text.startswith("}", at) else None


def _number(text: str, start: int) -> tuple[int | None, int]:
    end = start
    while end < len(text) and text[end] in _DIGITS:
        end += 1
    digits = text[start:end]
    if not digits or (len(digits) > 1 and digits[0] == "0"):
        return None, start
    return int(digits[: _MOST_DIGITS + 1]), end
