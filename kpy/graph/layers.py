"""A layered layout: things with sizes stand in columns, so that what leads from one to another leads to the right.

After Sugiyama: circles are opened, each thing gets a column, the order in columns is what crosses least, and things are
drawn towards what they are connected with. Every step goes by the order of what is given, so that the same graph
is always drawn in the same way. `fsum` adds the same numbers alike in every Python, which `sum` does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import fsum
from typing import Final, NamedTuple

from kpy.graph.packing import Size, pack

__all__ = ["Placement", "place"]

Point = tuple[float, float]
Link = tuple[int, int]

#: Between what stands in a column.
_GAP_Y: Final = 14.0
#: How wide a picture may be for its height.
_ASPECT: Final = 1.5
#: The height of a lane that an arrow takes past a column.
_LANE: Final = 6.0
_SWEEPS: Final = 8
#: Longer arrows have no lanes in big graphs, where these would be most of the work.
_MOST_LANES: Final = 4000


class Placement(NamedTuple):
    """Where things are."""

    size: Size
    #: The upper left corner of each thing.
    corners: list[Point]
    #: The lanes that an arrow takes on its way, for those that pass a column.
    lanes: Mapping[Link, list[Point]]


def place(sizes: Sequence[Size], links: Iterable[Link], *, gap: float) -> Placement:
    """Return where to draw things of these sizes; links are pairs of their numbers, the gap is between columns."""
    wanted = list(dict.fromkeys(link for link in links if link[0] != link[1]))
    parts = _connected(len(sizes), wanted)
    placed = [_Part(part, sizes, wanted, gap).placement() for part in parts]
    offsets, size = pack([part.size for part in placed], gap=_GAP_Y * 2, aspect=_ASPECT)
    corners: list[Point] = [(0.0, 0.0)] * len(sizes)
    lanes: dict[Link, list[Point]] = {}
    for things, part, (left, top) in zip(parts, placed, offsets, strict=True):
        for thing, (x, y) in zip(things, part.corners, strict=True):
            corners[thing] = (left + x, top + y)
        lanes |= {link: [(left + x, top + y) for x, y in points] for link, points in part.lanes.items()}
    return Placement(size, corners, lanes)


def _connected(count: int, links: Iterable[Link]) -> list[list[int]]:
    """Return the things that hang together, in the order of the first of each."""
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for one, other in links:
        neighbours[one].append(other)
        neighbours[other].append(one)
    parts: list[list[int]] = []
    is_seen = [False] * count
    for start in range(count):
        if is_seen[start]:
            continue
        is_seen[start], part = True, [start]
        for thing in part:
            for other in neighbours[thing]:
                if not is_seen[other]:
                    is_seen[other] = True
                    part.append(other)
        parts.append(sorted(part))
    return parts


class _Part:
    """Things that hang together. Lanes are things too, with numbers after those of the others."""

    def __init__(self, things: Sequence[int], sizes: Sequence[Size], links: Iterable[Link], gap: float) -> None:
        number = {thing: at for at, thing in enumerate(things)}
        self._things = things
        self._gap = gap
        self._sizes = [sizes[thing] for thing in things]
        self._links = [(number[one], number[other]) for one, other in links if one in number]
        self._ways: dict[Link, list[int]] = {}
        self._before: list[list[int]] = []
        self._after: list[list[int]] = []

    def placement(self) -> Placement:
        """Return where the things are, the first at the upper left."""
        forward = _without_circles(len(self._sizes), self._links)
        columns = self._columns(_ranks(len(self._sizes), forward), forward)
        _untangle(columns, self._before, self._after)
        columns = self._wrapped(columns)
        middles = self._middles(columns)
        top = min(middles[thing] - self._sizes[thing][1] / 2 for column in columns for thing in column)
        corners: list[Point] = [(0.0, 0.0)] * len(self._sizes)
        left = 0.0
        for column in columns:
            width = max(self._sizes[thing][0] for thing in column)
            for thing in column:
                own, height = self._sizes[thing]
                corners[thing] = (left + (width - own) / 2, middles[thing] - height / 2 - top)
            left += width + self._gap
        bottom = max(corners[thing][1] + self._sizes[thing][1] for column in columns for thing in column)
        lanes = {
            (self._things[one], self._things[other]): [(corners[lane][0], corners[lane][1] + _LANE / 2) for lane in way]
            for (one, other), way in self._ways.items()
        }
        return Placement((left - self._gap, bottom), corners[: len(self._things)], lanes)

    def _columns(self, ranks: list[int], forward: Mapping[Link, bool]) -> list[list[int]]:
        """Return the things by columns, with a lane in each column that an arrow passes."""
        columns: list[list[int]] = [[] for _ in range(max(ranks) + 1)]
        for thing, rank in enumerate(ranks):
            columns[rank].append(thing)
        steps: list[Link] = []
        for one, other in forward:
            way = [one]
            if len(self._sizes) < _MOST_LANES:
                for rank in range(ranks[one] + 1, ranks[other]):
                    columns[rank].append(len(self._sizes))
                    way.append(len(self._sizes))
                    self._sizes.append((0.0, _LANE))
            way.append(other)
            steps += pairwise(way)
            is_turned = forward[one, other]
            self._ways[(other, one) if is_turned else (one, other)] = way[-2:0:-1] if is_turned else way[1:-1]
        self._before = [[] for _ in self._sizes]
        self._after = [[] for _ in self._sizes]
        for one, other in steps:
            self._after[one].append(other)
            self._before[other].append(one)
        return columns

    def _wrapped(self, columns: list[list[int]]) -> list[list[int]]:
        """Return the columns, those that are too high in several, so that the whole fits best on a screen."""
        heights = sorted({self._height(column) for column in columns})
        limits = [heights[-1] / share for share in (1, 1.5, 2, 3, 4, 6, 8)]
        ways = [self._cut(columns, max(limit, max(height for _, height in self._sizes))) for limit in limits]
        return min(ways, key=self._scale)

    def _scale(self, columns: list[list[int]]) -> float:
        width = fsum(max(self._sizes[thing][0] for thing in column) + self._gap for column in columns)
        return max([width / _ASPECT, *map(self._height, columns)])

    def _height(self, column: Iterable[int]) -> float:
        return fsum(self._sizes[thing][1] + _GAP_Y for thing in column)

    def _cut(self, columns: list[list[int]], highest: float) -> list[list[int]]:
        """Return the columns, those that are higher than this in equal parts."""
        cut: list[list[int]] = []
        for column in columns:
            height = self._height(column)
            share = height / max(1, round(height / highest))
            cut.append([])
            filled = 0.0
            for thing in column:
                own = self._sizes[thing][1] + _GAP_Y
                if cut[-1] and filled + own / 2 > share:
                    cut.append([])
                    filled = 0.0
                cut[-1].append(thing)
                filled += own
        return cut

    def _middles(self, columns: list[list[int]]) -> list[float]:
        """Return the height of the middle of each thing, near those that it is connected with."""
        middles = [0.0] * len(self._sizes)
        for column in columns:
            y = 0.0
            for thing in column:
                middles[thing] = y + self._sizes[thing][1] / 2
                y += self._sizes[thing][1] + _GAP_Y
        for sweep in range(_SWEEPS):
            for column in columns if sweep % 2 == 0 else reversed(columns):
                wanted = []
                for thing in column:
                    near = self._before[thing] + self._after[thing] if sweep >= _SWEEPS - 2 else (
                        self._before[thing] if sweep % 2 == 0 else self._after[thing]
                    )  # fmt: skip
                    wanted.append(fsum(middles[each] for each in near) / len(near) if near else middles[thing])
                heights = [self._sizes[thing][1] for thing in column]
                for thing, middle in zip(column, _spread(wanted, heights), strict=True):
                    middles[thing] = middle
        return middles


def _without_circles(count: int, links: Sequence[Link]) -> dict[Link, bool]:
    """Return the links without circles: those that close one are turned. Each has whether it was."""
    finished = _finished(count, links)
    forward: dict[Link, bool] = {}
    for one, other in links:
        if finished[one] > finished[other]:
            forward[one, other] = False
        else:
            forward.setdefault((other, one), True)
    return forward


def _finished(count: int, links: Sequence[Link]) -> list[int]:
    """Return when a walk in depth has seen all that each thing leads to; what nothing leads to comes first."""
    after: list[list[int]] = [[] for _ in range(count)]
    has_before = [False] * count
    for one, other in links:
        after[one].append(other)
        has_before[other] = True
    finished = [-1] * count
    is_seen = [False] * count
    moment = 0
    for start in sorted(range(count), key=has_before.__getitem__):
        stack = [] if is_seen[start] else [(start, iter(after[start]))]
        is_seen[start] = True
        while stack:
            thing, rest = stack[-1]
            found = next((other for other in rest if not is_seen[other]), None)
            if found is None:
                finished[thing] = moment
                moment += 1
                stack.pop()
            else:
                is_seen[found] = True
                stack.append((found, iter(after[found])))
    return finished


def _ranks(count: int, forward: Iterable[Link]) -> list[int]:
    """Return the column of each thing: right of all that lead to it, and near to what it leads to."""
    forward = list(forward)
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for one, other in forward:
        after[one].append(other)
        before[other].append(one)
    waiting = [len(each) for each in before]
    order = [thing for thing in range(count) if not waiting[thing]]
    ranks = [0] * count
    for thing in order:
        for other in after[thing]:
            ranks[other] = max(ranks[other], ranks[thing] + 1)
            waiting[other] -= 1
            if not waiting[other]:
                order.append(other)
    for thing in reversed(order):
        if len(after[thing]) > len(before[thing]):
            ranks[thing] = min(ranks[other] for other in after[thing]) - 1
    lowest = min(ranks)
    return [rank - lowest for rank in ranks]


def _untangle(columns: list[list[int]], before: list[list[int]], after: list[list[int]]) -> None:
    """Put what stands in columns in an order in which few arrows cross."""
    at = [0] * len(before)
    best, fewest = [list(column) for column in columns], None
    for sweep in range(_SWEEPS + 1):
        for column in columns:
            for place, thing in enumerate(column):
                at[thing] = place
        crossings = sum(_crossings(column, after, at) for column in columns)
        if fewest is None or crossings < fewest:
            best, fewest = [list(column) for column in columns], crossings
        near = before if sweep % 2 == 0 else after
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = {
                thing: sum(at[each] for each in near[thing]) / len(near[thing]) if near[thing] else at[thing]
                for thing in column
            }
            column.sort(key=wanted.__getitem__)
            for place, thing in enumerate(column):
                at[thing] = place
    columns[:] = best


def _crossings(column: Sequence[int], after: list[list[int]], at: list[int]) -> int:
    """Return how many pairs of arrows out of a column cross: by a tree of sums, not pair by pair."""
    ends = [place for thing in column for place in sorted(at[other] for other in after[thing])]
    size = max(ends, default=0) + 1
    sums = [0] * (size + 1)
    crossings = 0
    for seen, end in enumerate(ends):
        below, place = 0, end + 1
        while place:
            below += sums[place]
            place &= place - 1
        crossings += seen - below
        place = end + 1
        while place <= size:
            sums[place] += 1
            place += place & -place
    return crossings


def _spread(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Return middles as near as can be to those that are wanted, in this order and without overlaps.

    What would overlap is moved together: the pool of adjacent violators.
    """
    offsets = [0.0]
    for above, below in pairwise(heights):
        offsets.append(offsets[-1] + (above + below) / 2 + _GAP_Y)
    pools: list[tuple[float, int]] = []
    for middle, offset in zip(wanted, offsets, strict=True):
        total, count = middle - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before, more = pools.pop()
            total, count = total + before, count + more
        pools.append((total, count))
    starts = [total / count for total, count in pools for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=True)]
