"""Follow a program as far as it goes without reading a character."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kpy.syntax.re2.program import BASE, Assertion, Op, Program

__all__ = ["Closure", "Surroundings", "closure", "is_word"]

_WORD = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")


class Surroundings(NamedTuple):
    """What stands at a place in a text: no character where the text begins or ends."""

    before: str | None
    after: str | None

    def hold(self, assertion: Assertion) -> bool:
        """Say whether an assertion holds here."""
        match assertion:
            case Assertion.TEXT_BEGINS:
                return self.before is None
            case Assertion.TEXT_ENDS:
                return self.after is None
            case Assertion.LINE_BEGINS:
                return self.before is None or self.before == "\n"
            case Assertion.LINE_ENDS:
                return self.after is None or self.after == "\n"
            case Assertion.WORD_EDGE:
                return is_word(self.before) != is_word(self.after)
            case Assertion.NO_WORD_EDGE:
                return is_word(self.before) == is_word(self.after)


class Closure(NamedTuple):
    """What a set of states leads to: in the order in which the pattern prefers them."""

    #: The number of a set of characters, and the state that reading one of them leads to.
    reading: list[tuple[int, int]]
    is_match: bool


def is_word(character: str | None) -> bool:
    r"""Say whether a character is one of `\w`."""
    return character is not None and character in _WORD


def closure(
    program: Program, states: Iterable[int], surroundings: Surroundings, visited: set[int], *, stops: bool = False
) -> Closure:
    """Return what states lead to, leaving out what was visited before; `stops` at a match, which is then preferred."""
    size = len(program.ops)
    reading: list[tuple[int, int]] = []
    is_match = False
    stack = list(states)
    stack.reverse()
    while stack:
        state = stack.pop()
        if state in visited:
            continue
        visited.add(state)
        at = state % size
        outer = state - at
        match program.ops[at]:
            case Op.READ:
                reading.append((program.arguments[at], outer + program.following[at]))
            case Op.SPLIT:
                if program.others[at] >= 0:
                    stack.append(outer + program.others[at])
                stack.append(outer + program.following[at])
            case Op.ASSERT:
                if surroundings.hold(Assertion(program.arguments[at])):
                    stack.append(outer + program.following[at])
            case Op.REPEAT:
                stack.extend(_rounds(program, at, outer))
            case Op.COUNT:
                stack.append(_counted(program, at, outer))
            case Op.MATCH:
                is_match = True
                if stops:
                    break
    return Closure(reading, is_match)


def _rounds(program: Program, at: int, outer: int) -> list[int]:
    """Return where a repeat may go, what it prefers last."""
    repeat = program.repeats[program.arguments[at]]
    unit = repeat.unit * len(program.ops)
    count = outer // unit % BASE
    ways: list[int] = []
    if count >= repeat.least:
        ways.append(outer - count * unit + program.others[at])
    if repeat.most is None or count < repeat.most:
        ways.append(outer + program.following[at])
    return ways if repeat.is_greedy else ways[::-1]


def _counted(program: Program, at: int, outer: int) -> int:
    """Return the state after one more round; where there is no limit, no more than the least is counted."""
    repeat = program.repeats[program.arguments[at]]
    unit = repeat.unit * len(program.ops)
    if repeat.most is None and outer // unit % BASE >= repeat.least:
        return outer + program.following[at]
    return outer + unit + program.following[at]
