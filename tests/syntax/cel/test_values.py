"""Expressions and their values: text in, text out. The tables are checked against what API servers say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kpy.syntax.cel.errors import CelError
from kpy.syntax.cel.program import compile
from kpy.syntax.cel.typed import Environment
from kpy.syntax.cel.types import DYN
from tests.syntax.cel.shown import shown

SELF = {
    "n": 5,
    "s": "x",
    "q": None,
    "d": 1.5,
    "m": {"k": "v"},
    "l": ["ax", "ay"],
    "pattern": "(",
}
ENVIRONMENT = Environment({"self": DYN}, release=36)


def _rows() -> Iterator[tuple[str, str]]:
    for line in Path(__file__).with_name("values.txt").read_text().splitlines():
        if line and not line.startswith("# "):
            expression, _, value = line.rpartition("  =>  ")
            yield expression, value


def evaluated(expression: str) -> str:
    """Return the value of an expression, or what is wrong."""
    try:
        program = compile(expression, ENVIRONMENT)
    except CelError:
        return "fault"
    try:
        return shown(program.run({"self": SELF}))
    except CelError as error:
        return f"error: {error}"


@pytest.mark.parametrize(("expression", "value"), list(_rows()))
def test_expression_has_its_value(expression: str, value: str) -> None:
    assert evaluated(expression) == value
