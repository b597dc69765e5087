"""From what a place was for many values to the expression that it is for all of them.

Whatever is the same stays as it is; mappings and lists are gone into; a text or a number is held against the values
that it follows; and what is one thing for some values and another for others becomes a choice, by a condition that
tells these apart. An expression is only returned when it is right for everything that was tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kpy.delivery.helm_chart.aligning import aligned
from kpy.delivery.helm_chart.candidates import choices_of
from kpy.delivery.helm_chart.evidence import Evidence
from kpy.delivery.helm_chart.expressions import (
    MISSING,
    Choice,
    Constant,
    Each,
    Expression,
    Follow,
    Guarded,
    Items,
    Missing,
    Spread,
    Table,
    Values,
    at,
    is_equal,
)
from kpy.delivery.helm_chart.looping import loops
from kpy.delivery.helm_chart.observing import Seen
from kpy.delivery.helm_chart.source_constants import Constants
from kpy.delivery.helm_chart.texts import find_linear, find_text
from kpy.delivery.helm_chart.variables import Variable
from kpy.paths import ROOT

__all__ = ["Follower", "Nodes", "UnfollowedError", "first_difference", "shown_place"]

#: What a place is, by the number of the value set.
Nodes = Mapping[int, Any]
Step = str | int

#: Fields whose keys are data.
_DATA: Final = frozenset(
    {"annotations", "data", "labels", "matchLabels", "nodeSelector", "limits", "requests", "stringData"}
)

#: How many conditions stand within each other at most.
_DEEPEST: Final = 3
#: How many conditions are tried for one place.
_MOST_TRIES: Final = 400
#: How many of these a loop counts as, and how many are tried for a place in it.
_LOOP: Final = 100


class UnfollowedError(Exception):
    """A place that follows values in a way that was not found."""

    def __init__(self, place: Sequence[Step], variables: Sequence[Variable], nodes: Nodes, why: str = "") -> None:
        super().__init__(place)
        self.place = tuple(place)
        #: The values that it follows, in the order of the parameters.
        self.variables = list(variables)
        self.nodes = nodes
        self.why = why
        #: The object as it was first seen, and all the values that `nodes` count.
        self.first: Seen | None = None
        self.sets: Sequence[Values] = ()


class Follower:
    """Finds the expressions of places."""

    def __init__(self, evidence: Evidence, constants: Constants, most: int = _MOST_TRIES) -> None:
        self._evidence, self._constants = evidence, constants
        self._most = self._left = most
        #: Within how many conditions it is; what is tried for a place is counted over all of them.
        self._nested = 0

    def explain(
        self,
        nodes: Nodes,
        place: Sequence[Step] = (),
        limit: int = _DEEPEST,
        among: Sequence[Variable] | None = None,
    ) -> Expression:
        """Return what a place is for all values; `among` are the variables that it can follow.

        Raises `UnfollowedError`.
        """
        keys = {index: self._evidence.key_of(node) for index, node in nodes.items()}
        first = next(iter(nodes.values()))
        if len(set(keys.values())) == 1:
            return Missing() if first is MISSING else Constant(first)
        indexes = list(nodes)
        varying = [each for each in (among or self._evidence.variables) if self._evidence.varies(each, indexes)]
        if not varying:
            raise UnfollowedError(place, [], nodes, "it is not the same each time, for the same values")
        if all(isinstance(node, dict) for node in nodes.values()) and len({not node for node in nodes.values()}) == 1:
            return self._table(nodes, place, limit, varying)
        followed = varying if self._nested else self._evidence.followed(indexes, keys)
        found = self._leaf(nodes, keys, place, limit, followed)
        if found is None and len(followed) < len(varying):
            found = self._leaf(nodes, keys, place, min(limit, 1), varying)
        if found is None:
            raise UnfollowedError(place, followed, nodes)
        return found

    def _leaf(
        self,
        nodes: Nodes,
        keys: Mapping[int, str],
        place: Sequence[Step],
        limit: int,
        followed: Sequence[Variable],
    ) -> Expression | None:
        """Return what a place is that is no mapping for all values; nothing where that is not found."""
        if not self._nested:
            self._left = self._most
        nodes = {index: nodes[index] for index in self._evidence.telling(list(nodes), keys, followed)}
        for depth in range(limit + 1):
            found = self._at_depth(nodes, place, depth, limit, followed)
            if found is not None:
                return found
        return None

    def _at_depth(
        self, nodes: Nodes, place: Sequence[Step], depth: int, limit: int, followed: Sequence[Variable]
    ) -> Expression | None:
        if depth == 0:
            if MISSING in nodes.values():
                return None
            found = self._atom(nodes, followed) or self._loop(nodes, place, followed)
            return found or self._list(nodes, place, limit, followed)
        return next(self._choices(nodes, place, depth, followed), None)

    def _atom(self, nodes: Nodes, followed: Sequence[Variable]) -> Expression | None:
        """Return a single value that a place follows, a text, or a number that grows with one."""
        found = list(nodes.values())
        followed = self._evidence.with_fields(followed)
        for each in followed:
            values = self._evidence.values_of(each, list(nodes))
            if all(is_equal(value, node) for value, node in zip(values, found, strict=True)):
                return Follow(each.path)
        sets = [self._evidence.sets[index] for index in nodes]
        paths = [each.path for each in followed]
        return find_linear(paths, sets, found) or find_text(paths, sets, found)

    def _table(self, nodes: Nodes, place: Sequence[Step], limit: int, followed: Sequence[Variable]) -> Expression:
        for each in followed:
            values = self._evidence.values_of(each, list(nodes))
            if all(is_equal(value, node) for value, node in zip(values, nodes.values(), strict=True)):
                return Follow(each.path)
        spread = self._spread(nodes, followed)
        rest = nodes if spread is None else self._without(nodes, spread)
        entries = []
        over = []
        for key in dict.fromkeys(key for node in rest.values() for key in node):
            within = {index: node.get(key, MISSING) for index, node in rest.items()}
            if spread is not None:
                own = {index: each for index, each in within.items() if not self._has(index, spread, key)}
                over += [key] if len(own) < len(within) else []
                within = own
            entries.append((key, self.explain(within, [*place, key], limit, followed if self._nested else None)))
        return Table(tuple(entries), spread._replace(over=tuple(over)) if spread is not None else None)

    def _spread(self, nodes: Nodes, followed: Sequence[Variable]) -> Spread | None:
        """Return the table of values whose entries are all in a mapping, for each value set."""
        for variable in followed:
            values = self._evidence.values_of(variable, list(nodes))
            if not any(isinstance(value, dict) and value for value in values):
                continue
            pairs = list(zip(values, nodes.values(), strict=True))
            if not all(isinstance(value, dict) and value.keys() <= node.keys() for value, node in pairs):
                continue
            under = {key for value, node in pairs for key, each in value.items() if not is_equal(node[key], each)}
            if all(under <= node.keys() for node in nodes.values()):
                return Spread(variable.path, under=tuple(sorted(under)))
        return None

    def _without(self, nodes: Nodes, spread: Spread) -> Nodes:
        return {
            index: {key: value for key, value in node.items() if not self._has(index, spread, key)}
            for index, node in nodes.items()
        }

    def _has(self, index: int, spread: Spread, key: str) -> bool:
        return key not in spread.under and key in at(self._evidence.sets[index], spread.path)

    def _loop(self, nodes: Nodes, place: Sequence[Step], followed: Sequence[Variable]) -> Expression | None:
        """Return a list that has an item for each item of a list of values."""
        lists = list(nodes.values())
        if not all(isinstance(node, list) for node in lists) or len({len(node) for node in lists}) == 1:
            return None
        if self._left < _LOOP:
            return None
        for loop in loops(self._evidence, nodes, followed, self._constants, is_ordered=bool(place)):
            if not loop.before + loop.after and not all(lists) and place:
                continue  # without an item, it would be written as nothing
            self._left -= _LOOP
            try:
                body = Follower(loop.evidence, self._constants, _LOOP).explain(loop.nodes, [*place, loop.before], 1)
                before = [self._row(nodes, place, number, followed) for number in range(loop.before)]
                after = [self._row(nodes, place, number - loop.after, followed) for number in range(loop.after)]
            except UnfollowedError:
                continue
            return Items((*before, Each(loop.path, loop.name, body, loop.is_table), *after))
        return None

    def _row(self, nodes: Nodes, place: Sequence[Step], number: int, followed: Sequence[Variable]) -> Expression:
        return self.explain(
            {index: node[number] for index, node in nodes.items()},
            [*place, number],
            1,
            followed if self._nested else None,
        )

    def _list(self, nodes: Nodes, place: Sequence[Step], limit: int, followed: Sequence[Variable]) -> Expression | None:
        """Return a list whose items follow values, or are there for some values only."""
        if not all(isinstance(node, list) and node for node in nodes.values()):
            return None
        rows = aligned(list(nodes.values()))
        if rows is None:
            return None
        items = []
        try:
            for number, row in enumerate(rows):
                within = dict(zip(nodes, row, strict=True))
                items.append(self.explain(within, [*place, number], limit, followed if self._nested else None))
        except UnfollowedError as error:
            if len(error.place) > len(place) + 1 or all(MISSING not in row for row in rows):
                raise
            return None
        return Items(tuple(items))

    def _choices(
        self, nodes: Nodes, place: Sequence[Step], depth: int, followed: Sequence[Variable]
    ) -> Iterator[Expression]:
        """Yield the choices by which a place is one thing for some values and another for others."""
        for variable in self._evidence.with_fields(followed):
            conditions = self._evidence.conditions(variable)
            if conditions and choices_of(variable.annotation) is not None and len(conditions) > 1:
                yield from self._by_each(conditions, nodes, place, depth, followed)
            else:
                for condition in conditions:
                    yield from self._by_one(condition, nodes, place, depth, followed)

    def _by_each(
        self,
        conditions: Sequence[Guarded],
        nodes: Nodes,
        place: Sequence[Step],
        depth: int,
        followed: Sequence[Variable],
    ) -> Iterator[Expression]:
        """Yield a choice by all the values that something may have."""
        cases: list[tuple[Guarded, Expression]] = []
        rest = dict(nodes)
        for condition in conditions:
            met = {index: node for index, node in rest.items() if index in self._evidence.met(condition)}
            rest = {index: node for index, node in rest.items() if index not in met}
            if met:
                found = self._within(met, place, depth, followed)
                if found is None:
                    return
                cases.append((condition, found))
        if len(cases) > 1 and not rest:
            yield _merged(cases)

    def _by_one(
        self, condition: Guarded, nodes: Nodes, place: Sequence[Step], depth: int, followed: Sequence[Variable]
    ) -> Iterator[Expression]:
        met = {index: node for index, node in nodes.items() if index in self._evidence.met(condition)}
        rest = {index: node for index, node in nodes.items() if index not in met}
        if not met or not rest:
            return
        then = self._within(met, place, depth, followed)
        if then is None:
            return
        otherwise = self._within(rest, place, depth, followed)
        if otherwise is None or then == otherwise:
            return
        if isinstance(otherwise, Choice):
            yield Choice(((condition, then), *otherwise.cases), otherwise.otherwise)
        else:
            yield Choice(((condition, then),), otherwise)

    def _within(
        self, nodes: Nodes, place: Sequence[Step], depth: int, followed: Sequence[Variable]
    ) -> Expression | None:
        """Return what a place is for some of the values; nothing where that is not found."""
        self._left -= 1
        if self._left < 0:
            return None
        self._nested += 1
        try:
            return self.explain(nodes, place, depth - 1, followed)
        except UnfollowedError:
            return None
        finally:
            self._nested -= 1


def _merged(cases: Sequence[tuple[Guarded, Expression]]) -> Expression:
    """Return a choice by all values, what most of them have being the last resort."""
    found = [then for _, then in cases]
    most = max(found, key=found.count)
    kept = [(condition, then) for condition, then in cases if then != most]
    return Choice(tuple(kept), most) if kept else most


def first_difference(place: Sequence[Step], one: Any, other: Any) -> tuple[tuple[Step, ...], Any, Any]:
    """Return the first place at which two parts of objects differ, and what they have there."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*one, *other]):
            if not is_equal(one.get(key, MISSING), other.get(key, MISSING)):
                return first_difference([*place, key], one.get(key, MISSING), other.get(key, MISSING))
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            if not is_equal(left, right):
                return first_difference([*place, number], left, right)
    return tuple(place), one, other


def shown_place(place: Sequence[Step]) -> str:
    """Return a place as people write it: `spec.containers[0].image`, `metadata.labels[app]`; `it` for the whole."""
    path, above = ROOT, ""
    for step in place:
        is_data = above in _DATA or (isinstance(step, str) and not step.isidentifier())
        path = path.key(step) if isinstance(step, str) and is_data else path + step
        above = step if isinstance(step, str) else ""
    return str(path) or "it"
