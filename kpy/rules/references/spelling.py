"""Whether a name is another one, misspelled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = ["misspelled"]

#: The length from which on a name may have two letters wrong.
_LONG: Final = 8
#: Shorter names are near each other by chance.
_SHORTEST: Final = 4


def misspelled(word: str, words: Iterable[str]) -> str | None:
    """Return the name that was surely meant, if there is one: with one letter wrong, or two of a long name.

    Names that differ in their numbers, such as `cache-1` and `cache-2`, are different on purpose.
    """
    return next((other for other in words if _is_slip(word, other)), None)


def _is_slip(word: str, other: str) -> bool:
    shorter = min(len(word), len(other))
    if other == word or shorter < _SHORTEST or _digits(other) != _digits(word):
        return False
    limit = 1 if len(word) < _LONG else 2
    return abs(len(other) - len(word)) <= limit and _distance(word.lower(), other.lower()) <= limit


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _distance(one: str, other: str) -> int:
    """Return how many letters have to be added, left out, changed, or swapped with their neighbour."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]
