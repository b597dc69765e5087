"""The place of an object that an expression is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kpy.paths import ROOT, Path
from kpy.syntax.cel.errors import CelError
from kpy.syntax.cel.parser import parse
from kpy.syntax.cel.tree import walk

__all__ = ["place_of"]


def place_of(text: str, tree: Mapping[str, Any], variables: Mapping[str, str]) -> Path:
    """Return the deepest place of an object that an expression names, of several the first; else the whole object.

    `variables` are the expressions behind the variables that it may name.
    """
    found = ROOT
    for steps in _chains(text, dict(variables)):
        at: Path = ROOT
        value: Any = tree
        for step in steps:
            if not isinstance(value, Mapping) or step not in value:
                break
            at, value = at + step, value[step]
        if len(at.steps) > len(found.steps):
            found = at
    return found


def _chains(text: str, variables: dict[str, str]) -> Iterator[list[str]]:
    """Yield the fields of `object` that an expression names, itself or by its variables."""
    try:
        tree = parse(text)
    except CelError:
        return
    for node in walk(tree):
        steps: list[str] = []
        while node.kind in ("select", "optional-select", "test") and node.parts:
            steps.append(str(node.value))
            node = node.parts[0]
        if node.kind != "name" or not steps:
            continue
        if node.value == "object":
            yield steps[::-1]
        elif node.value == "variables" and steps[-1] in variables:
            yield from _chains(variables.pop(steps[-1]), variables)
