"""Every law holds for everything that ever broke it, and for a few new examples."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.__main__ import CASES, hunt, main
from tests.fuzz.laws import LAWS, Law


@pytest.mark.parametrize("file", sorted(CASES.glob("*.json")), ids=lambda file: file.stem)
def test_law_holds_for_what_broke_it_once(file: Path) -> None:
    case = json.loads(file.read_text(encoding="ascii"))

    LAWS[case["law"]].check(case["example"])


@pytest.mark.parametrize("name", LAWS)
def test_law_holds(name: str) -> None:
    @settings(max_examples=25)
    @given(LAWS[name].examples)
    def holds(example: Any) -> None:
        LAWS[name].check(example)

    holds()


def test_smallest_example_that_breaks_a_law_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def check(number: int) -> None:
        assert number < 100, f"{number} is too much"

    monkeypatch.setitem(LAWS, "emit", Law(st.integers(0, 10_000), check))

    assert main(["--seconds", "1", "--law", "emit", "--seed", "1", "--cases", str(tmp_path)]) == 1

    (file,) = tmp_path.iterdir()
    assert json.loads(file.read_text())["example"] == 100
    assert "BROKEN" in capsys.readouterr().out


def test_law_that_holds_is_tried_until_the_time_is_over() -> None:
    count, found = hunt(Law(st.integers(), lambda number: None), random.Random(1), seconds=0)

    assert found is None
    assert count >= 100


def test_number_of_examples_is_the_same_on_every_machine() -> None:
    count, found = hunt(Law(st.integers(), lambda number: None), random.Random(1), examples=400)

    assert (count, found) == (400, None)
