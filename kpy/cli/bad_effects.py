"""`--fail-on` of comparisons: how many changes are as bad as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpy.compare import Comparison, Effect

__all__ = ["too_bad"]

#: What `--fail-on` calls the effects.
_EFFECTS: dict[str, Effect] = {
    "create": "create",
    "update": "update in place",
    "restart": "rolling restart",
    "scale-down": "scale down",
    "delete": "delete",
    "replace": "replace",
    "outage": "outage",
    "immutable": "immutable field changed",
    "refused": "refused",
    "data-loss": "data loss",
}


def too_bad(found: Comparison, least: str | None) -> int:
    """Return how many changes are as bad as `--fail-on` says, or worse."""
    from kpy.compare import EFFECTS

    if least is None:
        return 0
    rank = EFFECTS.index(_EFFECTS[least])
    return sum(EFFECTS.index(change.effect) >= rank for change in found.changes)
