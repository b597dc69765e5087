"""Lists, where one element or a text is easily given by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from kpy.errors import ArgumentError

__all__ = ["Several", "to_list"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Several(Protocol[T_co]):
    """A sequence that is no `str`.

    To type checkers `"http"` is a `Sequence[str]`, and whoever iterates over it gets four names. A `str` can only be
    asked whether it contains another, which tells the two apart.
    """

    def __contains__(self, value: object, /) -> bool: ...
    def __getitem__(self, part: slice, /) -> Sequence[T_co]: ...
    def __iter__(self) -> Iterator[T_co]: ...
    def __len__(self) -> int: ...


def to_list(said: Iterable[T], what: str) -> list[T]:
    """Return a list of what was said.

    Raises `ArgumentError` for a text, whose elements would be its letters, a mapping, and what is no list at all.
    """
    if isinstance(said, str | bytes | Mapping) or not isinstance(said, Iterable):
        raise ArgumentError(f"{what} must be a list, not {said!r}: write `[...]`, even around one element")
    return list(said)
