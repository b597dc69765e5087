"""The same verdicts as google-re2, on whatever pattern and text."""

from __future__ import annotations

import re as python_re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpy.syntax import re2
from kpy.syntax.re2.automaton import Automaton
from kpy.syntax.re2.parser import parse
from kpy.syntax.re2.simulation import Simulation

judge = pytest.importorskip("re2")

#: What the library of C++ takes otherwise than Go: bytes, names that stand twice, and categories of newer releases.
OTHERWISE = python_re.compile(r"\\C|\?P?<|\\[pP]\{?[^{}]?[^}]*\}?|\(\?\)")
PIECES = [
    "a", "b", "c", "K", "s", "é", "ß", "\u212a", "0", "-", " ", "\n", ".", "[a-c]", "[^a]", "[^\\n-]", "[\\d_]", "[]a]",
    "[[:alpha:]]", "[[:^space:]0]", "\\d", "\\W", "\\s", "\\S", "\\pL", "\\PN", "\\p{Greek}", "[^\\pLk]", "\\x41",
    "\\x{e9}", "\\101", "\\.", "\\Qa.\\E", "^", "$", "\\A", "\\z", "\\b", "\\B", "(?i)", "(?m)", "(?s)", "(?U)",
    "(?-i)", "(?i:", "(?:", "(", ")", "|", "*", "+", "?", "*?", "{2}", "{1,3}?", "{0,2}", "{2,}", "{0}", "{,3}", 
    "{3,2}", "[z-a]", "\\", "[", "{", "(?=", "\\8", "\\y",
]  # fmt: skip
CHARACTERS = "abcKkSs\u017f\u212aéÉß\u03b1Ω10_- \n.{}3]\U0001f600"
patterns = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
texts = st.text(st.sampled_from(CHARACTERS), max_size=9)

OPTIONS = judge.Options()
OPTIONS.log_errors = False


def its_verdicts(pattern: str, samples: list[str]) -> list[bool] | None:
    try:
        compiled = judge.compile(pattern, OPTIONS)
    except judge.error:
        return None
    return [compiled.search(sample) is not None for sample in samples]


def our_verdicts(pattern: str, samples: list[str]) -> list[bool] | None:
    try:
        compiled = re2.Pattern(pattern)
    except re2.PatternError:
        return None
    return [compiled.search(sample) for sample in samples]


@given(patterns, st.lists(texts, min_size=1, max_size=6))
def test_verdicts_are_those_of_google_re2(pattern: str, samples: list[str]) -> None:
    assert our_verdicts(pattern, samples) == its_verdicts(pattern, samples)


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_text_as_a_pattern_has_the_verdict_of_google_re2(pattern: str, sample: str) -> None:
    assume(not OTHERWISE.search(pattern))

    assert our_verdicts(pattern, [sample]) == its_verdicts(pattern, [sample])


@given(patterns, texts)
def test_first_match_is_that_of_google_re2(pattern: str, sample: str) -> None:
    assume((verdicts := its_verdicts(pattern, [sample])) is not None)
    match = judge.compile(pattern, OPTIONS).search(sample)

    assert re2.Pattern(pattern).find(sample) == (match.span() if verdicts == [True] else None)


@given(patterns, texts)
def test_states_that_are_too_many_to_be_kept_are_followed_to_the_same_verdict(pattern: str, sample: str) -> None:
    try:
        compiled = re2.Pattern(pattern)
    except re2.PatternError:
        return
    automaton = Automaton(parse(pattern))

    assert Simulation(automaton.program, automaton.before).search(sample) == compiled.search(sample)


@given(st.text(st.characters(), max_size=12), st.text(st.characters(), max_size=12))
def test_nothing_else_is_raised(pattern: str, sample: str) -> None:
    try:
        compiled = re2.Pattern(pattern)
    except re2.PatternError:
        return
    assert compiled.search(sample) == (compiled.find(sample) is not None)
