"""Sets of characters: ranges of code points, tables of Unicode, and what folding their case adds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeAlias

from kpy.syntax.re2 import unicode

__all__ = ["Charset", "Range", "folded", "negated", "normal", "table"]

#: The first and the last code point.
Range: TypeAlias = tuple[int, int]

_LAST: Final = 0x10FFFF
_ASCII: Final = 0x80
_ALL_OF_ASCII: Final = (1 << _ASCII) - 1


class Charset:
    """A set of characters that says quickly what is in it.

    Large tables are shared, not copied: a pattern may name them often.
    """

    __slots__ = ("_ascii", "_edges", "_is_negated", "ranges", "tables")

    def __init__(
        self, ranges: tuple[Range, ...], tables: tuple[Charset, ...] = (), *, is_negated: bool = False
    ) -> None:
        self.ranges = ranges
        self.tables = tables
        self._is_negated = is_negated
        self._edges: list[int] | None = None
        bits: int = 0
        for low, high in ranges:
            if low >= _ASCII:
                break
            bits |= ((1 << min(high, _ASCII - 1) - low + 1) - 1) << low
        for part in tables:
            bits |= part._ascii
        self._ascii: int = bits ^ _ALL_OF_ASCII if is_negated else bits

    def __contains__(self, code: int) -> bool:
        if code < _ASCII:
            return bool(self._ascii >> code & 1)
        if self._edges is None:
            self._edges = [edge for low, high in self.ranges for edge in (low, high + 1)]
        within = bool(bisect_right(self._edges, code) & 1) or any(code in part for part in self.tables)
        return within != self._is_negated

    @property
    def key(self) -> tuple[object, ...]:
        """What two equal sets have in common."""
        return (self.ranges, *map(id, self.tables), self._is_negated)

    @property
    def is_single(self) -> bool:
        """Whether one character alone is in it."""
        return not self.tables and not self._is_negated and len(self.ranges) == 1 and len(set(self.ranges[0])) == 1

    @property
    def length(self) -> int:
        """How many numbers Go keeps for it."""
        return 2 * len(self.ranges) + sum(part.length for part in self.tables)


def normal(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return the ranges in order, merged where they touch."""
    merged: list[Range] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            if high > merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return tuple(merged)


def negated(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return what ranges in order leave out."""
    gaps: list[Range] = []
    following = 0
    for low, high in ranges:
        if following < low:
            gaps.append((following, low - 1))
        following = high + 1
    if following <= _LAST:
        gaps.append((following, _LAST))
    return tuple(gaps)


def folded(ranges: Iterable[Range]) -> list[Range]:
    """Return the ranges and all characters that differ from one of theirs in their case alone."""
    result = list(ranges)
    codes, orbits = _orbits()
    for low, high in tuple(result):
        for at in range(bisect_left(codes, low), bisect_right(codes, high)):
            result.extend((other, other) for other in orbits[codes[at]])
    return result


@lru_cache(256)
def table(name: str, *, is_folded: bool, is_negated: bool) -> Charset | None:
    """Return a category or script of Unicode; nothing where Go has none of that name."""
    ranges = unicode.ranges_of(name)
    if ranges is None:
        return None
    if is_folded:
        ranges = normal(folded(ranges))
    return Charset(negated(ranges) if is_negated else ranges)


@lru_cache(1)
def _orbits() -> tuple[list[int], dict[int, tuple[int, ...]]]:
    """Return the characters that have a case, in order, and the others of each."""
    orbits = {
        code: tuple(other for other in orbit if other != code) for orbit in unicode.case_orbits() for code in orbit
    }
    return sorted(orbits), orbits
