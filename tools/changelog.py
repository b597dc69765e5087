"""Assemble `CHANGELOG.md` from the fragments in `changelog.d`, one file a change.

    python -m tools.changelog --check         # are all fragments named and written as they should be?
    python -m tools.changelog                 # print what the next release says
    python -m tools.changelog 0.2.0 2027-01-31    # at a release: write it, and remove the fragments

A fragment is `changelog.d/<topic>.<added|changed|fixed|removed>.md`, one or two sentences for people who use kpy.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

__all__ = ["assembled", "main", "released"]

ROOT = Path(__file__).resolve().parents[1]
SECTIONS = ("added", "changed", "fixed", "removed")
_UNRELEASED = "## Unreleased"


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Check, print or write; return 1 where a fragment is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tools.changelog", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("version", nargs="?", help="the version that is released")
    parser.add_argument("date", nargs="?", help="its day, such as 2027-01-31")
    parser.add_argument("--check", action="store_true", help="look at the fragments only")
    given = parser.parse_args(arguments)
    if bool(given.version) != bool(given.date):
        parser.error("a release has a version and a date")
    fragments = sorted(path for path in (root / "changelog.d").iterdir() if path.name != "README.md")
    wrong = [fault for path in fragments if (fault := _fault(path))]
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        return 1
    if given.check:
        return 0
    changelog = root / "CHANGELOG.md"
    if not given.version:
        print(assembled(fragments), end="")
        return 0
    text = released(changelog.read_text(encoding="utf-8"), fragments, given.version, given.date)
    changelog.write_text(text, encoding="utf-8")
    for path in fragments:
        path.unlink()
    return 0


def assembled(fragments: Sequence[Path], unreleased: str = "") -> str:
    """Return the sections of a release, sorted by kind and topic, below what `CHANGELOG.md` has as unreleased."""
    before = {part.partition("\n")[0].lower(): part.partition("\n")[2].strip() for part in unreleased.split("### ")[1:]}
    parts = []
    for section in SECTIONS:
        texts = [_item(path.read_text(encoding="utf-8")) for path in fragments if _section(path) == section]
        items = "\n".join(filter(None, [before.get(section, ""), *texts]))
        if items:
            parts.append(f"### {section.capitalize()}\n\n{items}\n")
    return "\n".join(parts)


def released(changelog: str, fragments: Sequence[Path], version: str, date: str) -> str:
    """Return the changelog with a version above those of before, and nothing unreleased."""
    head, _, rest = changelog.partition(f"{_UNRELEASED}\n")
    unreleased, mark, older = rest.partition("\n## ")
    new = f"{head}{_UNRELEASED}\n\n## {version} ({date})\n\n{assembled(fragments, unreleased)}"
    return f"{new}{mark}{older}"


def _section(path: Path) -> str:
    return path.name.removesuffix(".md").rpartition(".")[2]


def _item(text: str) -> str:
    return textwrap.indent(text.strip(), "  ").replace("  ", "- ", 1)


def _fault(path: Path) -> str:
    """Return what is wrong with a fragment, in a sentence; nothing where it is good."""
    topic, _, section = path.name.removesuffix(".md").rpartition(".")
    if not path.name.endswith(".md") or not topic or section not in SECTIONS:
        return f"changelog.d/{path.name}: expected <topic>.<{'|'.join(SECTIONS)}>.md"
    text = path.read_text(encoding="utf-8").strip()
    if not text:
        return f"changelog.d/{path.name}: is empty; say what people can do now, in a sentence or two"
    if text.startswith(("#", "-", "*")):
        return f"changelog.d/{path.name}: write sentences; the heading and the dash are added at a release"
    return ""


if __name__ == "__main__":
    sys.exit(main())
