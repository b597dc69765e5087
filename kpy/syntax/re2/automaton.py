"""Search without ever going back: a deterministic automaton, made as texts ask for it and kept within bounds."""

from __future__ import annotations

import re
from typing import Final

from kpy.syntax.re2.closure import Closure, Surroundings, closure, is_word
from kpy.syntax.re2.program import Program
from kpy.syntax.re2.simulation import Simulation

__all__ = ["REPLACEMENT", "SURROGATE", "Automaton"]

#: What UTF-8 cannot hold; a server reads each as U+FFFD.
SURROGATE: Final = re.compile("[\ud800-\udfff]")
REPLACEMENT: Final = "\ufffd"

#: How many states of the program and how many characters the kept states may name together.
_MOST_KEPT: Final = 20_000


class _TooManyError(Exception):
    """There are more states than are kept."""


class Automaton:
    """Says whether a text has a match. What a text needed is kept for the next."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._kept: dict[tuple[frozenset[int], str | None], _State] = {}
        self._budget = _MOST_KEPT
        #: Takes over for good where the states are too many to be kept.
        self._simulation: Simulation | None = None
        self.found: Final = _Found()
        self._first = self.state(frozenset(), None)

    @property
    def kept(self) -> int:
        """How many states of the program and characters the kept states name."""
        return sum(1 + state.size for state in self._kept.values())

    def search(self, text: str) -> bool:
        """Say whether something in the text matches."""
        if self._simulation is None:
            state = self._first
            try:
                for character in text:
                    state = state[character]
                return state.ends()
            except _TooManyError:
                for kept in self._kept.values():
                    kept.forget()
                self._kept.clear()
                self._simulation = Simulation(self.program, self.before)
        return self._simulation.search(_readable(text))

    def state(self, inner: frozenset[int], before: str | None) -> _State:
        """Return the state in which the program stands at a set of its own states."""
        key = (inner, before)
        state = self._kept.get(key)
        if state is None:
            self.pay(len(inner) + 1)
            state = self._kept[key] = _State(self, inner, before)
        return state

    def pay(self, cost: int) -> None:
        """Take note of what is kept. Raises `_TooManyError` where it grows too large."""
        self._budget -= cost
        if self._budget < 0:
            raise _TooManyError

    def before(self, character: str) -> str | None:
        """Return what has to be known of a character that was read: itself, or one that is like it."""
        if self.program.asks_for_lines and character == "\n":
            return "\n"
        return "a" if self.program.asks_for_words and is_word(character) else " "


def _readable(text: str) -> str:
    """Return a text as a server reads it."""
    return SURROGATE.sub(REPLACEMENT, text)


class _State(dict[str, "_State"]):
    """A state of the automaton: a mapping of the next character to the next state, filled as it is asked."""

    __slots__ = ("_automaton", "_before", "_by_signature", "_closures", "_inner")

    def __init__(self, automaton: Automaton, inner: frozenset[int], before: str | None) -> None:
        super().__init__()
        self._automaton = automaton
        self._inner = inner
        self._before = before
        self._closures: dict[str | None, Closure] = {}
        self._by_signature: dict[tuple[str | None, int], _State] = {}

    def __missing__(self, character: str) -> _State:
        automaton = self._automaton
        like = automaton.before(character)
        reading, is_match = self._closure(like)
        if is_match:
            following: _State = automaton.found
        else:
            following = self._read(reading, character, like)
        automaton.pay(1)
        self[character] = following
        return following

    @property
    def size(self) -> int:
        """How many states of the program and characters it names."""
        return len(self._inner) + len(self) + sum(len(known.reading) for known in self._closures.values())

    def ends(self) -> bool:
        """Say whether there is a match if the text ends here."""
        return self._closure(None).is_match

    def forget(self) -> None:
        """Drop what is kept, and with it the circles of states that name each other."""
        self.clear()
        self._by_signature.clear()
        self._closures.clear()

    def _read(self, reading: list[tuple[int, int]], character: str, like: str | None) -> _State:
        """Return the state after a character; characters that are in the same sets lead to the same one."""
        charsets = self._automaton.program.charsets
        code = ord(_readable(character))
        within = {number: code in charsets[number] for number, _ in reading}
        signature = 0
        for is_within in within.values():
            signature = signature * 2 + is_within
        following = self._by_signature.get((like, signature))
        if following is None:
            inner = frozenset(target for number, target in reading if within[number])
            following = self._automaton.state(inner, like)
            self._by_signature[like, signature] = following
        return following

    def _closure(self, after: str | None) -> Closure:
        known = self._closures.get(after)
        if known is None:
            program = self._automaton.program
            known = closure(program, (*self._inner, program.start), Surroundings(self._before, after), set())
            self._automaton.pay(len(known.reading))
            self._closures[after] = known
        return known


class _Found(_State):
    """There is a match; what follows does not matter."""

    __slots__ = ()

    def __init__(self) -> None:
        dict.__init__(self)

    def __missing__(self, character: str) -> _State:
        return self

    def ends(self) -> bool:
        return True
