"""Whether a tree contains what is expected, and where it does not.

Mappings are contained key by key. Every expected element of a list must be found in the list, each in another element,
in any order; more elements are fine. `exactly` says that there is nothing more, `any_value` that there is something,
and `absent` that there is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

__all__ = ["Miss", "absent", "any_value", "exactly", "misses"]


class Miss(NamedTuple):
    """One place where a tree does not contain what is expected."""

    #: The way to it: `spec.template.spec.containers[0].image`; empty for the whole.
    path: str
    expected: object
    #: What is there; nothing where nothing is.
    actual: object

    def __str__(self) -> str:
        """Return the miss for a message."""
        there = "nothing" if self.actual is None else repr(self.actual)
        return f"{self.path or 'the whole'}: expected {self.expected!r}, there is {there}"


class _Word:
    """A word that stands for values."""

    def __init__(self, word: str) -> None:
        self._word = word

    def __repr__(self) -> str:
        return self._word


class _Exactly:
    """A value with nothing more to it."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"exactly({self.value!r})"


#: Stands for any value at all, but not for none.
any_value: Final = _Word("any_value")
#: Stands for no value: the field must not be there.
absent: Final = _Word("absent")


def exactly(value: object) -> object:
    """Return an expectation of this very value: a mapping without other keys, a list without other elements."""
    return _Exactly(value)


def misses(actual: object, expected: object) -> list[Miss]:
    """Return where a tree does not contain what is expected; nothing when it does."""
    return _misses(actual, expected, "")


def _misses(actual: Any, expected: object, path: str) -> list[Miss]:
    match expected:
        case _Word():
            is_met = (actual is None) == (expected is absent)
            return [] if is_met else [Miss(path, expected, actual)]
        case _Exactly():
            return [] if _same(actual, expected.value) else [Miss(path, expected, actual)]
        case Mapping() if isinstance(actual, Mapping):
            found = [_misses(actual.get(key), value, _step(path, key)) for key, value in expected.items()]
            return [miss for each in found for miss in each]
        case list() | tuple() if isinstance(actual, list):
            return _missing_elements(actual, expected, path)
        case _:
            return [] if _same(actual, expected) else [Miss(path, expected, actual)]


def _missing_elements(actual: Sequence[Any], expected: Sequence[object], path: str) -> list[Miss]:
    """Return the misses of the expected elements that no element contains, each against the nearest one."""
    near = [[_misses(item, wanted, f"{path}[{at}]") for at, item in enumerate(actual)] for wanted in expected]
    taken = _pair([[at for at, found in enumerate(row) if not found] for row in near])
    missing: list[Miss] = []
    for number, wanted in enumerate(expected):
        if number not in taken:
            free = [found for at, found in enumerate(near[number]) if at not in taken.values()]
            nearest = min(free, key=len, default=[])
            missing += nearest if nearest and isinstance(wanted, Mapping) else [Miss(path, [wanted], list(actual))]
    return missing


def _pair(fits: Sequence[Sequence[int]]) -> dict[int, int]:
    """Return as many pairs as there can be of what is expected (by number) with an element that fits it."""
    owner: dict[int, int] = {}

    def find(number: int, seen: set[int]) -> bool:
        for at in fits[number]:
            if at not in seen:
                seen.add(at)
                if at not in owner or find(owner[at], seen):
                    owner[at] = number
                    return True
        return False

    for number in range(len(fits)):
        find(number, set())
    return {number: at for at, number in owner.items()}


def _same(actual: object, expected: object) -> bool:
    """Tell whether two values are the same, which `1` and `True` are not."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return actual.keys() == expected.keys() and all(_same(actual[key], expected[key]) for key in expected)
    if isinstance(expected, list | tuple) and isinstance(actual, list):
        return len(actual) == len(expected) and all(map(_same, actual, expected))
    if isinstance(expected, _Word):
        return (actual is None) == (expected is absent)
    return bool(actual == expected) and isinstance(actual, bool) == isinstance(expected, bool)


def _step(path: str, key: object) -> str:
    text = str(key)
    plain = text.isidentifier()
    return f"{path}.{text}".removeprefix(".") if plain else f"{path}[{text}]"
