"""Trees of expressions: how they are read and written."""

from __future__ import annotations

import pytest

from kpy.syntax.cel.errors import CelError
from kpy.syntax.cel.parser import parse
from kpy.syntax.cel.tree import written


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("1+2*3", "1 + 2 * 3"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("a||b&&c", "a || b && c"),
        ("(a||b)&&c", "(a || b) && c"),
        ("a?b:c?d:e", "a ? b : c ? d : e"),
        ("(a?b:c)?d:e", "(a ? b : c) ? d : e"),
        ("!!a", "a"),
        ("!a.b", "!a.b"),
        ("--5", "5"),
        ("-(5)", "-(5)"),
        ("(-5).f()", "(-5).f()"),
        ("x in[1,?y,]", "x in [1, ?y]"),
        ("{?'a':b}.c.?d[?e]", '{?"a": b}.c.?d[?e]'),
        ("has(a.b)", "has(a.b)"),
        ("A.B{c:1}", "A.B{c: 1}"),
        ("a.all(x,x>0)", "a.all(x, x > 0)"),
        ("a.optMap(x,x)", "a.optMap(x, x)"),
        ("cel.bind(x,1,x)", "cel.bind(x, 1, x)"),
        ("r'\\d'+b'\\xff'", '"\\\\d" + b"\\xff"'),
        ("a // done", "a"),
        ("1u+0x1F+.5e3", "1u + 31 + 500.0"),
    ],
)
def test_tree_is_written_tidily(text: str, tidy: str) -> None:
    assert written(parse(text)) == tidy


def test_long_chain_is_not_deep() -> None:
    assert len(parse(" || ".join(["a == 1"] * 2000)).parts) == 2000


@pytest.mark.parametrize("text", ["(" * 300 + "1" + ")" * 300, "[" * 5000, "a == !" * 3000])
def test_deep_nesting_is_a_fault(text: str) -> None:
    with pytest.raises(CelError):
        parse(text)


def test_very_long_text_is_a_fault() -> None:
    with pytest.raises(CelError, match="is longer than 100000 characters"):
        parse("1" * 100_001)
