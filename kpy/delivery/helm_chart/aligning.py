"""Which item of a list for some values is which for others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from kpy.delivery.helm_chart.expressions import MISSING

__all__ = ["aligned"]


def aligned(lists: Sequence[Sequence[Any]]) -> list[list[Any]] | None:
    """Return the items of lists that are the same item, a row for each, in an order that all lists keep.

    An item that a list does not have is MISSING there. Nothing where no order is that of all lists.
    """
    if len({len(each) for each in lists}) == 1:
        return [list(row) for row in zip(*lists, strict=True)]
    named = [_names(each) for each in lists]
    order = _order(named)
    if order is None:
        return None
    found = [dict(zip(names, each, strict=True)) for names, each in zip(named, lists, strict=True)]
    return [[each.get(name, MISSING) for each in found] for name in order]


def _names(items: Sequence[Any]) -> list[str]:
    """Return what the items of a list are told by: the names that they have, else what they are."""
    names = [_name(item) for item in items]
    if len(set(names)) == len(names):
        return names
    whole = [json.dumps(item, sort_keys=True) for item in items]
    return [f"{name} {whole[:index].count(name)}" for index, name in enumerate(whole)]


def _name(item: Any) -> str:
    for key in ("name", "mountPath", "containerPort", "key"):
        if isinstance(item, dict) and isinstance(item.get(key), str | int):
            return f"{key} {item[key]}"
    return json.dumps(item, sort_keys=True)


def _order(named: Sequence[Sequence[str]]) -> list[str] | None:
    """Return all names in an order that each list keeps; nothing where there is none."""
    after: dict[str, set[str]] = {}
    for names in named:
        for name in names:
            after.setdefault(name, set())
        for one, other in pairwise(names):
            after[other].add(one)
    order: list[str] = []
    left = dict(after)
    while left:
        ready = next((name for name, before in left.items() if not before & left.keys()), None)
        if ready is None:
            return None
        order.append(ready)
        del left[ready]
    return order
