"""The names of the API's types as people write them: with their group and version, or without."""

from __future__ import annotations

from functools import cache

from kpy.schema.pool import pool

__all__ = ["full_names", "meant_type", "near_type"]


def full_names(word: str) -> tuple[str, ...]:
    """Return the types that a word means: `Container`, `core/v1 Container`; none for what no release has.

    Groups may be written as in objects, too: `networking.k8s.io/v1 Ingress`, `v1 Pod`.
    """
    version, space, name = word.rpartition(" ")
    if not space:
        return _by_name().get(word, ())
    if word not in pool().definitions:
        group, _, number = version.rpartition("/")
        is_built_in = not group or group.endswith(".k8s.io")
        full = f"{group.partition('.')[0] or 'core'}/{number} {name}"
        return (full,) if is_built_in and full in pool().definitions else (word,)
    return (word,)


def meant_type(word: str) -> str:
    """Return the type that a word is but for its case or a plural: `Container` for `containers`; empty for others."""
    return "" if " " in word or word in _by_name() else _by_plain_name().get(_plain(word), "")


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


@cache
def _by_plain_name() -> dict[str, str]:
    return {_plain(name): name for name in _by_name()}


def _plain(word: str) -> str:
    return word.lower().removesuffix("s")
