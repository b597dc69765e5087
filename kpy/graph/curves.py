"""The ways of arrows: curves that are level at both ends, and around what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

__all__ = ["Area", "around", "bends", "fraction"]

Point = tuple[float, float]
#: Left, top, right, bottom.
Area = tuple[float, float, float, float]

#: How near an arrow may come to what it goes around, and how far before that it turns.
_MARGIN: Final = 6.0
_TURN: Final = 28.0
#: How far arrows that go the same way are apart, and how many go beside each other.
_BESIDE: Final = 4.0
_LANES: Final = 3
_STEPS: Final = 24
_TRIES: Final = 4


def bends(start: Point, end: Point, out: int, into: int) -> tuple[Point, Point]:
    """Return the two points that a curve bends towards, which leaves and comes in to the right (1) or the left (-1)."""
    reach = max(abs(end[0] - start[0]) / 2, 32.0)
    return (start[0] + out * reach, start[1]), (end[0] - into * reach, end[1])


def fraction(way: float) -> float:
    """Return how much of its height a curve has made when it has made so much of its width, looked for by halves."""
    low, high = 0.0, 1.0
    for _ in range(20):
        at = (low + high) / 2
        low, high = (at, high) if 1.5 * at - 1.5 * at**2 + at**3 < way else (low, at)
    return 3 * low**2 - 2 * low**3


def around(points: Sequence[Point], cards: Sequence[Area], used: list[Area]) -> list[Point]:
    """Return the way of an arrow around the cards that it would cross, if there is one that crosses fewer.

    It goes level above or below them, where nothing stands and few others go; `used` has the ways of others.
    """
    best, fewest = list(points), _crossed(points, cards)
    left, right = sorted((points[0][0], points[-1][0]))
    blocked, added = fewest, None
    for _ in range(_TRIES):
        if not blocked:
            break
        begin = max(left, min(card[0] for card in blocked) - _TURN)
        end = min(right, max(card[2] for card in blocked) + _TURN)
        level = _level(begin, end, points, cards, used)
        if level is None:
            break
        turns = [(begin, level), (end, level)]
        way = [points[0], *(turns if points[0][0] < points[-1][0] else turns[::-1]), points[-1]]
        found = _crossed(way, cards)
        if len(found) < len(fewest):
            best, fewest, added = way, found, (begin, level, end, level)
        blocked = list(dict.fromkeys([*blocked, *found])) if found else []
    if added is not None:
        used.append(added)
    return best


def _crossed(points: Sequence[Point], cards: Sequence[Area]) -> list[Area]:
    """Return the cards that a way crosses, but for those that it begins and ends at."""
    samples = [point for start, end in pairwise(points) for point in _samples(start, end)]
    return [card for card in cards if any(card[0] < x < card[2] and card[1] < y < card[3] for x, y in samples)]


def _samples(start: Point, end: Point) -> Iterator[Point]:
    """Yield points of a curve, without its ends."""
    for step in range(1, _STEPS):
        at = step / _STEPS
        x, y = 1.5 * at - 1.5 * at**2 + at**3, 3 * at**2 - 2 * at**3
        yield start[0] + (end[0] - start[0]) * x, start[1] + (end[1] - start[1]) * y


def _level(
    begin: float, end: float, points: Sequence[Point], cards: Iterable[Area], used: Sequence[Area]
) -> float | None:
    """Return the height nearest to both ends of a way at which nothing stands between two places."""
    there = [card for card in cards if card[0] < end and begin < card[2]]
    edges = [edge for card in there for edge in (card[1] - _MARGIN, card[3] + _MARGIN)]
    lanes = [edge + side * lane * _BESIDE for edge in edges for side in (-1, 1) for lane in range(_LANES)]
    free = [
        lane
        for lane in lanes
        if lane > _MARGIN and not any(card[1] - _MARGIN / 2 < lane < card[3] + _MARGIN / 2 for card in there)
    ]

    def cost(lane: float) -> float:
        beside = sum(1 for way in used if way[0] < end and begin < way[2] and abs(way[1] - lane) < _BESIDE)
        return abs(lane - points[0][1]) + abs(lane - points[-1][1]) + 30.0 * beside

    return min(free, key=cost, default=None)
