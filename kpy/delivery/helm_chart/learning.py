"""From an app to the expressions of its objects: values are tried alone, in pairs and at random until all fit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cached_property
from itertools import combinations, product
from random import Random
from typing import Any, Final, NamedTuple

from kpy.delivery.helm_chart.candidates import choices_of, fresh, tries_for
from kpy.delivery.helm_chart.evidence import Evidence
from kpy.delivery.helm_chart.expressions import (
    MISSING,
    Expression,
    Path,
    Values,
    at,
    evaluate,
    is_equal,
    key_of_values,
    spreads_of,
)
from kpy.delivery.helm_chart.following import Follower, UnfollowedError
from kpy.delivery.helm_chart.observing import Observer, Seen, Slot, Slots
from kpy.delivery.helm_chart.source_constants import Constants
from kpy.delivery.helm_chart.variables import Variable

__all__ = ["Learned", "UntriedError", "learn"]

#: How many pairs of values are tried, over all variables, and for one pair of these.
_MOST_PAIRS: Final = 1200
_LEAST_PAIRS: Final = 2
_PAIRS: Final = 16
#: How many sets of values at random have to be right, one after the other.
_RANDOM: Final = 60
#: How many of the values at random are none of those that were tried alone.
_FRESH: Final = 0.5
#: With how many items a table is tried that has a key which stands beside its entries.
_CLASHES: Final = 3
#: How many conditions are tried for a place that follows such a key: what is not simple is not worth having.
_CLASH_TRIES: Final = 120
#: How many times as much than for the base, and some characters more, a number may make, for greater ones to be tried.
_MOST_GROWTH: Final = 3
_GROWTH: Final = 5000
#: How often what was wrong is learned from.
_ROUNDS: Final = 8
_MOST_WRONG: Final = 12
#: How many other texts have to be refused, for those that the code names to be all there are.
_LEAST_REFUSED: Final = 8


class UntriedError(Exception):
    """A value of which no other than the one that is known is accepted."""

    def __init__(self, variable: Variable, why: Exception | None) -> None:
        super().__init__(str(variable))
        self.variable, self.why = variable, why


class Learned(NamedTuple):
    """What the objects of an app are for all values."""

    objects: Mapping[Slot, Expression]
    first: Mapping[Slot, Seen]
    #: The value sets that were tried and accepted, the base first.
    sets: Sequence[Values]
    #: Those of them in which one value differs from the base.
    singles: Sequence[Values]
    #: The texts that are accepted where no other is, by what they are of.
    only: Mapping[Path, Sequence[str]]
    #: The keys that a table must not have, by where it is, since what follows them then was not found.
    forbidden: Mapping[Path, Collection[str]]


class _Tried:
    """The value sets that were accepted, with the objects of each."""

    def __init__(self, observer: Observer) -> None:
        self.observer = observer
        self.slots = Slots()
        self.sets: list[Values] = []
        self.objects: list[dict[Slot, Seen]] = []
        self._numbers: dict[str, int] = {}

    def add(self, values: Values) -> bool:
        """Try values, and keep them if they are accepted."""
        if (key := key_of_values(values)) in self._numbers:
            return True
        seen = self.observer.see(values)
        if seen is None:
            return False
        self._numbers[key] = len(self.sets)
        self.sets.append(values)
        self.objects.append(self.slots.line_up(seen))
        return True

    def add_all(self, sets: Iterable[Values]) -> bool:
        """Try several sets of values; return whether one was accepted that is new."""
        before = len(self.sets)
        for values in sets:
            self.add(values)
        return len(self.sets) > before

    def size_of_last(self) -> int:
        """Return how much there was for the values that were added last."""
        return sum(len(key_of_values(seen.tree)) for seen in self.objects[-1].values())

    @cached_property
    def size_of_base(self) -> int:
        """How much there was for the values that were added first."""
        return sum(len(key_of_values(seen.tree)) for seen in self.objects[0].values())

    def rewind(self, count: int) -> None:
        """Forget all but the first sets of values."""
        for values in self.sets[count:]:
            del self._numbers[key_of_values(values)]
        del self.sets[count:], self.objects[count:]

    def objects_for(self, values: Values) -> dict[Slot, Seen]:
        """Return the objects for values that were accepted."""
        return self.objects[self._numbers[key_of_values(values)]]

    def nodes(self, slot: Slot) -> dict[int, Any]:
        """Return what an object is, by the number of the value set."""
        return {index: each[slot].tree if slot in each else MISSING for index, each in enumerate(self.objects)}

    def lists(self, slots: Sequence[Slot]) -> list[list[Any]]:
        """Return what several objects are, as a list for each value set, in the order in which they were made."""
        found = [[each[slot] for slot in slots if slot in each] for each in self.objects]
        return [[seen.tree for seen in sorted(each, key=lambda seen: seen.number)] for each in found]


def learn(
    observer: Observer,
    base: Values,
    variables: Sequence[Variable],
    constants: Constants,
    more: Sequence[Values] = (),
    step: Callable[[int], None] = lambda count: None,
) -> Learned:
    """Return the expressions of all objects; `more` are value sets of the user's.

    `step` is called with the number of sets tried so far. Raises `UntriedError` and `UnfollowedError`.
    """
    tried = _Tried(observer)
    tried.add(base)
    accepted: dict[Variable, list[Any]] = {}
    only: dict[Path, list[str]] = {}
    forbidden: dict[Path, set[str]] = {}
    singles = []
    for variable in variables:
        fine: list[Any] = []
        refused = []
        grown: float | None = None
        for each in sorted(tries_for(variable.annotation, at(base, variable.path), constants), key=_size_of_number):
            if grown is not None and _size_of_number(each) > grown:
                continue  # a loop may go as often, and an app never end
            if variable.is_given and each == "":
                continue
            if tried.add(changed(base, {variable: each})):
                fine.append(each)
                singles.append(changed(base, {variable: each}))
                if tried.size_of_last() > _MOST_GROWTH * (tried.size_of_base + _GROWTH):
                    grown = _size_of_number(each)
            else:
                refused.append(each)
        step(len(tried.sets))
        if not fine:
            raise UntriedError(variable, observer.refusal)
        accepted[variable] = fine
        known = [at(base, variable.path), *fine]
        if _are_all(known, refused, constants):
            only[variable.path] = known
    for values in (*more, *_pairs(base, accepted)):
        tried.add(values)
        step(len(tried.sets))
    random = Random(0)
    objects: dict[Slot, Expression] = {}
    for _ in range(_ROUNDS):
        objects = _explained(tried, variables, constants)
        objects = _with_clashes(tried, objects, accepted, variables, constants, forbidden)
        wrong = 0
        for values in _at_random(random, base, accepted):
            if not tried.add(values):
                continue
            step(len(tried.sets))
            wrong += not _is_right(objects, values, tried.objects_for(values), tried.slots)
            if wrong == _MOST_WRONG:
                break
        if not wrong:
            return Learned(objects, tried.slots.first, tried.sets, singles, only, forbidden)
    raise _unfollowed(tried, objects, variables, constants)


def _size_of_number(value: Any) -> float:
    """Return how great a number is; texts and tables are all alike."""
    return abs(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _are_all(accepted: Sequence[Any], refused: Sequence[Any], constants: Constants) -> bool:
    """Return whether nothing is accepted but texts that the code names."""
    others = [each for each in refused if each not in constants.texts]
    return all(each in constants.texts for each in accepted) and len(others) >= _LEAST_REFUSED


def _explained(
    tried: _Tried, variables: Sequence[Variable], constants: Constants, most: int | None = None
) -> dict[Slot, Expression]:
    evidence = Evidence(variables, tried.sets, constants)
    follower = Follower(evidence, constants) if most is None else Follower(evidence, constants, most)
    found: dict[Slot, Expression] = {}
    in_loops: set[Slot] = set()
    for slot in tried.slots.first:
        if slot in in_loops:
            continue
        nodes, together = tried.nodes(slot), tried.slots.made_with(slot)
        if len(together) > 1 and MISSING in nodes.values():
            looped = _looped(follower, tried, together)
            if looped is not None:
                found = {each: said for each, said in found.items() if each not in together} | {slot: looped}
                in_loops |= {*together}
                continue
        try:
            found[slot] = follower.explain(nodes)
        except UnfollowedError as error:
            error.first, error.sets = tried.slots.first[slot], tried.sets
            raise
    return found


def _looped(follower: Follower, tried: _Tried, together: Sequence[Slot]) -> Expression | None:
    """Return objects that are made in a loop, as a list; nothing where they are not one for each of some items."""
    try:
        return follower.explain(dict(enumerate(tried.lists(together))), limit=0)
    except UnfollowedError:
        return None


def _is_right(objects: Mapping[Slot, Expression], values: Values, seen: Mapping[Slot, Seen], slots: Slots) -> bool:
    """Return whether expressions say what the objects are for some values."""
    told: set[Slot] = set()
    for slot, each in objects.items():
        guess = evaluate(each, values)
        together = slots.made_with(slot) if isinstance(guess, list) else [slot]
        real = [seen[other].tree for other in together if other in seen]
        told |= {*together}
        guesses = guess if isinstance(guess, list) else [] if guess is MISSING else [guess]
        if not is_equal(sorted(guesses, key=key_of_values), sorted(real, key=key_of_values)):
            return False
    return seen.keys() <= told


def _unfollowed(
    tried: _Tried, objects: Mapping[Slot, Expression], variables: Sequence[Variable], constants: Constants
) -> UnfollowedError:
    """Return the error for what was wrong again and again."""
    from kpy.delivery.helm_chart.following import first_difference

    for index in range(len(tried.sets) - 1, -1, -1):
        values, seen = tried.sets[index], tried.objects[index]
        for slot, each in objects.items():
            real = seen[slot].tree if slot in seen else MISSING
            if not _is_right({slot: each}, values, {slot: seen[slot]} if slot in seen else {}, tried.slots):
                place, _, _ = first_difference((), evaluate(each, values), real)
                nodes = {0: tried.objects[0][slot].tree if slot in tried.objects[0] else MISSING, index: real}
                followed = [each for each in variables if at(values, each.path) != at(tried.sets[0], each.path)]
                error = UnfollowedError(place, followed, nodes)
                error.first, error.sets = tried.slots.first[slot], tried.sets
                return error
    raise AssertionError("nothing was wrong")


def changed(base: Values, changes: Mapping[Variable, Any]) -> Values:
    """Return values with some of them changed."""
    values = deepcopy(dict(base))
    for variable, value in changes.items():
        place = values
        for step in variable.path[:-1]:
            place = place[step]
        place[variable.path[-1]] = value
    return values


def _pairs(base: Values, accepted: Mapping[Variable, Sequence[Any]]) -> Iterator[Values]:
    """Yield values in which two differ from the base, for all pairs of variables."""
    pairs = list(combinations(accepted, 2))
    count = min(_PAIRS, max(_LEAST_PAIRS, _MOST_PAIRS // max(1, len(pairs))))
    side = max(1, int(count**0.5))
    for one, other in pairs:
        for left, right in product(_spread(accepted[one], side), _spread(accepted[other], side)):
            yield changed(base, {one: left, other: right})


def _spread(values: Sequence[Any], count: int) -> list[Any]:
    """Return some of the values, from all over the list."""
    if len(values) <= count:
        return list(values)
    return [values[index * len(values) // count] for index in range(count)]


def _with_clashes(
    tried: _Tried,
    objects: dict[Slot, Expression],
    accepted: Mapping[Variable, Sequence[Any]],
    variables: Sequence[Variable],
    constants: Constants,
    forbidden: dict[Path, set[str]],
) -> dict[Slot, Expression]:
    """Return expressions that are also right for tables with keys that stand beside their entries already.

    Keys for which that is not found are added to those that are forbidden.
    """
    begin = len(tried.sets)
    clashes = _clashes(objects, tried.sets[0], accepted, forbidden)
    if not tried.add_all(values for sets in clashes.values() for values in sets):
        return objects
    try:
        return _explained(tried, variables, constants, _CLASH_TRIES)
    except UnfollowedError:
        tried.rewind(begin)
    for (path, key), sets in clashes.items():
        begin = len(tried.sets)
        if tried.add_all(sets):
            try:
                objects = _explained(tried, variables, constants, _CLASH_TRIES)
            except UnfollowedError:
                tried.rewind(begin)
                forbidden.setdefault(path, set()).add(key)
    return objects


def _clashes(
    objects: Mapping[Slot, Expression],
    base: Values,
    accepted: Mapping[Variable, Sequence[Any]],
    forbidden: Mapping[Path, Collection[str]],
) -> dict[tuple[Path, str], list[Values]]:
    """Return values in which a table has a key that stands beside its entries, by table and key."""
    found: dict[tuple[Path, str], list[Values]] = {}
    for path, key in dict.fromkeys(each for expression in objects.values() for each in spreads_of(expression)):
        for variable, values in accepted.items():
            if variable.path == path and key not in forbidden.get(path, ()):
                items = {key_of_values(item): item for each in values for item in each.values()}
                found[path, key] = [
                    changed(base, {variable: {**at(base, path), key: item}}) for item in [*items.values()][:_CLASHES]
                ]
    return found


def _at_random(random: Random, base: Values, accepted: Mapping[Variable, Sequence[Any]]) -> Iterator[Values]:
    if not accepted:
        return
    for _ in range(_RANDOM):
        chosen = {}
        for variable, values in accepted.items():
            if random.random() < 0.6 or choices_of(variable.annotation) is not None:
                value = random.choice(values)
                is_free = choices_of(variable.annotation) is None and random.random() < _FRESH
                chosen[variable] = fresh(random, value) if is_free else value
        yield changed(base, chosen)
