"""The page about other linters: the rules that it names are there, and it says right when they are checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kpy.checking.policies import policies_of
from kpy.checking.registry import BUILT_IN

PAGE = Path(__file__).parents[2] / "docs" / "other-linters.md"
RULES = {rule.name for rule in BUILT_IN.rules()}
GROUPS = {policy.rule.name: policy.groups for policy in policies_of(BUILT_IN)}
#: How many checks each program had when the page was written.
COUNTS = {"kube-linter": 63, "kube-score": 39, "Polaris": 44, "Trivy": 79, "checkov": 60}


def rows() -> list[tuple[str, list[str], str, str]]:
    """Return the rows of all tables: the program, its checks, what kpy has for them, and when that is checked."""
    found = []
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        program = section.split("\n")[0]
        for line in section.splitlines():
            if line.startswith("| `"):
                checks, ours, when = (cell.strip() for cell in line.strip("|").split("|"))
                found.append((program, re.findall("`([^`]+)`", checks), ours, when))
    return found


def when_checked(rules: list[str]) -> str:
    words = {
        "always" if rule not in GROUPS else "recommended" if "recommended" in GROUPS[rule] else "selected"
        for rule in rules
    }
    return ", ".join(word for word in ("always", "recommended", "selected") if word in words)


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row[0]}-{row[1][0]}") for row in rows()])
def test_check_is_a_rule_or_refused_with_a_reason(row: tuple[str, list[str], str, str]) -> None:
    _, _, ours, when = row
    if ours.startswith("refused: "):
        assert len(ours) > len("refused: ") + 10
        assert when == ""
        return
    named = re.findall("`([^`]+)`", ours.partition(": ")[0])

    assert named
    assert [rule for rule in named if rule not in RULES] == []
    assert when == when_checked(named)


@pytest.mark.parametrize(("program", "count"), COUNTS.items())
def test_check_stands_once(program: str, count: int) -> None:
    checks = [check for row_program, names, _, _ in rows() if row_program == program for check in names]

    assert len(checks) == len(set(checks)) == count
