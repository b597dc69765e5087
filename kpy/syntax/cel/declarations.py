"""The functions that a release knows, with the types that they take and give.

A line is one way to call a function: its name here, the types of its arguments, and its result; a dot before the name
says that it is called on its first argument, as in `text.size()`. `A` and `B` are types that are equal where they stand
twice.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final, NamedTuple

from kpy.syntax.cel import types
from kpy.syntax.cel.tables import LIBRARIES
from kpy.syntax.cel.types import Type

__all__ = ["NEWEST", "Overload", "functions", "overloads"]

#: A number of a release that is newer than all: everything is known.
NEWEST: Final = 10_000


class Overload(NamedTuple):
    """A way to call a function."""

    name: str
    is_method: bool
    args: tuple[Type, ...]
    result: Type
    #: The module in which it is made.
    library: str
    has_params: bool


@cache
def functions(release: int) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the lines for each function that a minor release knows, with the libraries that they are of."""
    found: dict[str, list[tuple[str, str]]] = {}
    for library, since, until, table in LIBRARIES:
        if since <= release < until:
            for name, lines in table.items():
                found.setdefault(name, []).extend((library, line) for line in lines)
    return {name: tuple(lines) for name, lines in found.items()}


@lru_cache(2048)
def overloads(name: str, release: int) -> tuple[Overload, ...]:
    """Return the ways to call a function; none where the release does not know it."""
    return tuple(_overload(library, line) for library, line in functions(release).get(name, ()))


def _overload(library: str, line: str) -> Overload:
    name, _, signature = line.partition(" ")
    args, _, result = signature.partition("->")
    kinds = tuple(_type(word) for word in args.split())
    made = _type(result.strip())
    has_params = not made.ground or not all(kind.ground for kind in kinds)
    return Overload(name.lstrip("."), name.startswith("."), kinds, made, library, has_params)


_SHORT: Final = {"duration": types.DURATION, "timestamp": types.TIMESTAMP}


@cache
def _type(word: str) -> Type:
    head, _, rest = word.partition("(")
    if rest:
        inner = tuple(_type(each) for each in _split(rest[:-1]))
        kind = "optional_type" if head == "optional" else head
        return types._made(kind, *inner)
    if len(word) == 1:
        return types.param(word)
    return _SHORT.get(word) or types.named(word)


def _split(text: str) -> list[str]:
    found, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            found.append(text[start:at])
            start = at + 1
    return [*found, text[start:]]
