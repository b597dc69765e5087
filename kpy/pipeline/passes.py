"""What a pass is, and the words of its promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from kpy.pipeline.draft import Draft

__all__ = ["Condition", "Kept", "Pass", "Run"]

#: What a pass does.
Run = Callable[[Draft], None]

#: A state of the draft that a pass can need or leave.
Condition = Literal["lowered", "wired", "ordered", "written"]
#: What a pass can leave as it was.
Kept = Literal["trees", "order"]


class Pass(NamedTuple):
    """One step from the tree to YAML, and what it promises; `kpy.pipeline.contracts` has the words."""

    name: str
    run: Run
    #: What holds before it.
    needs: tuple[Condition, ...] = ()
    #: What holds after it.
    leaves: tuple[Condition, ...] = ()
    #: What it does not change.
    keeps: tuple[Kept, ...] = ()
