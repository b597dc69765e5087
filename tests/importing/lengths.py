"""How long the code of an import is beside its YAML: `python -m tests.importing.lengths FOLDER...`.

Lines count that say something: no comments, no blank lines, no `---`. Texts that the import moves into files of their
own are in neither: they are as long as they were.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from kpy.cli.main import run
from tests.importing.short_forms import in_short_form

__all__ = ["Lengths", "lines_of_python", "lines_of_yaml", "measure"]


class Lengths(NamedTuple):
    """Lines of YAML and of the Python that makes the same, and how many objects are in short form."""

    yaml: int
    python: int
    short: int
    objects: int

    @property
    def shorter(self) -> float:
        """By which share the Python is shorter."""
        return 1 - self.python / self.yaml


def lines_of_yaml(text: str) -> int:
    """Return how many lines of YAML say something."""
    return sum(1 for line in _said(text) if line != "---")


def lines_of_python(text: str) -> int:
    """Return how many lines of Python say something."""
    return sum(1 for _ in _said(text))


def _said(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def measure(folder: Path, *excluded: str) -> Lengths:
    """Import a folder and return how long both are."""
    files = [path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml", ".json")]
    kept = [path for path in files if not any(path.match(pattern) for pattern in excluded)]
    with tempfile.TemporaryDirectory() as beside:
        output = Path(beside) / "app.py"
        words = [word for pattern in excluded for word in ("--exclude", pattern)]
        if run(["import", str(folder), "-o", str(output), *words]):
            raise SystemExit(f"{folder}: it cannot be imported")
        text = output.read_text(encoding="utf-8")
        others = [path for path in Path(beside).rglob("*") if path != output and path.is_file()]
        moved = sum(lines_of_yaml(path.read_text(encoding="utf-8")) for path in others)
    yaml = sum(lines_of_yaml(path.read_text(encoding="utf-8")) for path in kept)
    return Lengths(yaml - moved, lines_of_python(text), *in_short_form(text))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        found = measure(Path(name))
        print(
            f"{name}: {found.yaml} lines of YAML, {found.python} of Python, {found.shorter:.0%} shorter; "
            f"{found.short} of {found.objects} objects in short form"
        )
