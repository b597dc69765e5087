"""Follow all states of a program at once, as the bits of a number: for patterns whose automaton has too many states.

What eight neighbouring bits lead to is looked up together, so that a step costs an eighth of a microsecond for a state
and not several.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from kpy.syntax.re2.closure import Surroundings, closure
from kpy.syntax.re2.program import Program

__all__ = ["Simulation"]

#: The bit that says that there is a match.
_MATCH: Final = 1
#: How many bytes are kept of what bits lead to, before all of it is dropped, and what one entry takes beside its bits.
_MOST_BYTES: Final = 16 << 20
_ENTRY: Final = 100
#: How many characters are remembered with their class.
_MOST_CHARACTERS: Final = 20_000

#: What a character is like, for assertions, and the sets that it is in.
_Class = tuple[str | None, int]


class Simulation:
    """Says whether a text has a match."""

    def __init__(self, program: Program, like: Callable[[str], str | None]) -> None:
        self._program = program
        self._like = like
        #: The bits of states, as they are met, and the states by their bits.
        self._bits: dict[int, int] = {}
        self._states: list[int] = [-1]
        self._classes: dict[str, _Class] = {}
        self._numbers: dict[_Class, int] = {}
        #: By what stood before and the class of a character: what eight bits lead to, by their place and their value.
        self._tables: dict[tuple[str | None, _Class], dict[int, int]] = {}
        self._budget = _MOST_BYTES

    def search(self, text: str) -> bool:
        """Say whether something in the text matches."""
        current = start = self._mask((self._program.start,))
        before: str | None = None
        for character in text:
            kind = self._classes.get(character) or self._class_of(character)
            table = self._tables.get((before, kind))
            if table is None:
                table = self._tables[before, kind] = {}
            following = start
            for index, bits in enumerate(current.to_bytes((current.bit_length() + 7) // 8, "little")):
                if bits:
                    found = table.get(index << 8 | bits)
                    following |= self._fill(table, index, bits, before, kind, character) if found is None else found
            if following & _MATCH:
                return True
            current, before = following, kind[0]
        return closure(self._program, self._states_of(current), Surroundings(before, None), set()).is_match

    def _fill(
        self, table: dict[int, int], index: int, bits: int, before: str | None, kind: _Class, character: str
    ) -> int:
        """Find out, and keep, what eight bits lead to."""
        self._budget -= _ENTRY + len(self._states) // 8
        if self._budget < 0:
            self._budget = _MOST_BYTES
            for known in self._tables.values():
                known.clear()
        surroundings = Surroundings(before, kind[0])
        found = closure(self._program, self._states_of(bits << 8 * index), surroundings, set())
        charsets = self._program.charsets
        code = ord(character)
        mask = self._mask(target for number, target in found.reading if code in charsets[number])
        mask |= _MATCH if found.is_match else 0
        table[index << 8 | bits] = mask
        return mask

    def _class_of(self, character: str) -> _Class:
        """Return the class of a character; those of one class lead to the same."""
        code = ord(character)
        sets = 0
        for charset in self._program.charsets:
            sets = sets * 2 + (code in charset)
        kind = self._like(character), self._numbers.setdefault((None, sets), len(self._numbers))
        if len(self._classes) < _MOST_CHARACTERS:
            self._classes[character] = kind
        return kind

    def _mask(self, states: Iterable[int]) -> int:
        mask = 0
        for state in states:
            bit = self._bits.get(state)
            if bit is None:
                bit = self._bits[state] = len(self._states)
                self._states.append(state)
            mask |= 1 << bit
        return mask

    def _states_of(self, mask: int) -> list[int]:
        states = []
        while mask:
            low = mask & -mask
            states.append(self._states[low.bit_length() - 1])
            mask ^= low
        return states
