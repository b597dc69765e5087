"""Lists, where one element or a text is easily given by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from kpy.errors import ArgumentError

__all__ = ["to_list"]

T = TypeVar("T")


def to_list(said: Iterable[T], what: str) -> list[T]:
    """Return a list of what was said.

    Raises `ArgumentError` for a text, whose elements would be its letters, a mapping, and what is no list at all.
    """
    if isinstance(said, str | bytes | Mapping) or not hasattr(said, "__iter__"):
        raise ArgumentError(f"{what} must be a list, not {said!r}: write `[...]`, even around one element")
    return list(said)
