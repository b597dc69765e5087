"""What a server would refuse is left out and named: compose allows more than Kubernetes does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kpy.documents import steps_of
from kpy.importing.compose.fields import Notes
from kpy.objects import title
from kpy.validation import validate

__all__ = ["leave_out_refused"]

Tree = dict[str, Any]
#: Each round mends what the one before has left; files of people need none, or one.
_ROUNDS = 8


def leave_out_refused(trees: Sequence[Tree], notes: Notes) -> None:
    """Remove the fields that have errors from objects, and remember a note on each."""
    by_title = {title(tree): tree for tree in trees}
    for _ in range(_ROUNDS):
        errors = [found for found in validate(trees) if found.severity == "error"]
        removed = [found for found in errors if _remove(by_title.get(found.resource), found.field)]
        for found in removed:
            notes.add(f"{found.resource}: {found.field}", f"left out, since a server would refuse it: {found.message}")
        if not removed:
            return


def _remove(tree: Tree | None, field: str) -> bool:
    """Remove a field, or the element of a list that it is in; return whether it was there."""
    if tree is None:
        return False
    steps = steps_of(field, tree)
    index = next((number for number in range(len(steps), 0, -1) if isinstance(steps[number - 1], int)), len(steps))
    if steps[:1] == ("metadata",) and len(steps) < 3:
        return False
    node: Any = tree
    for step in steps[: index - 1]:
        node = node[step]
    if len(steps) < 2:
        return False
    del node[steps[index - 1]]
    return True
