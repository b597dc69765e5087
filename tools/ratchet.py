"""Hold what the tests cover: it may rise and must not fall.

    python -m tools.ratchet coverage.json     # compare the report of `coverage json` with the floor
    python -m tools.ratchet coverage.json --raise

The floor stands in `tests/coverage.toml`, in percent of the lines and of the branches of the package, generated code
left out. `--raise` writes what was reached, where that is more.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

__all__ = ["faults", "main"]

FLOOR = Path(__file__).resolve().parents[1] / "tests" / "coverage.toml"
#: What may vary from run to run and machine to machine, in percent.
_SLACK = 0.1
#: How far the floor may lie below what is reached before it has to be raised.
_ROOM = 1.0
_HEAD = "# What the tests cover at least, in percent; `make coverage-floor` raises it.\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, or raise the floor; return 1 where less is covered, or so much more that the floor holds nothing."""
    parser = argparse.ArgumentParser(prog="python -m tools.ratchet", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("report", type=Path, help="what `coverage json` wrote")
    parser.add_argument("--raise", action="store_true", dest="is_raised", help="write what was reached as the floor")
    given = parser.parse_args(arguments)
    totals = json.loads(given.report.read_text(encoding="utf-8"))["totals"]
    reached = {"lines": totals["percent_statements_covered"], "branches": totals["percent_branches_covered"]}
    floor = tomllib.loads(FLOOR.read_text(encoding="utf-8"))
    if given.is_raised:
        floor = {name: max(floor.get(name, 0.0), math.floor(value * 10) / 10) for name, value in reached.items()}
        FLOOR.write_text(_HEAD + "".join(f"{name} = {value}\n" for name, value in floor.items()), encoding="utf-8")
    print("coverage: " + ", ".join(f"{value:.2f} % of the {name}" for name, value in reached.items()))
    found = faults(reached, floor)
    for fault in found:
        print(f"coverage: {fault}", file=sys.stderr)
    return 1 if found else 0


def faults(reached: dict[str, float], floor: dict[str, float]) -> list[str]:
    """Return what is wrong with the coverage, in sentences."""
    found = []
    for name, value in reached.items():
        if value < floor[name] - _SLACK:
            found.append(f"{value:.2f} % of the {name} are covered, and {floor[name]} % were: test what was added")
        elif value > floor[name] + _ROOM:
            found.append(
                f"{value:.2f} % of the {name} are covered, far above the floor of {floor[name]} %: "
                "run `make coverage-floor` and commit tests/coverage.toml"
            )
    return found


if __name__ == "__main__":
    sys.exit(main())
