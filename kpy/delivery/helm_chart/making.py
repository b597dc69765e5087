"""From an app to the chart of it: what is tried, what is learned, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Final, NamedTuple

from kpy.delivery.helm_chart.expressions import Values, is_equal, key_of_values
from kpy.delivery.helm_chart.following import UnfollowedError
from kpy.delivery.helm_chart.learning import Learned, UntriedError, learn
from kpy.delivery.helm_chart.observing import Observer, Seen
from kpy.delivery.helm_chart.parameters import Parameter
from kpy.delivery.helm_chart.proof import Case
from kpy.delivery.helm_chart.refusals import Refusal, RefusedError, refusal_of
from kpy.delivery.helm_chart.source_constants import Constants
from kpy.delivery.helm_chart.values_file import defaults_of, in_place_of
from kpy.delivery.helm_chart.variables import variables_of
from kpy.errors import KpyError
from kpy.objects import title
from kpy.redaction.encrypted import is_signed
from kpy.redaction.fields import is_sensitive_name

__all__ = ["UserSet", "cases_of", "find_base", "follow"]

#: How many value sets helm renders: those in which one value differs, and others.
_SINGLES: Final = 14
_OTHERS: Final = 10
#: How often values are left out, one after the other, to name all that are refused.
_MOST_REFUSED: Final = 20


class UserSet(NamedTuple):
    """A value set of the user's, which the chart has to be right for."""

    #: Where it is from: `the environment prod`.
    name: str
    values: Values


def find_base(observer: Observer, guesses: Iterable[Values]) -> Values:
    """Return the first values that are accepted. Raises what is wrong with the first of them."""
    first: Values | None = None
    for values in guesses:
        first = values if first is None else first
        if observer.see(values) is not None:
            return values
    assert first is not None
    observer.manifest(first)
    raise AssertionError("it was accepted at last")


def follow(
    observer: Observer,
    base: Values,
    parameters: Sequence[Parameter],
    constants: Constants,
    more: Sequence[UserSet] = (),
    step: Callable[[int], None] = lambda count: None,
) -> Learned:
    """Return what the objects of an app are for all values. Raises `RefusedError`, with all that is refused."""
    refusals: list[Refusal] = []
    variables = variables_of(parameters, base)
    sets = [{**base, **each.values} for each in more]
    while len(refusals) < _MOST_REFUSED:
        try:
            learned = learn(observer, base, variables, constants, sets, step)
        except (UntriedError, UnfollowedError) as error:
            refusals.append(refusal_of(error, _first(error)))
            refused = set(refusals[-1].names)
            variables = [each for each in variables if each.path[0] not in refused]
            sets = [{**each, **{name: base[name] for name in refused}} for each in sets]
            if not refused:
                break
        else:
            if not refusals:
                _refuse_encrypted(learned)
                return learned
            break
    raise RefusedError(refusals)


def _first(error: UntriedError | UnfollowedError) -> Seen | None:
    return error.first if isinstance(error, UnfollowedError) else None


def _refuse_encrypted(learned: Learned) -> None:
    for slot in learned.objects:
        seen = learned.first[slot]
        if is_signed(dict(seen.tree)):
            raise KpyError.at(
                None,
                f"{title(seen.tree)} ({seen.where}) is encrypted with SOPS, and helm decrypts nothing: leave it out of "
                "the app, and apply it beside the chart",
            )


def cases_of(
    observer: Observer, learned: Learned, more: Sequence[UserSet], base: Values, parameters: Sequence[Parameter]
) -> list[Case]:
    """Return the value sets to prove a chart with: the base, the user's, each value alone, and others."""
    defaults = defaults_of(parameters)
    chosen: list[UserSet] = [UserSet("the defaults", base)]
    chosen += [UserSet(each.name, {**base, **each.values}) for each in more]
    singles = list(learned.singles)
    chosen += [_named(values, base) for values in _some(singles, _SINGLES)]
    others = [values for values in learned.sets if values not in singles and values != base]
    chosen += [_named(values, base) for values in _some(others, _OTHERS)]
    cases = []
    for each in chosen:
        seen = observer.see(each.values)
        if seen is not None:
            given = in_place_of(defaults, each.values)
            cases.append(Case(each.name, given, [found.tree for found in seen]))
    return cases


def _some(sets: Sequence[Values], count: int) -> list[Values]:
    if len(sets) <= count:
        return list(sets)
    return [sets[index] for index in sorted(Random(0).sample(range(len(sets)), count))]


def _named(values: Values, base: Values) -> UserSet:
    """Return a value set, called by what differs from the base; what may be a secret is not shown."""
    said = [
        f"{name}={'...' if is_sensitive_name(name) else key_of_values(values[name])}"
        for name in values
        if not is_equal(values[name], base.get(name))
    ]
    return UserSet(f"the values {', '.join(said)}", values)
