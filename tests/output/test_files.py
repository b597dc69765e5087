"""Writing files into a folder: what changes, what stays, and what is refused."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from kpy.errors import UsageError, WriteError
from kpy.output.files import Differences, Written, compare, write


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


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

    assert str(error.value) == f"{path!r} is not a path of a file in a folder"
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
