"""Rectangles beside and below each other, in a picture that is about as wide as a screen."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, sqrt

__all__ = ["Size", "pack"]

#: Width and height.
Size = tuple[float, float]
Point = tuple[float, float]


def pack(sizes: Sequence[Size], *, gap: float, aspect: float) -> tuple[list[Point], Size]:
    """Return the upper left corners of rectangles, and the size of all: rows of stacks, the highest first."""
    area = fsum((width + gap) * (height + gap) for width, height in sizes)
    widest = max([sqrt(area * aspect), *(width for width, _ in sizes)])
    corners: list[Point] = [(0.0, 0.0)] * len(sizes)
    top = left = filled = stack = row = right = 0.0
    for at in sorted(range(len(sizes)), key=lambda each: -sizes[each][1]):
        width, height = sizes[at]
        if filled and filled + height > row:  # the stack is full
            left, filled, stack = left + stack + gap, 0.0, 0.0
        if left and not filled and left + width > widest:  # and so is the row
            top, left, row = top + row + gap, 0.0, 0.0
        row = max(row, filled + height)
        corners[at] = (left, top + filled)
        filled += height + gap
        stack = max(stack, width)
        right = max(right, left + width)
    return corners, (right, top + row)
