"""Regular expressions in Go's syntax."""

from __future__ import annotations

import pytest

from kpy.syntax.go_patterns import pattern_fault


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(?:[+-]?\d{1,3})$", r"(?P<n>a)(?<m>b)", r"(?i)a(?-i:b)", r"[[:alpha:]_\-\w-.]", r"\pL\p{Greek}\z", r"a{,3}",
        r"\Qa+\E", r"[]a][^]b]", r"\x{10FFFF}\x41\07\/", r"a{2", r"^*()*(|a)?", r"a??b{2}?", r"(?s:.)",
    ],
)  # fmt: skip
def test_pattern_is_fine(pattern: str) -> None:
    assert pattern_fault(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("a(", "has a group that is not closed"),
        ("a)", "has a ')' with no group to close"),
        ("[a", "has a '[' that is not closed"),
        ("a(?=b)", "has '(?=': Go has no look-around, and does not know this group"),
        (r"(a)\1", r"has '\\1', an escape that Go does not know"),
        ("a**", "repeats what is repeated already"),
        ("a|+", "has '+' with nothing before it to repeat"),
        ("a{1001}", "has '{1001}', which must be at most 1000 and not descend"),
        ("[b-a]", "has a range of characters that descends"),
        ("[[:name:]]", "has a class of characters that Go does not know"),
        ("a\\", "ends in a backslash"),
        (r"\y", r"has '\\y', an escape that Go does not know"),
    ],
)
def test_pattern_is_faulty(pattern: str, fault: str) -> None:
    assert pattern_fault(pattern) == fault
