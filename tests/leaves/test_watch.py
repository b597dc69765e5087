"""What is looked at, and whether it has changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpy.watch import is_unchanged, saw_file, saw_folder, saw_place, watching


def test_nobody_watches_most_of_the_time() -> None:
    saw_file("a", b"")
    saw_folder("nowhere")
    saw_place("nowhere")

    with watching() as watch:
        pass

    assert watch.states == {}


def test_content_says_more_than_that_there_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"1")
    with watching() as watch:
        saw_place(str(file))
        saw_file(str(file), b"1")
        saw_place(str(file))

    assert is_unchanged(watch.states)
    file.write_bytes(b"2")
    assert not is_unchanged(watch.states)


def test_file_that_comes_or_goes_is_a_change(tmp_path: Path) -> None:
    file = tmp_path / "a"
    with watching() as absent:
        saw_place(str(file))
    assert is_unchanged(absent.states)
    file.write_bytes(b"1")
    with watching() as there:
        saw_file(str(file), b"1")

    assert not is_unchanged(absent.states)
    file.unlink()
    assert not is_unchanged(there.states)
    file.mkdir()
    assert not is_unchanged(there.states)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_pipe_in_the_place_of_a_file_stops_nobody(tmp_path: Path) -> None:
    file = tmp_path / "a"
    with watching() as watch:
        saw_file(str(file), b"1")
    os.mkfifo(file)

    assert not is_unchanged(watch.states)


def test_folder_is_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "b").symlink_to("c")
    with watching() as watch:
        saw_folder(str(tmp_path))
    assert is_unchanged(watch.states)

    (tmp_path / "b").unlink()
    (tmp_path / "b").symlink_to("d")
    assert not is_unchanged(watch.states)
    (tmp_path / "b").unlink()
    (tmp_path / "b").mkdir()
    assert not is_unchanged(watch.states)


def test_names_that_are_none_are_told_apart_from_files() -> None:
    with watching() as watch:
        saw_place("a\0b")
        saw_folder("a\0b")
        saw_file("c\0d", b"")

    assert not is_unchanged(watch.states)
