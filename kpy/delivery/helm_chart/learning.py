"""From an app to the expressions of its objects: values are tried alone, in pairs and at random until all fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import combinations, product
from random import Random
from typing import Any, Final, NamedTuple

from kpy.delivery.helm_chart.candidates import choices_of, fresh, tries_for
from kpy.delivery.helm_chart.evidence import Evidence
from kpy.delivery.helm_chart.expressions import MISSING, Expression, Path, Values, at, evaluate, is_equal, key_of_values
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

    def objects_for(self, values: Values) -> dict[Slot, Seen]:
        """Return the objects for values that were accepted."""
        return self.objects[self._numbers[key_of_values(values)]]


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
    singles = []
    for variable in variables:
        fine: list[Any] = []
        refused = []
        for each in tries_for(variable.annotation, at(base, variable.path), constants):
            if tried.add(changed(base, {variable: each})):
                fine.append(each)
                singles.append(changed(base, {variable: each}))
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
        wrong = 0
        for values in _at_random(random, base, accepted):
            if not tried.add(values):
                continue
            step(len(tried.sets))
            wrong += not _is_right(objects, values, tried.objects_for(values))
            if wrong == _MOST_WRONG:
                break
        if not wrong:
            return Learned(objects, tried.slots.first, tried.sets, singles, only)
    raise _unfollowed(tried, objects, variables, constants)


def _are_all(accepted: Sequence[Any], refused: Sequence[Any], constants: Constants) -> bool:
    """Return whether nothing is accepted but texts that the code names."""
    others = [each for each in refused if each not in constants.texts]
    return all(each in constants.texts for each in accepted) and len(others) >= _LEAST_REFUSED


def _explained(tried: _Tried, variables: Sequence[Variable], constants: Constants) -> dict[Slot, Expression]:
    follower = Follower(Evidence(variables, tried.sets, constants))
    found = {}
    for slot in tried.slots.first:
        nodes = {
            index: objects[slot].tree if slot in objects else MISSING for index, objects in enumerate(tried.objects)
        }
        try:
            found[slot] = follower.explain(nodes)
        except UnfollowedError as error:
            error.first, error.sets = tried.slots.first[slot], tried.sets
            raise
    return found


def _is_right(objects: Mapping[Slot, Expression], values: Values, seen: Mapping[Slot, Seen]) -> bool:
    return seen.keys() <= objects.keys() and all(
        is_equal(evaluate(each, values), seen[slot].tree if slot in seen else MISSING) for slot, each in objects.items()
    )


def _unfollowed(
    tried: _Tried, objects: Mapping[Slot, Expression], variables: Sequence[Variable], constants: Constants
) -> UnfollowedError:
    """Return the error for what was wrong again and again."""
    from kpy.delivery.helm_chart.following import first_difference

    for index in range(len(tried.sets) - 1, -1, -1):
        values, seen = tried.sets[index], tried.objects[index]
        for slot, each in objects.items():
            real = seen[slot].tree if slot in seen else MISSING
            guess = evaluate(each, values)
            if not is_equal(guess, real):
                place, _, _ = first_difference((), guess, real)
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
