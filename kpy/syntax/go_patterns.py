"""Regular expressions in the syntax of Go (RE2): no look-around, no back-references.

See https://github.com/google/re2/wiki/Syntax. Python's `re` cannot tell: each of the two takes what the other refuses.
"""

from __future__ import annotations

import re

__all__ = ["pattern_fault"]

_MOST_REPEATS = 1000
_REPEAT = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
_GROUP = re.compile(r"\(\?(?:P?<[A-Za-z0-9_]+>|[imsU]*(?:-[imsU]+)?([:)]))")
_HEXADECIMAL = re.compile(r"x(?:[0-9a-fA-F]{2}|\{([0-9a-fA-F]+)\})")
_OCTAL = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}")
_PROPERTY = re.compile(r"[pP](?:[A-Z]|\{\^?[A-Za-z_]+\})")
_POSIX = re.compile(r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]")
_CLASSES = "dDsSwW"
_CONTROLS = "afnrtv"


class _PatternError(ValueError):
    """The text is no regular expression; the message is a phrase that continues `the pattern ...`."""


def pattern_fault(pattern: str) -> str | None:
    """Check a regular expression."""
    try:
        _Reader(pattern).read()
    except _PatternError as error:
        return str(error)
    return None


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        #: Whether something stands before that can be repeated, and whether it has been.
        self._repeatable = False
        self._repeated = False

    def read(self) -> None:
        while self._at < len(self._text):
            repeated, self._repeated = self._repeated, False
            character = self._text[self._at]
            repeat = _REPEAT.match(self._text, self._at) if character == "{" else None
            if character in "*+?" or repeat:
                self._repeat(repeat, repeated)
                continue
            before, self._repeatable = self._repeatable, True
            if character == "(":
                self._open(before)
            elif character == ")":
                self._close()
            elif character == "[":
                self._class()
            elif character == "\\":
                self._escape()
            else:
                self._repeatable = character != "|"
                self._at += 1
        if self._depth:
            raise _PatternError("has a group that is not closed")

    def _repeat(self, repeat: re.Match[str] | None, repeated: bool) -> None:
        if not self._repeatable:
            raise _PatternError(f"has {self._text[self._at]!r} with nothing before it to repeat")
        if repeated:
            raise _PatternError("repeats what is repeated already")
        if repeat is not None:
            least, most = int(repeat[1]), int(repeat[3] or repeat[1])
            if max(least, most) > _MOST_REPEATS or least > most:
                raise _PatternError(f"has {repeat[0]!r}, which must be at most {_MOST_REPEATS} and not descend")
        self._at = repeat.end() if repeat else self._at + 1
        if self._text[self._at : self._at + 1] == "?":
            self._at += 1
        self._repeated = True

    def _open(self, repeatable: bool) -> None:
        self._repeatable = False
        if self._text[self._at : self._at + 2] != "(?":
            self._depth += 1
            self._at += 1
            return
        match = _GROUP.match(self._text, self._at)
        if match is None:
            said = self._text[self._at : self._at + 3]
            raise _PatternError(f"has {said!r}: Go has no look-around, and does not know this group")
        self._at = match.end()
        if match[1] == ")":  # flags are no group
            self._repeatable = repeatable
        else:
            self._depth += 1

    def _close(self) -> None:
        if not self._depth:
            raise _PatternError("has a ')' with no group to close")
        self._depth -= 1
        self._at += 1

    def _escape(self) -> None:
        """Read an escape outside of a class."""
        following = self._text[self._at + 1 : self._at + 2]
        if following == "Q":
            end = self._text.find("\\E", self._at)
            self._at = len(self._text) if end < 0 else end + 2
        elif following and following in "AbBz":
            self._at += 2
        elif not self._set():
            self._character()

    def _set(self) -> bool:
        """Read an escape that stands for a set of characters, if there is one."""
        following = self._text[self._at + 1 : self._at + 2]
        if following and following in _CLASSES:
            self._at += 2
            return True
        match = _PROPERTY.match(self._text, self._at + 1)
        if match is None:
            return False
        self._at = match.end()
        return True

    def _character(self) -> int:
        """Read one character, written as it is or as an escape, and return its code."""
        character = self._text[self._at]
        if character != "\\":
            self._at += 1
            return ord(character)
        start, following = self._at, self._text[self._at + 1 : self._at + 2]
        if not following:
            raise _PatternError("ends in a backslash")
        if match := _HEXADECIMAL.match(self._text, self._at + 1) or _OCTAL.match(self._text, self._at + 1):
            self._at = match.end()
            digits = match[0].strip("x{}")
            code = int(digits, 16 if match[0][0] == "x" else 8)
            if code <= 0x10FFFF:
                return code
        elif following in _CONTROLS or (following.isascii() and not following.isalnum()):
            self._at += 2
            return ord(following)
        raise _PatternError(f"has {self._text[start : start + 2]!r}, an escape that Go does not know")

    def _class(self) -> None:
        """Read a class such as `[a-z0-9]`."""
        self._at += 2 if self._text[self._at + 1 : self._at + 2] == "^" else 1
        first = True
        while first or self._text[self._at : self._at + 1] != "]":
            if self._at >= len(self._text):
                raise _PatternError("has a '[' that is not closed")
            first = False
            if self._text.startswith("[:", self._at) and ":]" in self._text[self._at + 2 :]:
                match = _POSIX.match(self._text, self._at)
                if match is None:
                    raise _PatternError("has a class of characters that Go does not know")
                self._at = match.end()
            elif self._text[self._at] != "\\" or not self._set():
                self._range()
        self._at += 1

    def _range(self) -> None:
        low = self._character()
        if self._text[self._at : self._at + 1] == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
            self._at += 1
            if self._character() < low:
                raise _PatternError("has a range of characters that descends")
