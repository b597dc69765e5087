"""Which modes files get, keep and are compared without."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kpy.output.files import compare, write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes as POSIX has them")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_file_with_a_secret_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write(tmp_path, {"s": b"s", "a": b"a"}, private={"s"})
    finally:
        os.umask(before)

    assert (mode_of(tmp_path / "s"), mode_of(tmp_path / "a")) == (0o600, 0o644)


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o660, 0o755])
def test_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    write(tmp_path, {"s": b"s", "a": b"a"}, private={"s"})
    for name in ("s", "a", ".kpy-files"):
        (tmp_path / name).chmod(mode)

    write(tmp_path, {"s": b"t", "a": b"b"}, private={"s"})

    assert {mode_of(tmp_path / name) for name in ("s", "a", ".kpy-files")} == {mode}


def test_mode_that_is_said_holds_for_new_old_and_unchanged_files(tmp_path: Path) -> None:
    write(tmp_path, {"s": b"s", "a": b"a"}, private={"s"})

    done = write(tmp_path, {"s": b"s", "a": b"b", "n": b"n"}, private={"s"}, mode=0o640)

    assert [mode_of(tmp_path / name) for name in ("s", "a", "n")] == [0o640] * 3
    assert done.unchanged == ("s",)


def test_comparison_does_not_look_at_modes(tmp_path: Path) -> None:
    write(tmp_path, {"s": b"s"}, private={"s"})
    (tmp_path / "s").chmod(0o666)

    assert not any(compare(tmp_path, {"s": b"s"}))
