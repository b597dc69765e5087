"""The program that a pattern becomes: an automaton whose instructions point at each other.

Counted repeats are not unrolled. A state is an instruction and the counts of the repeats around it, packed into one
number: `instruction + size * counts`. So the program is never longer than its pattern, and only the states that a text
reaches are ever looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from kpy.syntax.re2.charsets import Charset

__all__ = ["BASE", "Assertion", "Op", "Program", "Repeat"]

#: One more than the highest count of a repeat.
BASE = 1001


class Op(IntEnum):
    """What an instruction does."""

    #: Reads a character of the set `argument`.
    READ = 0
    #: Goes on at `following`, or at `other` if that leads nowhere.
    SPLIT = 1
    #: Goes on where the assertion `argument` holds.
    ASSERT = 2
    #: Decides whether the repeat `argument` goes into its body, at `following`, or leaves it for `other`.
    REPEAT = 3
    #: Counts one more round of the repeat `argument`.
    COUNT = 4
    #: Has found what the pattern describes.
    MATCH = 5


class Assertion(IntEnum):
    """What may be asked of a place between two characters."""

    TEXT_BEGINS = 0
    TEXT_ENDS = 1
    LINE_BEGINS = 2
    LINE_ENDS = 3
    WORD_EDGE = 4
    NO_WORD_EDGE = 5


@dataclass(slots=True)
class Repeat:
    """How often a counted repeat goes round."""

    least: int
    #: Nothing where there is no limit.
    most: int | None
    #: What one round adds to the counts of a state.
    unit: int
    is_greedy: bool


@dataclass(slots=True)
class Program:
    """Instructions in columns; `start` is the first to look at."""

    ops: list[Op] = field(default_factory=list)
    arguments: list[int] = field(default_factory=list)
    following: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    charsets: list[Charset] = field(default_factory=list)
    repeats: list[Repeat] = field(default_factory=list)
    start: int = 0
    asks_for_lines: bool = False
    asks_for_words: bool = False
    _charset_numbers: dict[tuple[object, ...], int] = field(default_factory=dict)

    def add(self, op: Op, argument: int = 0, *, following: int = 0, other: int = 0) -> int:
        """Add an instruction and return its number."""
        self.ops.append(op)
        self.arguments.append(argument)
        self.following.append(following)
        self.others.append(other)
        return len(self.ops) - 1

    def charset(self, charset: Charset) -> int:
        """Return the number of a set of characters."""
        number = self._charset_numbers.setdefault(charset.key, len(self.charsets))
        if number == len(self.charsets):
            self.charsets.append(charset)
        return number
