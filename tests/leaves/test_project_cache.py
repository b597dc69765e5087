"""The cache of a project: what is kept there, what is never taken, and that nothing depends on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kpy import project_cache
from kpy.project_cache import ProjectCache


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user of their own, so that no test meets the key of another."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))


def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    return folder


def only_file(folder: Path) -> Path:
    (found,) = (folder / ".kpy" / "cache").iterdir()
    return found


def read(folder: Path, name: str = "lamps") -> tuple[object, list[bytes | None]] | None:
    entry = ProjectCache(str(folder)).read(name)
    return None if entry is None else (entry.facts, [entry.part(0), entry.part(1)])


def test_entry_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder = project(tmp_path)

    assert ProjectCache(str(folder)).store("lamps", {"kind": "Lamp"}, [b"one", b"two"])

    assert read(folder) == ({"kind": "Lamp"}, [b"one", b"two"])
    assert read(folder, "others") is None


def test_git_is_kept_away(tmp_path: Path) -> None:
    folder = project(tmp_path)
    ProjectCache(str(folder)).store("lamps", 1, [])

    assert (folder / ".kpy" / ".gitignore").read_text() == "*\n"


def test_without_a_project_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert not ProjectCache("").store("lamps", 1, [])
    assert ProjectCache("").read("lamps") is None
    assert list(tmp_path.iterdir()) == []


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:30])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _foreign(file: Path) -> None:
    file.write_bytes(b"\x80\x04\x95 not for anybody")


def _changed(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"Lamp", b"Bulb"))


def _huge_head(file: Path) -> None:
    seal = file.read_bytes().split(b" ")[0]
    file.write_bytes(seal + b" 99999999999999999999\n[]")


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _link(file: Path) -> None:
    elsewhere = file.parents[2] / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


SPOILED = (_cut, _empty, _foreign, _changed, _huge_head, _pipe, _link, _folder)


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_spoilt_entry_is_none(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    folder = project(tmp_path)
    ProjectCache(str(folder)).store("lamps", {"kind": "Lamp"}, [b"one", b"two"])
    spoil(only_file(folder))

    assert read(folder) is None


def test_spoilt_part_is_none_and_the_others_stay(tmp_path: Path) -> None:
    folder = project(tmp_path)
    ProjectCache(str(folder)).store("lamps", 1, [b"one", b"two"])
    file = only_file(folder)
    file.write_bytes(file.read_bytes().replace(b"two", b"six"))

    assert read(folder) == (1, [b"one", None])


def test_entry_that_goes_after_it_was_found_has_no_parts(tmp_path: Path) -> None:
    folder = project(tmp_path)
    ProjectCache(str(folder)).store("lamps", 1, [b"one"])
    entry = ProjectCache(str(folder)).read("lamps")
    shutil.rmtree(folder / ".kpy")

    assert entry is not None
    assert entry.part(0) is None
    assert entry.part(7) is None


def test_entry_under_the_name_of_another_is_none(tmp_path: Path) -> None:
    folder = project(tmp_path)
    cache = ProjectCache(str(folder))
    cache.store("lamps", 1, [])
    lamps = only_file(folder)
    cache.store("bulbs", 2, [])
    (bulbs,) = {*(folder / ".kpy" / "cache").iterdir()} - {lamps}
    shutil.copy(bulbs, lamps)

    assert read(folder) is None


def test_entry_of_somebody_else_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout may bring a cache along: whoever wrote it has another key."""
    folder = project(tmp_path)
    ProjectCache(str(folder)).store("lamps", 1, [])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another home"))

    assert read(folder) is None
    assert ProjectCache(str(folder)).store("lamps", 2, [b"", b""])
    assert read(folder) == (2, [b"", b""])


def test_folder_that_is_a_link_is_not_used(tmp_path: Path) -> None:
    folder, elsewhere = project(tmp_path), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / ".kpy").symlink_to(elsewhere)

    assert not ProjectCache(str(folder)).store("lamps", 1, [])
    assert list(elsewhere.iterdir()) == []


def test_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / ".kpy").write_text("a file, so that there can be no folder")

    assert not ProjectCache(str(folder)).store("lamps", 1, [])
    assert read(folder) is None


def test_without_a_place_for_the_key_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    folder = project(tmp_path)

    assert not ProjectCache(str(folder)).store("lamps", 1, [])
    assert list(folder.iterdir()) == []


def test_key_that_others_may_read_is_made_anew(tmp_path: Path) -> None:
    folder = project(tmp_path)
    ProjectCache(str(folder)).store("lamps", 1, [])
    key = tmp_path / "home" / "kpy" / "project-cache.key"
    before = key.read_bytes()
    key.chmod(0o644)

    assert read(folder) is None
    assert key.read_bytes() != before
    assert key.stat().st_mode & 0o077 == 0


def test_many_write_at_once(tmp_path: Path) -> None:
    folder = project(tmp_path)

    def store(number: int) -> bool:
        return ProjectCache(str(folder)).store("lamps", number, [b"x" * 100_000, b""])

    ProjectCache(str(folder)).store("lamps", -1, [])
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(store, range(40)))

    found = read(folder)
    assert found is not None
    assert found[1] == [b"x" * 100_000, b""]
    assert only_file(folder)


def test_cache_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_cache, "MOST_ENTRIES", 3)
    folder = project(tmp_path)
    cache = ProjectCache(str(folder))
    for number in range(5):
        cache.store(f"{number}", number, [])
        file = max((folder / ".kpy" / "cache").iterdir(), key=lambda each: each.stat().st_mtime_ns)
        os.utime(file, (number, number))

    cache.make_room()

    assert [number for number in range(5) if cache.read(f"{number}") is not None] == [2, 3, 4]


def test_too_large_an_entry_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_cache, "_LONGEST_PART", 3)

    assert not ProjectCache(str(project(tmp_path))).store("lamps", 1, [b"four"])
