"""Releases in words."""

from __future__ import annotations

from kpy.schema.pool import NEWEST, RELEASES

__all__ = ["releases_in_words"]


def releases_in_words(mask: int) -> str:
    """Return the releases of a mask in words: `since 1.28`, `until 1.31`, `1.28 to 1.31`; nothing for all.

    Every type and field comes and goes at most once; a gap would be a fault in the sources.
    """
    bits = [bit for bit in range(len(RELEASES)) if mask >> bit & 1]
    first, last = RELEASES[bits[0]], RELEASES[bits[-1]]
    if first == RELEASES[0]:
        return "" if last == NEWEST else f"until {last}"
    if last == NEWEST:
        return f"since {first}"
    return f"only {first}" if first == last else f"{first} to {last}"
