"""A release of the tree, and the tag that is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kpy.version
from tools.release import ROOT, main, pinned, repository, version

CHANGELOG = "# Changelog\n\n## Unreleased\n\n## 0.1.0 (2026-01-01)\n\n### Added\n\n- All of it.\n"
PAGE = """\
- uses: ACME/kpy@v0.1.0
- uses: actions/checkout@v7
rev: v0.1.0
docker build --build-arg KPY_VERSION=0.1.0 .
Since 0.1.0 it is so.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a tree of version 0.1.0 with a change."""
    files = {
        "kpy/version.py": '"""It."""\n\nVERSION = "0.1.0"\n',
        "pyproject.toml": '[project.urls]\nRepository = "https://github.com/ACME/kpy"\n',
        "CHANGELOG.md": CHANGELOG,
        "changelog.d/graph.added.md": "Pictures.\n",
        "docs/ci.md": PAGE,
        "README.md": "pip install kpy-k8s\n",
        "templates/kpy.yml": '- pip install "kpy-k8s==0.1.0"\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def faults(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.removeprefix("release: ") for line in capsys.readouterr().err.splitlines()]


def test_release_is_written_in_every_place_and_is_its_tag(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "ACME/kpy")

    assert main(["0.2.0", "2027-01-31"], root) == 0
    assert faults(capsys) == ["the tree is 0.2.0; commit it, and tag the commit v0.2.0"]

    assert version(root) == "0.2.0"
    assert pinned(root) == {"docs/ci.md": ["0.2.0"] * 3, "templates/kpy.yml": ["0.2.0"]}
    assert (root / "docs/ci.md").read_text().endswith("KPY_VERSION=0.2.0 .\nSince 0.1.0 it is so.\n")
    assert "actions/checkout@v7\n" in (root / "docs/ci.md").read_text()
    assert list((root / "changelog.d").iterdir()) == []
    assert main(["--check", "v0.2.0", "--notes"], root) == 0
    assert capsys.readouterr().out == "### Added\n\n- Pictures.\n"


def test_tag_that_is_not_the_tree_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "fork/kpy")
    (root / "kpy/version.py").write_text('VERSION = "0.2.0"\n')

    assert main(["--check", "v0.3.0"], root) == 1
    assert faults(capsys) == [
        "the tag is 'v0.3.0', and kpy/version.py says 0.2.0: expected v0.2.0",
        "CHANGELOG.md says nothing of 0.2.0: run python -m tools.release 0.2.0 DATE, and tag what that makes",
        "changelog.d has 1 fragments that no release took in, such as graph.added.md",
        "docs/ci.md tells people to use 0.1.0, not 0.2.0",
        "templates/kpy.yml tells people to use 0.1.0, not 0.2.0",
        "pyproject.toml: Repository is https://github.com/ACME/kpy, and this is fork/kpy",
    ]


def test_tree_whose_repository_is_not_named_is_no_release(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "pyproject.toml").write_text('[project.urls]\nRepository = "https://github.com/OWNER/kpy"\n')
    (root / "changelog.d/graph.added.md").unlink()

    assert main(["--check", "v0.1.0"], root) == 1
    assert faults(capsys) == [
        "pyproject.toml: Repository is https://github.com/OWNER/kpy: write where the repository is"
    ]


def test_notes_are_those_of_the_version(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--notes"], root) == 0
    assert capsys.readouterr().out == "### Added\n\n- All of it.\n"

    (root / "kpy/version.py").write_text('VERSION = "0.9.0"\n')
    assert main(["--notes"], root) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("number", "date", "expected"),
    [
        ("0.2", "2027-01-31", ["'0.2' is no version: expected three numbers, such as 0.2.0, or 0.2.0rc1"]),
        ("0.2.0rc1", "31.1.2027", ["'31.1.2027' is no day: expected one such as 2027-01-31"]),
        ("0.2.0", "20270131", ["'20270131' is no day: expected one such as 2027-01-31"]),
        ("0.1.0", "2027-01-31", ["CHANGELOG.md has 0.1.0 already"]),
    ],
)
def test_what_cannot_be_a_release_changes_nothing(
    number: str, date: str, expected: list[str], root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_text() for path in root.rglob("*.*") if path.is_file()}

    assert main([number, date], root) == 1

    assert faults(capsys) == expected
    assert {path: path.read_text() for path in root.rglob("*.*") if path.is_file()} == before


def test_fragment_that_cannot_be_taken_in_stops_the_release(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "changelog.d/graph.new.md").write_text("Pictures.\n")

    assert main(["0.2.0", "2027-01-31"], root) == 1
    assert version(root) == "0.1.0"


@pytest.mark.parametrize("words", [[], ["0.2.0"], ["0.2.0", "2027-01-31", "--notes"]])
def test_half_a_call_is_refused(words: list[str], root: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        main(words, root)

    assert stop.value.code == 2


def test_version_of_the_tree_stands_once() -> None:
    assert version() == kpy.version.VERSION
    assert {each for versions in pinned().values() for each in versions} == {version()}
    assert 'dynamic = ["readme", "version"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_pages_name_one_repository() -> None:
    owner = repository().removeprefix("https://github.com/").removesuffix("/kpy")
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

    address = re.compile(r"(?<![.\w])([\w-]+)/kpy(?:\b|/kpy)(?:@v|\n| )")
    named = {owner for page in pages for owner in address.findall(page.read_text("utf-8"))}

    assert named <= {owner}
