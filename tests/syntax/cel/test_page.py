"""The page about CEL names every function, with the release that brought it, and what is said of what is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpy.syntax.cel.tables import LIBRARIES
from kpy.syntax.cel.tree import LOOPS
from kpy.syntax.expressions import expression_fault

PAGE = (Path(__file__).parents[3] / "docs" / "cel.md").read_text(encoding="utf-8")
#: The oldest release that kpy knows.
OLDEST = 25
ROWS = [re.split(r" (?<!\\)\| ", line.strip("| \n")) for line in PAGE.splitlines() if line.startswith("| ")]


def _named() -> set[tuple[str, int]]:
    """Return the words of the table, each with its release."""
    found = set()
    for row in ROWS:
        if len(row) == 3 and (row[2] == "always" or re.fullmatch(r"1\.\d+", row[2])):
            since = 0 if row[2] == "always" else int(row[2][2:])
            found |= {
                (word, since) for code in re.findall(r"`([^`]+)`", row[1]) for word in re.findall(r"\w[\w.]*", code)
            }
    return found


def test_every_function_is_named_with_its_release() -> None:
    known = {
        (name, since)
        for _, since, _, table in LIBRARIES
        for name in table
        if re.fullmatch(r"[A-Za-z.]+\w*", name) and name not in ("string", "ip", "negate", "in")
    }
    known |= {(name, since) for (name, _), (_, since) in LOOPS.items()}

    assert known - _named() == set()


def test_nothing_else_is_named() -> None:
    known = {name for _, _, _, table in LIBRARIES for name in table} | {name for name, _ in LOOPS}
    others = {"has", "in", "optMap", "optFlatMap", "1", "1.5", "1u"}

    assert {name for name, _ in _named()} - known - others == set()


@pytest.mark.parametrize("text", ["math.greatest(1, 2) == 2", "cel.bind(x, 1, x) == 1", "base64.encode(b'a') == 'a'"])
def test_what_no_release_has_does_not_exist(text: str) -> None:
    name = text.partition(".")[0]

    assert expression_fault(text, ()) == f"uses the name '{name}', which does not exist here"
