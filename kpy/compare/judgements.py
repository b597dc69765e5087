"""The effects that a change can have, harmless ones first, and a judgement: one of them, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

from kpy.objects import Tree

__all__ = ["EFFECTS", "Effect", "Judgement", "Trees", "worst"]

Effect = Literal[
    "no change",
    "create",
    "update in place",
    "rolling restart",
    "scale down",
    "delete",
    "replace",
    "outage",
    "immutable field changed",
    "refused",
    "data loss",
]
#: All effects, harmless ones first.
EFFECTS: tuple[Effect, ...] = get_args(Effect)

Trees = Sequence[Tree]


class Judgement(NamedTuple):
    """An effect, and why."""

    effect: Effect
    #: Sentences for people; a change whose effect explains itself has none.
    reasons: tuple[str, ...] = ()


def worst(judgements: Sequence[Judgement]) -> Judgement:
    """Return the worst effect of several, with the reasons of all; an update where there is none."""
    effects: list[Effect] = [judgement.effect for judgement in judgements] or ["update in place"]
    reasons = dict.fromkeys(reason for judgement in judgements for reason in judgement.reasons)
    return Judgement(max(effects, key=EFFECTS.index), tuple(reasons))
