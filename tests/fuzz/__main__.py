"""Search for what breaks the laws, for a given time; what is found is kept as a case that the tests try from then on.

python -m tests.fuzz --seconds 60
python -m tests.fuzz --examples 1000 --seed 1   # the same search on every machine
python -m tests.fuzz --seconds 600 --law documents --law emit
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from tests.fuzz.laws import LAWS, Law

__all__ = ["CASES", "Found", "hunt", "main"]

CASES = Path(__file__).parent / "cases"

_ROUND = settings(
    max_examples=200,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
    report_multiple_bugs=False,
)


class Found(NamedTuple):
    """An example that breaks a law, made as small as could be."""

    example: Any
    error: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Search, and return 1 where something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long to search, all laws together")
    parser.add_argument("--examples", type=int, help="how many examples of each law to try, instead of a time")
    parser.add_argument("--law", action="append", choices=sorted(LAWS), help="a law to try; if not given, all")
    parser.add_argument("--seed", type=int, help="where chance begins; if not given, by chance")
    parser.add_argument("--cases", type=Path, default=CASES, help="where to keep what is found")
    given_ = parser.parse_args(arguments)
    os.environ["KPY_CHECK_PASSES"] = "1"
    chance = random.Random(given_.seed)
    names = given_.law or list(LAWS)
    code = 0
    for name in names:
        count, found = hunt(LAWS[name], chance, seconds=given_.seconds / len(names), examples=given_.examples)
        print(f"{name:<10} {count:>8,} examples{'' if found is None else ', BROKEN'}", flush=True)
        if found is not None:
            code = 1
            print(f"    {found.error}\n    kept as {keep(given_.cases, name, found)}")
    return code


def hunt(
    law: Law, chance: random.Random, *, seconds: float = 0, examples: int | None = None
) -> tuple[int, Found | None]:
    """Try a law for some time, or with some examples; return how many were tried, and the smallest that breaks it."""
    count = 0
    last: Any = None

    def check(example: Any) -> None:
        nonlocal count, last
        count += 1
        last = example
        law.check(example)

    end = monotonic() + seconds
    while True:
        attempt = seed(chance.getrandbits(64))(_ROUND(given(law.examples)(check)))
        try:
            attempt()
        except Exception as error:
            return count, Found(last, f"{type(error).__name__}: {error}".partition("\n")[0][:300])
        if (monotonic() > end) if examples is None else (count >= examples):
            return count, None


def keep(folder: Path, name: str, found: Found) -> Path:
    """Write what was found as a case of its own, and return the file."""
    content = json.dumps({"law": name, "error": found.error, "example": found.example}, indent=1) + "\n"
    file = folder / f"{name}-{hashlib.sha256(json.dumps(found.example).encode()).hexdigest()[:10]}.json"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="ascii")
    return file


if __name__ == "__main__":
    sys.exit(main())
