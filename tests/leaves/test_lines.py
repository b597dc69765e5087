"""Lines of a text, found as they are asked for."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kpy.lines import Lines


def test_windows_and_lengths() -> None:
    lines = Lines("ab\r\ncde\rf\n")

    assert [lines.length(number) for number in (3, 0, 1, 2, 4, -1)] == [0, 2, 3, 1, None, None]
    assert lines.window(1, 1, 9) == "de"
    assert lines.window(1, 7, 9) == ""
    assert lines.window(4, 0, 1) == ""


@given(st.text(st.sampled_from("ab\r\n\x85\u2028"), max_size=12))
def test_lines_end_where_yaml_ends_them(text: str) -> None:
    expected = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
    lines = Lines(text)

    assert [lines.window(number, 0, 99) for number in range(len(expected))] == expected
    assert lines.length(len(expected)) is None
