"""Print the lowest versions that `pyproject.toml` allows, a requirement a line, of what the tests need.

    python -m tools.lowest > lowest.txt && pip install -r lowest.txt && pip install --no-deps -e .

`make check` runs the tests with them, so that a lower bound is a promise that was tried. The packages that code is
generated from are no part of it: they are data, and one of them wants newer libraries than kpy does.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

__all__ = ["extra_of", "lowest"]

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
#: What looks at the code and is not a part of running it.
_LOOKS_ONLY = ("mypy", "pre-commit", "pyright", "ruff", "types-")


def lowest(pyproject: str) -> list[str]:
    """Return `name==version` for each requirement, sorted. Raises `ValueError` for one without a lower bound."""
    project = tomllib.loads(pyproject)["project"]
    extras = {name: wanted for name, wanted in project["optional-dependencies"].items() if name != "codegen"}
    wanted = [*project["dependencies"], *(each for extra in extras.values() for each in extra)]
    return sorted({_pinned(each) for each in wanted if not each.startswith((*_LOOKS_ONLY, f"{project['name']}["))})


def extra_of(pyproject: Path, extra: str) -> list[str]:
    """Return what an extra of a project wants."""
    wanted = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["optional-dependencies"][extra]
    return [str(each) for each in wanted]


def _pinned(requirement: str) -> str:
    found = re.fullmatch(r"([\w.-]+(?:\[[\w,-]+\])?)\s*(?:>=|==)\s*([\w.]+)(,.*)?", requirement)
    if found is None:
        raise ValueError(f"{requirement!r} has no lower bound: write `name>=version`")
    return f"{found[1]}=={found[2]}"


if __name__ == "__main__":
    print("\n".join(lowest(PYPROJECT.read_text(encoding="utf-8"))))
