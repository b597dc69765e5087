"""A compiled pattern."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from kpy.syntax.re2.automaton import REPLACEMENT, SURROGATE, Automaton
from kpy.syntax.re2.parser import parse
from kpy.syntax.re2.spans import find

__all__ = ["Pattern", "compile"]


class Pattern:
    """A regular expression that searches in time linear in the text."""

    __slots__ = ("_automaton", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._automaton = Automaton(parse(SURROGATE.sub(REPLACEMENT, pattern)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.pattern!r})"

    @property
    def kept(self) -> int:
        """How much of the automaton is kept, in states of the program and characters."""
        return self._automaton.kept

    def search(self, text: str) -> bool:
        """Say whether something in the text matches."""
        return self._automaton.search(text)

    def find(self, text: str, start: int = 0) -> tuple[int, int] | None:
        """Return begin and end of the first match at or after a place; nothing where there is none."""
        return find(self._automaton.program, SURROGATE.sub(REPLACEMENT, text), start)

    def find_all(self, text: str) -> Iterator[tuple[int, int]]:
        """Return begin and end of every match; an empty one right behind another is left out, as Go does."""
        text = SURROGATE.sub(REPLACEMENT, text)
        at, last = 0, -1
        while at <= len(text) and (span := find(self._automaton.program, text, at)) is not None:
            begin, end = span
            if begin != end or begin != last:
                yield span
            at, last = (end if end > at else at + 1), end


@lru_cache(256)
def compile(pattern: str) -> Pattern:
    """Return the pattern, ready to search.

    Raises:
        PatternError: Go would not compile it.
    """
    return Pattern(pattern)
