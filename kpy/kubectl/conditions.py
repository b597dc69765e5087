"""How far an object is, and the conditions by which controllers say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

__all__ = ["NOT_SEEN", "Phase", "State", "Struct", "condition_in", "is_true", "said"]

Phase = Literal["ready", "waiting", "failed"]
Struct = Mapping[str, Any]


class State(NamedTuple):
    """How far an object is."""

    phase: Phase
    #: A few words: `1 of 2 replicas available`.
    message: str


NOT_SEEN = State("waiting", "not seen by its controller yet")


def condition_in(status: Struct, kind: str) -> Struct:
    """Return a condition of a status; an empty one where it is not there."""
    conditions = status.get("conditions")
    found = conditions if isinstance(conditions, list) else []
    return next((each for each in found if isinstance(each, Mapping) and each.get("type") == kind), {})


def is_true(status: Struct, kind: str) -> bool:
    """Return whether a condition holds."""
    return condition_in(status, kind).get("status") == "True"


def said(condition: Struct) -> str:
    """Return reason and message: `Pending: no room`."""
    parts = (str(condition.get(field) or "") for field in ("reason", "message"))
    return ": ".join(part for part in parts if part)
