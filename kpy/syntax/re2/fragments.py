"""Pieces of an automaton whose ends are open, and how they are put together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from kpy.syntax.re2.charsets import Charset
from kpy.syntax.re2.program import BASE, Assertion, Op, Program, Repeat

__all__ = ["Builder", "Fragment"]


@dataclass(slots=True)
class Fragment:
    """A piece of the automaton, and what Go's limits ask of it."""

    start: int
    #: The ends that lead nowhere yet: an instruction, or its complement where it is the `other` way that is open.
    ends: list[int]
    is_nullable: bool
    #: How deep the tree below it would be, how many instructions it would unroll to, and how often it repeats.
    height: int = 1
    size: int = 1
    repeats: int = 1
    #: How many counts a state in it has.
    counts: int = 0
    #: One character or one set: such neighbours are one node to Go.
    is_literal: bool = False
    is_charset: bool = False


class Builder:
    """Makes the program of a pattern from fragments."""

    def __init__(self) -> None:
        self.program = Program()

    def read(self, charset: Charset) -> Fragment:
        """Return what reads one character of a set."""
        at = self.program.add(Op.READ, self.program.charset(charset))
        return Fragment(at, [at], False, is_literal=charset.is_single, is_charset=True)

    def holds(self, assertion: Assertion) -> Fragment:
        """Return what reads nothing where an assertion holds."""
        if assertion in (Assertion.LINE_BEGINS, Assertion.LINE_ENDS):
            self.program.asks_for_lines = True
        elif assertion in (Assertion.WORD_EDGE, Assertion.NO_WORD_EDGE):
            self.program.asks_for_words = True
        at = self.program.add(Op.ASSERT, assertion)
        return Fragment(at, [at], True)

    def empty(self) -> Fragment:
        """Return what reads nothing."""
        at = self.program.add(Op.SPLIT)
        self.program.others[at] = -1
        return Fragment(at, [at], True)

    def concat(self, parts: list[Fragment]) -> Fragment:
        """Return one after the other."""
        if not parts:
            return self.empty()
        if len(parts) == 1:
            return parts[0]
        for part, following in pairwise(parts):
            self._lead(part.ends, following.start)
        return Fragment(
            parts[0].start,
            parts[-1].ends,
            all(part.is_nullable for part in parts),
            height=1 if all(part.is_literal for part in parts) else 1 + max(part.height for part in parts),
            size=sum(part.size for part in parts),
            repeats=max(part.repeats for part in parts),
            counts=max(part.counts for part in parts),
        )

    def alternate(self, branches: list[Fragment]) -> Fragment:
        """Return one or the other, the first preferred."""
        if len(branches) == 1:
            return branches[0]
        start = branches[-1].start
        for branch in reversed(branches[:-1]):
            start = self.program.add(Op.SPLIT, following=branch.start, other=start)
        ends, *more = sorted((branch.ends for branch in branches), key=len, reverse=True)
        for others in more:  # into the longest, so that deep nesting copies little
            ends.extend(others)
        simple = all(branch.is_charset for branch in branches)
        return Fragment(
            start,
            ends,
            any(branch.is_nullable for branch in branches),
            height=1 if simple else 1 + max(branch.height for branch in branches),
            size=1 if simple else sum(branch.size for branch in branches) + len(branches) - 1,
            repeats=max(branch.repeats for branch in branches),
            counts=max(branch.counts for branch in branches),
            is_charset=simple,
        )

    def repeat(self, part: Fragment, least: int, most: int | None, *, is_greedy: bool) -> Fragment:
        """Return a part, repeated."""
        match least, most:
            case 0, 0:
                whole = self.empty()
            case 1, 1:
                whole = part
            case 0, 1:
                whole = self._optional(part, is_greedy)
            case 0, None:
                whole = self._star(part, is_greedy)
            case 1, None:
                whole = self._plus(part, is_greedy)
            case _:
                whole = self._counted(part, least, most, is_greedy)
        return Fragment(
            whole.start,
            whole.ends,
            whole.is_nullable,
            height=1 + part.height,
            size=_unrolled(part.size, least, most),
            repeats=_repeats(part.repeats, least, most),
            counts=whole.counts,
        )

    def finish(self, whole: Fragment) -> Program:
        """Return the program of the whole pattern."""
        self._lead(whole.ends, self.program.add(Op.MATCH))
        self.program.start = whole.start
        return self.program

    def _optional(self, part: Fragment, is_greedy: bool) -> Fragment:
        at, end = self._split(part.start, is_greedy)
        part.ends.append(end)
        return Fragment(at, part.ends, True, counts=part.counts)

    def _star(self, part: Fragment, is_greedy: bool) -> Fragment:
        if part.is_nullable:  # the order in which ways are tried is then that of Perl
            return self._optional(self._plus(part, is_greedy), is_greedy)
        at, end = self._split(part.start, is_greedy)
        self._lead(part.ends, at)
        return Fragment(at, [end], True, counts=part.counts)

    def _plus(self, part: Fragment, is_greedy: bool) -> Fragment:
        at, end = self._split(part.start, is_greedy)
        self._lead(part.ends, at)
        return Fragment(part.start, [end], part.is_nullable, counts=part.counts)

    def _counted(self, part: Fragment, least: int, most: int | None, is_greedy: bool) -> Fragment:
        number = len(self.program.repeats)
        self.program.repeats.append(Repeat(least, most, BASE**part.counts, is_greedy))
        at = self.program.add(Op.REPEAT, number, following=part.start)
        self._lead(part.ends, self.program.add(Op.COUNT, number, following=at))
        return Fragment(at, [~at], least == 0 or part.is_nullable, counts=part.counts + 1)

    def _split(self, inner: int, is_greedy: bool) -> tuple[int, int]:
        """Add a choice between a way in and a way out; return it and the end that is open."""
        if is_greedy:
            at = self.program.add(Op.SPLIT, following=inner)
            return at, ~at
        at = self.program.add(Op.SPLIT, other=inner)
        return at, at

    def _lead(self, ends: list[int], target: int) -> None:
        for end in ends:
            if end >= 0:
                self.program.following[end] = target
            else:
                self.program.others[~end] = target


def _unrolled(size: int, least: int, most: int | None) -> int:
    """Return the number of instructions that Go makes of a repeat."""
    if most is None:
        return size + (2 if least == 0 else 1) if least < 2 else 1 + least * size
    if (least, most) == (0, 1):
        return 1 + size
    return max(1, most * size + most - least)


def _repeats(repeats: int, least: int, most: int | None) -> int:
    """Return how many copies of the innermost thing there are."""
    if most == 0:
        return 1
    return repeats * max(1, least if most is None else most)
