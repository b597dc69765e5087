"""What compiled expressions are made of: closures that leave their fixed costs to whoever runs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from kpy.syntax.cel.typed import Typed

__all__ = ["Budget", "Compiled", "Compiling", "Run", "is_attribute", "is_chain"]

#: Takes what has been spent, and then the values of the variables.
Run = Callable[[list[Any]], Any]
#: A closure, and what it always costs.
Compiled = tuple[Run, int]


class Budget:
    """What an expression may cost."""

    __slots__ = ("limit",)

    def __init__(self, limit: int) -> None:
        self.limit = limit


class Compiling(Protocol):
    """A compilation under way."""

    budget: Budget

    def compile(self, node: Typed) -> Compiled:
        """Return what runs a node."""
        ...

    def constant(self, node: Typed) -> tuple[bool, Any]:
        """Return whether a node always has the same value, and the value."""
        ...

    def variables(self, names: Sequence[str], bodies: Sequence[Typed]) -> tuple[tuple[int, ...], list[Compiled]]:
        """Return the places of the variables of a loop, and what runs its bodies."""
        ...


def is_chain(node: Typed) -> bool:
    """Return whether a node is a variable, a field, or an element."""
    is_index = node.kind == "call" and node.value in ("[]", "[?]")
    return is_index or node.kind in ("name", "select", "optional-select")


def is_attribute(node: Typed) -> bool:
    """Return whether a node is a variable with fields and indexes; its variable is free in some places."""
    while node.kind in ("select", "optional-select") or (node.kind == "call" and node.value in ("[]", "[?]")):
        node = node.parts[0]
    return node.kind == "name"
