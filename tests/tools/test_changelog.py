"""Fragments of the changelog, and the release that they become."""

from pathlib import Path

import pytest

from tools.changelog import ROOT, main

BEFORE = """\
# Changelog

How it is written.

## Unreleased

### Added

- What stood here before.

## 0.1.0 (2026-01-01)

### Added

- All of it.
"""
AFTER = """\
# Changelog

How it is written.

## Unreleased

## 0.2.0 (2027-01-31)

### Added

- What stood here before.
- `kpy graph` draws
  pictures.

### Fixed

- Ports of a peer.
- Quantities below zero.

## 0.1.0 (2026-01-01)

### Added

- All of it.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with a changelog and three changes."""
    folder = tmp_path / "changelog.d"
    folder.mkdir()
    (tmp_path / "CHANGELOG.md").write_text(BEFORE)
    (folder / "graph.added.md").write_text("`kpy graph` draws\npictures.\n")
    (folder / "quantities.fixed.md").write_text("Quantities below zero.\n")
    (folder / "ports.fixed.md").write_text("Ports of a peer.\n")
    return tmp_path


def test_release_takes_the_fragments_in(root: Path) -> None:
    assert main(["0.2.0", "2027-01-31"], root) == 0

    assert (root / "CHANGELOG.md").read_text() == AFTER
    assert list((root / "changelog.d").iterdir()) == []


def test_without_a_version_the_next_release_is_shown(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], root) == 0

    assert capsys.readouterr().out == (
        "### Added\n\n- `kpy graph` draws\n  pictures.\n\n### Fixed\n\n- Ports of a peer.\n- Quantities below zero.\n"
    )
    assert (root / "CHANGELOG.md").read_text() == BEFORE
    assert len(list((root / "changelog.d").iterdir())) == 3


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("ports.md", "Ports.", "changelog.d/ports.md: expected <topic>.<added|changed|fixed|removed>.md"),
        ("ports.new.md", "Ports.", "changelog.d/ports.new.md: expected <topic>.<added|changed|fixed|removed>.md"),
        (
            "ports.added.md",
            "\n",
            "changelog.d/ports.added.md: is empty; say what people can do now, in a sentence or two",
        ),
        (
            "ports.added.md",
            "- Ports.",
            "changelog.d/ports.added.md: write sentences; the heading and the dash are added at a release",
        ),
    ],
)
def test_fragment_that_cannot_be_taken_in_is_refused(
    name: str, text: str, expected: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "changelog.d" / name).write_text(text)

    assert main(["0.2.0", "2027-01-31"], root) == 1
    assert capsys.readouterr().err == f"{expected}\n"
    assert (root / "CHANGELOG.md").read_text() == BEFORE


def test_own_fragments_are_as_they_should_be() -> None:
    assert main(["--check"], ROOT) == 0
