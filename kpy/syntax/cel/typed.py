"""Typed trees, and what an expression may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kpy.syntax.cel.declarations import NEWEST, Overload
from kpy.syntax.cel.tree import Node
from kpy.syntax.cel.types import Type

__all__ = ["Environment", "Typed"]


class Environment(NamedTuple):
    """What an expression may use."""

    #: The variables and their types.
    names: Mapping[str, Type]
    #: The minor release of 1.x whose functions there are.
    release: int = NEWEST
    #: The types of objects that it may make, such as `Object`.
    messages: Mapping[str, Type] = {}
    #: Whether `cel.bind` is known, which no release does.
    has_bind: bool = False


class Typed:
    """A node with its type and the ways of a call that fit."""

    __slots__ = ("at", "kind", "overloads", "parts", "type", "value")

    def __init__(self, node: Node, type: Type, parts: Sequence[Typed] = (), ways: tuple[Overload, ...] = ()) -> None:
        self.kind = node.kind
        self.value = node.value
        self.at = node.at
        self.type = type
        self.parts = parts
        self.overloads = ways
