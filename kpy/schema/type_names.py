"""The names of the API's types as people write them: with their group and version, or without."""

from __future__ import annotations

from functools import cache

from kpy.schema.pool import pool

__all__ = ["full_names", "near_type"]


def full_names(word: str) -> tuple[str, ...]:
    """Return the types that a word means: `Container`, `core/v1 Container`; none for what no release has."""
    if " " in word:
        return (word,)
    return _by_name().get(word, ())


def near_type(word: str) -> str:
    """Return the type that a wrong name is nearly that of; empty when there is none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, _by_name(), n=1, cutoff=0.85)), "")


@cache
def _by_name() -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for full in pool().definitions:
        name = full.rpartition(" ")[2]
        names[name] = (*names.get(name, ()), full)
    return names
