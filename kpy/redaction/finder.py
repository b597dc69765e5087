"""Finding many words in a text, in time that does not grow with their number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["SHORTEST", "Finder"]

#: Shorter words cannot be looked for.
SHORTEST = 4
#: What is found only where it is a word of its own.
_SHORT_WORD = re.compile(r"[A-Za-z0-9]{1,6}")


class Finder:
    """Finds words of four characters or more, the longest first where several begin.

    An alternation of regular expressions would try all words at every place: with the values of a thousand Secrets,
    looking at one message takes a millisecond.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        lengths: dict[str, set[int]] = {}
        for word in self._words:
            lengths.setdefault(word[:SHORTEST], set()).add(len(word))
        #: How long the words are that begin so, the longest first.
        self._lengths = {beginning: sorted(found, reverse=True) for beginning, found in lengths.items()}

    def __bool__(self) -> bool:
        """Return whether there is anything to find."""
        return bool(self._words)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the beginning and the end of each word in a text, none of which overlap."""
        lengths = self._lengths
        if not lengths:
            return
        place, last = 0, len(text) - SHORTEST
        while place <= last:
            found = lengths.get(text[place : place + SHORTEST])
            end = 0 if found is None else self._end(text, place, found)
            if end:
                yield place, end
            place = end or place + 1

    def replace(self, text: str, by: str) -> str:
        """Return the text with something else in the place of each word."""
        parts: list[str] = []
        done = 0
        for begin, end in self.spans(text):
            parts += text[done:begin], by
            done = end
        return "".join([*parts, text[done:]]) if parts else text

    def _end(self, text: str, place: int, lengths: list[int]) -> int:
        """Return where the longest word that begins at a place ends; nothing where none does."""
        for length in lengths:
            word = text[place : place + length]
            if word in self._words and (not _SHORT_WORD.fullmatch(word) or _stands_alone(text, place, place + length)):
                return place + length
        return 0


def _stands_alone(text: str, begin: int, end: int) -> bool:
    return not (_is_of_word(text[begin - 1 : begin]) or _is_of_word(text[end : end + 1]))


def _is_of_word(character: str) -> bool:
    return character.isascii() and character.isalnum()
