"""Make a release of the tree, and see that a tag is one.

    python -m tools.release 0.2.0 2027-01-31    # the version, the changelog and what pages say to copy; then commit it
    python -m tools.release --check v0.2.0      # is this tag what the tree is? The workflow of a release asks first
    python -m tools.release --notes             # what the changelog says of the version, empty if nothing

The version stands in `kpy/version.py`, and the address of the repository in `pyproject.toml`. Pages and files for CI
name a version that can be copied: `PINNED` has the forms, and a release writes them anew.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools import changelog

__all__ = ["main", "notes", "pinned", "repository", "version"]

ROOT = Path(__file__).resolve().parents[1]
#: What stands before a version that people copy.
PINNED = re.compile(r"(?P<before>/kpy@v|rev: v|kpy-k8s==|KPY_VERSION=)(?P<version>\d[\w.]*\w)")
#: The files that have such versions, as patterns below the top.
PLACES = ("README.md", "Dockerfile", "docs/*.md", "templates/*.yml")
_VERSION = re.compile(r'^VERSION = "([^"]*)"$', re.MULTILINE)
_NUMBER = re.compile(r"\d+\.\d+\.\d+((a|b|rc)\d+)?")


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Release, check or print; return 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("version", nargs="?", help="the version that is released, such as 0.2.0")
    parser.add_argument("date", nargs="?", help="its day, such as 2027-01-31")
    parser.add_argument("--check", metavar="TAG", help="see that the tree is what this tag says")
    parser.add_argument("--notes", action="store_true", help="print what the changelog says of the version")
    given = parser.parse_args(arguments)
    if given.check is not None or given.notes:
        if given.version:
            parser.error("--check and --notes are about the version that the tree has")
        faults = list(_faults(root, given.check)) if given.check is not None else []
        if not faults and given.notes:
            print(notes(root), end="")
    elif not given.version or not given.date:
        parser.error("a release has a version and a date")
    else:
        faults = list(_refusals(root, given.version, given.date))
        if not faults:
            return _release(root, given.version, given.date)
    for fault in faults:
        print(f"release: {fault}", file=sys.stderr)
    return 1 if faults else 0


def version(root: Path = ROOT) -> str:
    """Return the version of a tree."""
    found = _VERSION.search((root / "kpy" / "version.py").read_text(encoding="utf-8"))
    assert found is not None, "kpy/version.py has no VERSION"
    return found[1]


def repository(root: Path = ROOT) -> str:
    """Return the address of the repository."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["urls"]["Repository"])


def pinned(root: Path = ROOT) -> dict[str, list[str]]:
    """Return the versions that can be copied, by the file."""
    found = {path.relative_to(root).as_posix(): path for place in PLACES for path in sorted(root.glob(place))}
    versions = {
        name: [each["version"] for each in PINNED.finditer(path.read_text(encoding="utf-8"))]
        for name, path in found.items()
    }
    return {name: each for name, each in versions.items() if each}


def _release(root: Path, number: str, date: str) -> int:
    """Write a release into the tree: first the changelog, which refuses what it cannot take."""
    if code := changelog.main([number, date], root):
        return code
    for name in pinned(root):
        path = root / name
        text = path.read_text(encoding="utf-8")
        path.write_text(PINNED.sub(lambda found: found["before"] + number, text), encoding="utf-8")
    path = root / "kpy" / "version.py"
    path.write_text(_VERSION.sub(f'VERSION = "{number}"', path.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"release: the tree is {number}; commit it, and tag the commit v{number}", file=sys.stderr)
    return 0


def _refusals(root: Path, number: str, date: str) -> Iterator[str]:
    if not _NUMBER.fullmatch(number):
        yield f"{number!r} is no version: expected three numbers, such as 0.2.0, or 0.2.0rc1"
    try:
        is_day = datetime.date.fromisoformat(date).isoformat() == date
    except ValueError:
        is_day = False
    if not is_day:
        yield f"{date!r} is no day: expected one such as 2027-01-31"
    if f"\n## {number} (" in (root / "CHANGELOG.md").read_text(encoding="utf-8"):
        yield f"CHANGELOG.md has {number} already"


def _faults(root: Path, tag: str) -> Iterator[str]:
    number = version(root)
    if tag != f"v{number}":
        yield f"the tag is {tag!r}, and kpy/version.py says {number}: expected v{number}"
    if not notes(root):
        command = f"python -m tools.release {number} DATE"
        yield f"CHANGELOG.md says nothing of {number}: run {command}, and tag what that makes"
    left = [path.name for path in (root / "changelog.d").glob("*.md") if path.name != "README.md"]
    if left:
        yield f"changelog.d has {len(left)} fragments that no release took in, such as {min(left)}"
    for name, versions in pinned(root).items():
        if wrong := sorted({each for each in versions if each != number}):
            yield f"{name} tells people to use {', '.join(wrong)}, not {number}"
    address = repository(root)
    if "/OWNER/" in address:
        yield f"pyproject.toml: Repository is {address}: write where the repository is"
    elif (here := os.environ.get("GITHUB_REPOSITORY")) and not address.endswith(f"/{here}"):
        yield f"pyproject.toml: Repository is {address}, and this is {here}"


def notes(root: Path = ROOT) -> str:
    """Return what the changelog says of the version; empty where it says nothing."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(version(root))} \(.*\)\n\n?((?:(?!## ).*\n?)*)", text, re.MULTILINE)
    return f"{found[1].strip()}\n" if found is not None and found[1].strip() else ""


if __name__ == "__main__":
    sys.exit(main())
