"""Objects that have another name by now, and protected ones, which must not be lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from kpy.compare import EFFECTS, Change
from kpy.compare.effects import judge_deletion, judge_replacement
from kpy.compare.judgements import Judgement
from kpy.kubectl.objects import Tree
from kpy.objects import Key, former_names, lost_with, metadata_of, title

__all__ = ["deletion", "with_replacements"]

#: An item of a plan, and what is gone; their classes stand above this module.
Item = TypeVar("Item", bound=Any)
Gone = TypeVar("Gone", bound=Any)


def deletion(key: Key, live: Tree, beside: Sequence[Tree]) -> Change:
    """Return what deleting an object does; `beside` are all that there are."""
    judgement = judge_deletion(key.group, key.kind, live, beside)
    return Change(
        judgement.effect,
        str(live["apiVersion"]),
        key.kind,
        key.namespace,
        key.name,
        reasons=judgement.reasons,
        protected=tuple(title(tree) for tree in lost_with(live, beside)),
    )


def with_replacements(items: list[Item], gone: list[Gone]) -> tuple[list[Item], list[Gone]]:
    """Return the items and what is gone, where a new item takes the place of one with a former name of it.

    Both are one change then, that of the item; the old one is deleted when the new one is there and at work.
    """
    free = {each.key: at for at, each in enumerate(gone) if each.successor is None and not _is_going(each.live)}
    items, gone = items.copy(), gone.copy()
    for number, item in enumerate(items):
        at = _former(item, free)
        if at is None:
            continue
        old = gone[at] = gone[at]._replace(successor=item.key, is_renamed=True)
        del free[old.key]
        judgement = judge_replacement(title(old.live), Judgement(old.change.effect, old.change.reasons))
        change = item.change._replace(
            effect=judgement.effect,
            reasons=judgement.reasons,
            replaces=title(old.live),
            protected=old.change.protected,
        )
        items[number] = item._replace(change=change)
    return items, gone


def _is_going(live: Tree) -> bool:
    return bool(metadata_of(live).get("deletionTimestamp"))


def _former(item: Any, gone: dict[Key, int]) -> int | None:
    """Return the place of the object that an item was before, where that one is no longer declared."""
    if item.failure is not None or EFFECTS.index(item.change.effect) > EFFECTS.index("replace"):
        return None
    former = (
        item.key._replace(namespace=namespace or item.key.namespace, name=name)
        for namespace, name in former_names(item.tree)
    )
    return next((gone[key] for key in former if key in gone), None)
