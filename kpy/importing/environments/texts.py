"""Texts that differ between environments as one text with something in it: `f"shop-{env}"`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import combinations

from kpy.python_source.expressions import Joined, Node, Variable

__all__ = ["ENVIRONMENT", "with_environment"]

#: The parameter that says which environment it is.
ENVIRONMENT = Variable("env")
#: How many places of a text are tried.
_MOST = 6


def with_environment(texts: Mapping[str, str]) -> Node | None:
    """Return texts by environment as one that has the name of the environment in it; nothing where they are not so."""
    (first, text), *others = texts.items()
    if not others:
        return None
    spots = [match.start() for match in re.finditer(re.escape(first), text)][:_MOST]
    for size in range(len(spots), 0, -1):
        for chosen in combinations(spots, size):
            parts = _cut(text, chosen, len(first))
            if all(name.join(parts) == other for name, other in others):
                return _joined(parts)
    return None


def _cut(text: str, places: tuple[int, ...], length: int) -> list[str]:
    ends = [*places, len(text)]
    begins = [0, *(place + length for place in places)]
    return [text[begin:end] for begin, end in zip(begins, ends, strict=True)]


def _joined(parts: list[str]) -> Node | None:
    if not all(part.isprintable() and not {'"', "\\"}.intersection(part) for part in parts):
        return None
    pieces: list[str | Node] = []
    for number, part in enumerate(parts):
        pieces += [ENVIRONMENT] if number else []
        pieces += [part] if part else []
    return ENVIRONMENT if pieces == [ENVIRONMENT] else Joined(tuple(pieces))
