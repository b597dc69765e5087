"""Text of strangers is printed, never obeyed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpy.printable import printable, printable_file, printable_json, printable_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('ConfigMap "häuser"', 'ConfigMap "häuser"'),
        ("a\n::error::x", r"a\n::error::x"),
        ("a\rb\tc", r"a\rb\tc"),
        ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\u202eb\u2028", r"a\u202eb\u2028"),
        ("\ud800 \udcff", r"\ud800 \udcff"),
        ("##[add-mask]a", r"#\x23[add-mask]a"),
    ],
)
def test_what_has_no_glyph_is_written_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_file_cannot_begin_a_line_with_a_command() -> None:
    assert printable_file("::error file=x::owned.yaml") == "./::error file=x::owned.yaml"
    assert printable_file(" ::error::") == "./ ::error::"
    assert printable_file("a::b.yaml") == "a::b.yaml"
    assert printable_file(":") == "./:"


def test_lines_of_our_own_keep_their_ends_and_colours_and_nothing_else() -> None:
    assert printable_lines("a\n\x1b[31mred\x1b[0m\tb\x1b[2J") == "a\n\x1b[31mred\x1b[0m\tb\\x1b[2J"
    assert printable_lines("  ::error::a\n::b") == "  \\x3a:error::a\n\\x3a:b"


@given(st.text())
def test_printable_text_is_one_printable_line_that_utf8_can_hold(text: str) -> None:
    shown = printable(text)

    assert shown.isprintable()
    assert "##[" not in shown
    assert shown.encode("utf-8").decode() == shown


@given(st.text(st.sampled_from("\n\r\t :#[\x1b[0m]a\ud800"), max_size=20))
def test_no_line_is_a_command(text: str) -> None:
    for line in printable_lines(text).split("\n"):
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert "\r" not in line


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner), max_leaves=5))
def test_json_means_the_same_when_it_is_printable(value: object) -> None:
    shown = printable_json(json.dumps(value, ensure_ascii=False, indent=1))

    assert json.loads(shown) == value
    assert all(line.isprintable() for line in shown.split("\n"))
