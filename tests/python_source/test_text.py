"""Texts in Python source."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpy.python_source.text import columns, docstring, quoted


@given(st.text())
def test_literal_is_the_text(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("a", '"a"'),
        ('say "a"', "'say \"a\"'"),
        ("it's", '"it\'s"'),
        ('"it\'s"', "'\"it\\'s\"'"),
        ("\\", '"\\\\"'),
        ("\n\t\x1b\u202e\U0001f600", '"\\n\\t\\x1b\\u202e\U0001f600"'),
    ],
)
def test_literal_has_the_quotes_that_need_fewer_escapes(text: str, literal: str) -> None:
    assert quoted(text) == literal


@given(st.text())
def test_docstring_is_one_string_and_commands_no_terminal(text: str) -> None:
    lines = list(docstring(text, ""))

    if lines:
        (statement,) = ast.parse("\n".join(lines)).body
        assert isinstance(statement, ast.Expr)
        assert isinstance(statement.value, ast.Constant)
    assert all(line.isprintable() for line in lines)


def shown(text: str) -> str:
    return "\n".join(docstring(text, "    "))


def test_short_docstring_is_one_line() -> None:
    assert shown("  What it is.\n") == '    """What it is."""'


def test_text_without_words_is_no_docstring() -> None:
    assert shown(" \n\t\n") == ""


def test_paragraphs_stay_and_lists_keep_their_indentation() -> None:
    assert shown("One.\n\n\n\n  - a\n    - b\n") == '    """One.\n\n    - a\n      - b\n    """'


def test_wide_prose_flows_and_lists_do_not() -> None:
    text = f"{'word ' * 20}end\nof it.\n\n- {'item ' * 20}\n- b"

    assert shown(text) == (
        '    """word word word word word word word word word word word word word word\n'
        "    word word word word word word end of it.\n"
        "\n"
        "    - item item item item item item item item item item item item item\n"
        "      item item item item item item item\n"
        "    - b\n"
        '    """'
    )


def test_signs_of_east_asia_take_two_columns() -> None:
    assert (columns("ab"), columns("日本"), columns("ä")) == (2, 4, 1)
