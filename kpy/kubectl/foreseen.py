"""Refusals that no server can tell yet, since the definition that will refuse comes with the app."""

from __future__ import annotations

from collections.abc import Iterable

from kpy.compare import Change
from kpy.compare.refused import refusal_of
from kpy.kubectl.failures import Failure
from kpy.kubectl.objects import Tree

__all__ = ["foreseen"]


def foreseen(
    change: Change, live: Tree, merged: Tree, declared: Tree, beside: Iterable[Tree], release: str | None
) -> tuple[Change, Failure | None]:
    """Return a change of a custom resource, and why a server will refuse it by a definition that is among `beside`.

    What stays in the object beside what is declared, only a server knows: a refusal is one that holds either way.
    """
    trees = list(beside)
    found = refusal_of(change, live, merged, trees, release)
    if found.effect != "refused" or refusal_of(change, live, declared, trees, release).effect != "refused":
        return change, None
    return found, Failure("invalid", found.reasons[0].partition(": ")[2], "its definition, which the app has, says so")
