"""Sizes of values that are not there yet, in ranges: texts, bytes, lists and maps."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

__all__ = ["MOST", "ONE", "UNKNOWN", "Entries", "Size", "factor", "product", "total"]

#: What is not bounded.
MOST: Final = (1 << 64) - 1


def total(one: int, other: int) -> int:
    """Return a sum that stays within 64 bits."""
    return min(MOST, one + other)


def product(one: int, other: int) -> int:
    """Return a product that stays within 64 bits."""
    return min(MOST, one * other)


def factor(size: int, by: float) -> int:
    """Return a product, rounded up, that stays within 64 bits."""
    found = math.ceil(float(size) * by)
    return MOST if found >= MOST else found


class Size(NamedTuple):
    """The least and the greatest size."""

    least: int
    greatest: int

    def plus(self, other: Size) -> Size:
        """Return the size of both together."""
        return Size(total(self.least, other.least), total(self.greatest, other.greatest))

    def times(self, other: Size) -> Size:
        """Return the size of as many as another says."""
        return Size(product(self.least, other.least), product(self.greatest, other.greatest))

    def union(self, other: Size) -> Size:
        """Return the size of one or the other."""
        return Size(min(self.least, other.least), max(self.greatest, other.greatest))

    def cost(self, by: float) -> int:
        """Return the most that it costs to go through it, at so much for each."""
        return factor(self.greatest, by)


UNKNOWN: Final = Size(0, MOST)
ONE: Final = Size(1, 1)


class Entries(NamedTuple):
    """The sizes of what is in a list or map."""

    is_list: bool
    key: Size
    value: Size

    def union(self, other: Entries | None) -> Entries | None:
        """Return the sizes of what is in one or the other."""
        if other is None:
            return None
        return Entries(self.is_list, self.key.union(other.key), self.value.union(other.value))
