"""Words are found in a text as the longest alternation of all of them would find them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpy.redaction.finder import Finder

_LETTERS = st.text("ab1é ", min_size=4, max_size=9)


def by_alternation(words: set[str], text: str) -> list[tuple[int, int]]:
    """Return the same by one regular expression, which is slow with many words."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    found = [
        rf"(?<![A-Za-z0-9]){word}(?![A-Za-z0-9])" if re.fullmatch("[A-Za-z0-9]{1,6}", word) else re.escape(word)
        for word in ordered
    ]
    return [match.span() for match in re.finditer("|".join(found), text)]


@given(st.sets(_LETTERS, min_size=1, max_size=12), st.text("ab1é ", max_size=60))
def test_words_are_found_as_one_alternation_finds_them(words: set[str], text: str) -> None:
    assert list(Finder(words).spans(text)) == by_alternation(words, text)


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ({"hunter2"}, "is hunter2, not hunter23", "is *, not *3"),
        ({"hunt"}, "hunt hunts ahunt hunt", "* hunts ahunt *"),
        ({"hunter2", "hunter2-old"}, "hunter2-old hunter2", "* *"),
        ({"a long one"}, "a long on", "a long on"),
        (set(), "anything", "anything"),
    ],
)
def test_words_are_replaced(words: set[str], text: str, expected: str) -> None:
    assert Finder(words).replace(text, "*") == expected


def test_places_that_are_looked_at_do_not_grow_with_the_words() -> None:
    """Asked of a text that has none of them, a thousand words cost as many looks as one."""

    class Counted(dict[str, list[int]]):
        looks = 0

        def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
            Counted.looks += 1
            return super().get(key)

    finder = Finder(f"hunter2-{number}" for number in range(1000))
    finder._lengths = Counted(finder._lengths)

    assert list(finder.spans("no secret here" * 10)) == []
    assert Counted.looks == 14 * 10 - 3
