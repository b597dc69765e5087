"""Writing files into a folder: what changes, what stays, and what is refused."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from kpy.errors import UsageError, WriteError
from kpy.output import locking
from kpy.output.files import Differences, Written, compare, write
from kpy.output.locking import locked

posix = pytest.mark.skipif(os.name != "posix", reason="modes and links as POSIX has them")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_their_index_are_written(tmp_path: Path) -> None:
    done = write(tmp_path / "deep/out", {"shop.yaml": b"a", "tools/b.yaml": b"b"}, output="shop")

    assert done == Written(changed=("shop.yaml", "tools/b.yaml"), unchanged=(), stale=(), pruned=())
    assert paths(tmp_path / "deep/out") == [".kpy-files", "shop.yaml", "tools", "tools/b.yaml"]
    assert json.loads((tmp_path / "deep/out/.kpy-files").read_text()) == {
        "outputs": {"shop": {"shop.yaml": sha256(b"a").hexdigest(), "tools/b.yaml": sha256(b"b").hexdigest()}}
    }


def test_second_call_touches_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"shop.yaml": b"a"})
    times = {path: path.stat().st_mtime_ns for path in (tmp_path, *tmp_path.iterdir())}

    done = write(tmp_path, {"shop.yaml": b"a"})

    assert done.unchanged == ("shop.yaml",)
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_file_that_is_no_longer_made_is_stale_until_pruned(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"a", "b": b"b"})

    assert write(tmp_path, {"a": b"a"}).stale == ("b",)
    assert write(tmp_path, {"a": b"a"}).stale == ("b",)
    assert write(tmp_path, {"a": b"a"}, prune=True).pruned == ("b",)
    assert paths(tmp_path) == [".kpy-files", "a"]
    assert write(tmp_path, {"a": b"a"}).stale == ()


def test_nothing_is_pruned_for_an_app_that_came_out_empty(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"a"})

    assert write(tmp_path, {}, prune=True).stale == ("a",)
    assert (tmp_path / "a").exists()


def test_stale_file_that_was_edited_is_kept(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"a", "b": b"b"})
    (tmp_path / "b").write_text("mine now")

    done = write(tmp_path, {"a": b"a"}, prune=True)

    assert (done.stale, done.pruned) == (("b",), ())
    assert (tmp_path / "b").read_text() == "mine now"


def test_outputs_in_one_folder_leave_each_other_be(tmp_path: Path) -> None:
    write(tmp_path, {"shop.yaml": b"a", "old.yaml": b"o"}, output="shop")
    write(tmp_path, {"tools.yaml": b"b"}, output="tools", prune=True)

    done = write(tmp_path, {"shop.yaml": b"a"}, output="shop", prune=True)

    assert (done.stale, done.pruned) == ((), ("old.yaml",))
    assert paths(tmp_path) == [".kpy-files", "shop.yaml", "tools.yaml"]
    assert compare(tmp_path, {"tools.yaml": b"b"}, output="tools") == Differences((), (), ())
    assert list(json.loads((tmp_path / ".kpy-files").read_text())["outputs"]) == ["shop", "tools"]


@pytest.mark.parametrize("path", ["shop.yaml", "Shop.yaml"])
def test_file_of_another_output_is_never_overwritten(tmp_path: Path, path: str) -> None:
    write(tmp_path, {"shop.yaml": b"a"}, output="shop")

    with pytest.raises(WriteError) as error:
        write(tmp_path, {path: b"b"}, output="store")

    assert str(error.value) == (
        f"{tmp_path}/{path} is written by the app 'shop' as well as by 'store': choose another folder for one of "
        f"them, or other names for its charts; if the app was renamed, rename it in {tmp_path}/.kpy-files, too; "
        "nothing was changed"
    )
    assert (tmp_path / "shop.yaml").read_bytes() == b"a"


def test_file_that_kpy_did_not_write_is_never_stale(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("by hand")

    assert write(tmp_path, {"a": b"a"}, prune=True).stale == ()
    assert (tmp_path / "b").exists()


def test_file_that_kpy_did_not_write_is_never_overwritten(tmp_path: Path) -> None:
    """Nothing else is written either."""
    (tmp_path / "tools.yaml").write_text("by hand")
    (tmp_path / "shop.yaml").write_text("mine")
    before = snapshot(tmp_path)

    with pytest.raises(WriteError) as error:
        write(tmp_path, {f"{name}.yaml": b"a" for name in ("more", "shop", "tools")})

    assert str(error.value) == (
        f"{tmp_path}/shop.yaml and {tmp_path}/tools.yaml are there and kpy did not write them: "
        "choose another folder, or move them away; nothing was changed"
    )
    assert snapshot(tmp_path) == before


def test_equal_file_without_an_index_is_taken_over(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"a"})
    (tmp_path / ".kpy-files").unlink()

    assert write(tmp_path, {"a": b"a"}).unchanged == ("a",)
    assert write(tmp_path, {"a": b"b"}).changed == ("a",)


def test_file_of_kpy_that_was_edited_is_written_again_and_named(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"a"})
    (tmp_path / "a").write_text("edited")

    done = write(tmp_path, {"a": b"b"})

    assert (done.changed, done.edited) == (("a",), ("a",))
    assert write(tmp_path, {"a": b"c"}).edited == ()


def test_folders_of_pruned_files_go_when_they_are_empty(tmp_path: Path) -> None:
    write(tmp_path, {"x/y/a": b"a", "z/a": b"a", "b": b"b"})
    (tmp_path / "z/mine").touch()

    write(tmp_path, {"b": b"b"}, prune=True)

    assert paths(tmp_path) == [".kpy-files", "b", "z", "z/mine"]


def test_comparison_tells_missing_different_and_stale(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(("gone", "edited", "same", "old"), b"a"))
    (tmp_path / "gone").unlink()
    (tmp_path / "edited").write_text("edited")
    before = snapshot(tmp_path)

    found = compare(tmp_path, dict.fromkeys(("gone", "edited", "same"), b"a"))

    assert found == Differences(missing=("gone",), different=("edited",), stale=("old",))
    assert snapshot(tmp_path) == before


def test_comparison_makes_no_folder(tmp_path: Path) -> None:
    assert compare(tmp_path / "out", {"a": b"a"}).missing == ("a",)
    assert paths(tmp_path) == []


@pytest.mark.parametrize("path", ["", "/a", "../a", "a/../b", "a//b", "./a", "C:/a", "a\\..\\b", "a\0", ".kpy-files"])
def test_path_that_leaves_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError) as error:
        write(tmp_path / "out", {path: b"a"})

    assert str(error.value) == f"{path!r} is no path of a file in a folder"
    assert paths(tmp_path) == []


# Failures half way


def fail(number: int, code: int, real: Callable[..., object]) -> Callable[..., object]:
    """Return the function, failing at one of its calls."""
    calls = iter(range(1000))

    def function(*args: object, **kwargs: object) -> object:
        if next(calls) == number:
            raise OSError(code, {errno.ENOSPC: "No space left on device", errno.EACCES: "Permission denied"}[code])
        return real(*args, **kwargs)

    return function


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("operation", ["open", "replace", "unlink", "mkdir"])
def test_failure_half_way_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, number: int
) -> None:
    write(tmp_path, {"a": b"a", "old": b"o", "x/y": b"y"})
    (tmp_path / "empty").mkdir()
    before = snapshot(tmp_path), paths(tmp_path)
    wanted = {"a": b"b", "new": b"n", "deep/er/new": b"n", "empty/new": b"n"}

    with monkeypatch.context() as patch:
        patch.setattr(os, operation, fail(number, errno.ENOSPC, getattr(os, operation)))
        said = ""
        try:
            write(tmp_path, wanted, prune=True)
        except WriteError as error:
            said = str(error)

    if said:
        assert said.endswith("cannot be written: No space left on device; nothing was changed")
        assert (snapshot(tmp_path), paths(tmp_path)) == before
    write(tmp_path, wanted, prune=True)
    assert paths(tmp_path) == [".kpy-files", "a", "deep", "deep/er", "deep/er/new", "empty", "empty/new", "new"]


def test_failure_of_the_first_write_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "open", fail(1, errno.ENOSPC, os.open))

    with pytest.raises(WriteError):
        write(tmp_path / "deep/out", {"a": b"a"})

    assert paths(tmp_path) == []


def test_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")

    with pytest.raises(WriteError) as error:
        write(tmp_path / "out", {"a": b"a"})

    assert str(error.value) == f"{tmp_path}/out cannot be written: Not a directory; nothing was changed"
    assert (tmp_path / "out").read_text() == "a file"


def test_folder_whose_name_is_too_long_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"cannot be written: File name too long; nothing was changed$"):
        write(tmp_path / ("x" * 300), {"a": b"a"})

    assert compare(tmp_path / ("x" * 300), {"a": b"a"}).missing == ("a",)


def test_folder_in_the_place_of_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    with pytest.raises(WriteError) as error:
        write(tmp_path, {"a": b"a"})

    assert str(error.value) == f"{tmp_path}/a cannot be written: it is a folder; nothing was changed"
    assert paths(tmp_path) == ["a"]


@pytest.mark.parametrize(
    "index",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"outputs": []}',
        '{"outputs": {"a": {"../../etc/passwd": ""}}}',
        '{"outputs": {"a": {"/a": ""}}}',
        '{"outputs": {"a": {"b": 1}}}',
    ],
)
def test_index_that_is_not_kpys_is_refused(tmp_path: Path, index: str) -> None:
    (tmp_path / ".kpy-files").write_text(index)

    with pytest.raises(WriteError) as error:
        write(tmp_path, {"a": b"a"}, prune=True)

    assert str(error.value) == f"{tmp_path}/.kpy-files is not as kpy wrote it: restore it, or remove it"
    assert paths(tmp_path) == [".kpy-files"]


# Links


@posix
@pytest.mark.parametrize("target", ["folder", "file", "nothing"])
def test_nothing_is_written_through_a_link(tmp_path: Path, target: str) -> None:
    outside, root = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    root.mkdir()
    (outside / "a").write_text("precious")
    link = root / ("x" if target == "folder" else "a")
    link.symlink_to({"folder": outside, "file": outside / "a", "nothing": outside / "b"}[target])
    path = "x/a" if target == "folder" else "a"

    with pytest.raises(WriteError) as error:
        write(root, {path: b"new", "other": b"o"})

    assert str(error.value) == (
        f"{root / path} cannot be written: {link} is a symbolic link, and kpy writes nothing through links: "
        "remove it, or choose another folder; nothing was changed"
    )
    assert snapshot(outside) == {"a": b"precious"}
    assert sorted(path.name for path in root.iterdir()) == [link.name]


@posix
def test_nothing_is_pruned_through_a_link(tmp_path: Path) -> None:
    """Even if the index says that kpy wrote it, with the right hash."""
    outside, root = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    (outside / "p.yaml").write_text("precious")
    write(root, {"l/p.yaml": b"precious", "a": b"a"})
    (root / "l/p.yaml").unlink()
    (root / "l").rmdir()
    (root / "l").symlink_to(outside)

    done = write(root, {"a": b"a"}, prune=True)

    assert (done.stale, done.pruned) == ((), ())
    assert snapshot(outside) == {"p.yaml": b"precious"}


@posix
@pytest.mark.parametrize("name", [".kpy-files", ".kpy-staging"])
def test_link_in_the_place_of_kpys_own_files_is_refused(tmp_path: Path, name: str) -> None:
    outside, root = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    root.mkdir()
    (outside / "journal").write_text("[]")
    (root / name).symlink_to(outside / "journal" if name.endswith("files") else outside)

    with pytest.raises(WriteError):
        write(root, {"a": b"a"}, prune=True)

    assert snapshot(outside) == {"journal": b"[]"}
    assert sorted(path.name for path in root.iterdir()) == [name]


@posix
def test_folder_may_be_a_link_itself(tmp_path: Path) -> None:
    """It was named, and what was named is meant."""
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")

    write(tmp_path / "out", {"a": b"a"})

    assert (tmp_path / "real/a").read_bytes() == b"a"


# Modes


@posix
def test_new_file_with_a_secret_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write(tmp_path, {"s": b"s", "a": b"a"}, private={"s"})
    finally:
        os.umask(before)

    assert (mode_of(tmp_path / "s"), mode_of(tmp_path / "a")) == (0o600, 0o644)


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o660, 0o755])
def test_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    write(tmp_path, {"s": b"s", "a": b"a"}, private={"s"})
    for name in ("s", "a", ".kpy-files"):
        (tmp_path / name).chmod(mode)

    write(tmp_path, {"s": b"t", "a": b"b"}, private={"s"})

    assert {mode_of(tmp_path / name) for name in ("s", "a", ".kpy-files")} == {mode}


@posix
def test_mode_that_is_said_holds_for_new_old_and_unchanged_files(tmp_path: Path) -> None:
    write(tmp_path, {"s": b"s", "a": b"a"}, private={"s"})

    done = write(tmp_path, {"s": b"s", "a": b"b", "n": b"n"}, private={"s"}, mode=0o640)

    assert [mode_of(tmp_path / name) for name in ("s", "a", "n")] == [0o640] * 3
    assert done.unchanged == ("s",)


@posix
def test_comparison_does_not_look_at_modes(tmp_path: Path) -> None:
    write(tmp_path, {"s": b"s"}, private={"s"})
    (tmp_path / "s").chmod(0o666)

    assert not any(compare(tmp_path, {"s": b"s"}))


# Others at work


@posix
def test_other_kpy_is_waited_for(tmp_path: Path) -> None:
    with locked(tmp_path):
        other = Thread(target=write, args=(tmp_path, {"a": b"a"}))
        other.start()
        other.join(0.2)
        assert paths(tmp_path) == []

    other.join(20)
    assert paths(tmp_path) == [".kpy-files", "a"]


@posix
def test_other_kpy_that_does_not_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "PATIENCE", 0.05)

    with locked(tmp_path), pytest.raises(WriteError) as error:
        write(tmp_path, {"a": b"a"})

    assert str(error.value) == (
        f"{tmp_path}: another kpy has been writing there for 0.05 seconds: wait until it is done; nothing was changed"
    )


@posix
def test_apps_that_are_written_at_once_all_get_into_the_index(tmp_path: Path) -> None:
    threads = [
        Thread(target=write, args=(tmp_path, {f"{name}.yaml": b"a"}), kwargs={"output": name}) for name in "abcdefgh"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(json.loads((tmp_path / ".kpy-files").read_text())["outputs"]) == list("abcdefgh")


def test_nothing_beside_the_files_looks_like_a_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`kubectl apply -f DIR` takes every file by its ending, hidden ones too, and so does Argo CD."""
    seen: set[str] = set()
    real = os.replace

    def replace(*args: object) -> None:
        seen.update(paths(tmp_path))
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", replace)
    write(tmp_path, {"a.yaml": b"a"})
    write(tmp_path, {"a.yaml": b"b", "c.json": b"c"})

    assert len(seen) > 8
    assert {path for path in seen if path.endswith((".yaml", ".yml", ".json"))} == {"a.yaml", "c.json"}
