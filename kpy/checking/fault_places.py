"""Where an object has errors: nobody may say of these places what they lack, and nobody has to say it twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kpy.objects import Tree

__all__ = ["Faults", "Steps"]

Steps = tuple[str | int, ...]


class Faults(NamedTuple):
    """The places of an object that have errors."""

    #: Values that do not decode, so that nothing in them can be read.
    unread: tuple[Steps, ...] = ()
    #: Fields that the API does not have, each of which may be a misspelled one.
    unknown: tuple[Steps, ...] = ()
    #: Values that can be read, and that a server refuses.
    refused: tuple[Steps, ...] = ()

    def hide(self, steps: Steps, tree: Tree) -> bool:
        """Return whether something at, above or below a place could not be read.

        An unknown field counts for every field beside it that is not there, since it may be that one.
        """
        if any(_overlap(place, steps) for place in self.unread):
            return True
        return any(_may_be(place, steps, tree) for place in self.unknown)

    def touch(self, steps: Steps, tree: Tree) -> bool:
        """Return whether something at a place could not be read, or is refused at it or below."""
        return any(place[: len(steps)] == steps for place in self.refused) or self.hide(steps, tree)


def _overlap(one: Steps, other: Steps) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _may_be(unknown: Steps, steps: Steps, tree: Tree) -> bool:
    """Return whether an unknown field may be the field at some steps, or one below them."""
    owner = unknown[:-1]
    if unknown[-1] in steps:
        return True  # a field at the wrong place
    if len(steps) <= len(owner):
        return owner[: len(steps)] == steps
    if steps[: len(owner)] != owner:
        return False
    node: Any = tree
    for step in owner:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return True
    return not (isinstance(node, Mapping) and steps[len(owner)] in node)
