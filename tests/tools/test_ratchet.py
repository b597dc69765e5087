"""The floor of what the tests cover."""

import json
from pathlib import Path

import pytest

from tools import ratchet
from tools.ratchet import main


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file with the floor, of 90 percent of the lines and 80 of the branches."""
    path = tmp_path / "coverage.toml"
    path.write_text("lines = 90.0\nbranches = 80.0\n")
    monkeypatch.setattr(ratchet, "FLOOR", path)
    return path


def report(folder: Path, lines: float, branches: float) -> str:
    path = folder / "coverage.json"
    path.write_text(json.dumps({"totals": {"percent_statements_covered": lines, "percent_branches_covered": branches}}))
    return str(path)


@pytest.mark.parametrize(
    ("lines", "branches", "expected"),
    [
        (90.0, 80.9, ""),
        (89.95, 79.95, ""),
        (89.5, 80.0, "coverage: 89.50 % of the lines are covered, and 90.0 % were: test what was added\n"),
        (90.0, 79.8, "coverage: 79.80 % of the branches are covered, and 80.0 % were: test what was added\n"),
        (
            90.0,
            82.0,
            "coverage: 82.00 % of the branches are covered, far above the floor of 80.0 %: run `make coverage-floor` "
            "and commit tests/coverage.toml\n",
        ),
    ],
)
@pytest.mark.usefixtures("floor")
def test_coverage_may_not_fall_and_the_floor_follows_it(
    lines: float, branches: float, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([report(tmp_path, lines, branches)]) == (1 if expected else 0)
    assert capsys.readouterr().err == expected


def test_floor_is_raised_and_never_lowered(floor: Path, tmp_path: Path) -> None:
    assert main([report(tmp_path, 95.67, 70.0), "--raise"]) == 1

    assert floor.read_text() == (
        "# What the tests cover at least, in percent; `make coverage-floor` raises it.\nlines = 95.6\nbranches = 80.0\n"
    )
