"""One kpy at a time in a folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import Thread

import pytest

from kpy.errors import WriteError
from kpy.output import locking
from kpy.output.files import write
from kpy.output.locking import locked

pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks as POSIX has them")


def paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_other_kpy_is_waited_for(tmp_path: Path) -> None:
    with locked(tmp_path):
        other = Thread(target=write, args=(tmp_path, {"a": b"a"}))
        other.start()
        other.join(0.2)
        assert paths(tmp_path) == []

    other.join(20)
    assert paths(tmp_path) == [".kpy-files", "a"]


def test_other_kpy_that_does_not_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "PATIENCE", 0.05)

    with locked(tmp_path), pytest.raises(WriteError) as error:
        write(tmp_path, {"a": b"a"})

    assert str(error.value) == (
        f"{tmp_path}: another kpy has been writing there for 0.05 seconds: wait until it is done; nothing was changed"
    )


def test_apps_that_are_written_at_once_all_get_into_the_index(tmp_path: Path) -> None:
    threads = [
        Thread(target=write, args=(tmp_path, {f"{name}.yaml": b"a"}), kwargs={"output": name}) for name in "abcdefgh"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(json.loads((tmp_path / ".kpy-files").read_text())["outputs"]) == list("abcdefgh")
