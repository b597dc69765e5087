"""Lines of source below findings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpy.reporting.excerpts import Excerpts
from kpy.source import Location


def excerpt(file: Path | str, line: int, column: int = 0) -> str:
    return Excerpts({}).of(Location(str(file), line, column))


def test_line_and_caret(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: 1\n  b: \x1b2\n")

    assert excerpt(file, 2, 6) == "    2 | b:  2\n      |    ^"
    assert excerpt(file, 1) == "    1 | a: 1"
    assert excerpt(file, 9) == ""


def test_long_line_is_cut_around_the_place() -> None:
    text = "a" * 1_000_000 + "X" + "b" * 1_000_000
    shown = Excerpts({"-": text}).of(Location("-", 1, 1_000_001))

    assert shown == "    1 | " + "a" * 50 + "X" + "b" * 49 + "\n      | " + " " * 50 + "^"


def test_file_in_utf_16_is_read_as_such(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: ä\n", encoding="utf-16")

    assert excerpt(file, 1) == "    1 | a: ä"


def test_pipe_is_not_opened_a_second_time(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)

    assert excerpt(pipe, 1) == ""


def test_device_without_an_end_is_not_read() -> None:
    assert excerpt("/dev/zero", 1) == ""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "folder"
    (folder / ".git").mkdir(parents=True)
    (folder / "base").mkdir()
    for file in (tmp_path / "secret", folder / ".git" / "config", folder / "base" / "a.yaml"):
        file.write_text("text\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("target", ["../secret", ".git/config"])
def test_link_that_leads_away_is_not_shown(folder: Path, target: str) -> None:
    (folder / "link.yaml").symlink_to(target)

    assert excerpt("link.yaml", 1) == ""
    assert excerpt(folder / "link.yaml", 1) == ""


def test_link_within_the_folder_is_shown(folder: Path) -> None:
    (folder / "over").mkdir()
    (folder / "over" / "link.yaml").symlink_to("../base/a.yaml")

    assert excerpt("over/link.yaml", 1) == "    1 | text"


def test_line_that_a_ci_system_would_obey_is_broken_up() -> None:
    assert Excerpts({"-": "a ##[error]b"}).of(Location("-", 1)) == "    1 | a # [error]b"
