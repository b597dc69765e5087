"""Nothing outside of the folder is touched, whatever links lie there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpy.errors import WriteError
from kpy.output.files import write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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


def test_folder_may_be_a_link_itself(tmp_path: Path) -> None:
    """It was named, and what was named is meant."""
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")

    write(tmp_path / "out", {"a": b"a"})

    assert (tmp_path / "real/a").read_bytes() == b"a"
