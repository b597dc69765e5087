"""Files and folders of documents: what is read of them, and what is said of those that are not."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest

from kpy.documents import files as documents_files
from kpy.documents import find_files, read_bytes, read_file


def test_folder_is_searched_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ["b.yml", "a.yaml", "c/d.json", "c/e.txt", ".git/f.yaml", ".g.yaml"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")

    assert [Path(path).relative_to(tmp_path).as_posix() for path in find_files(str(tmp_path))] == [
        "a.yaml",
        "b.yml",
        "c/d.json",
    ]


@pytest.mark.parametrize(
    "content", ["a: é".encode(), b"\xef\xbb\xbfa: \xc3\xa9", b"\xfe\xff" + "a: é\n".encode("utf-16-be")]
)
def test_encodings_of_yaml_are_read(content: bytes) -> None:
    assert [document.tree for document in read_bytes(io.BytesIO(content), "f").documents] == [{"a": "é"}]


@pytest.mark.parametrize("content", ["a: é\n".encode("utf-16"), b"\xfe\xff" + "a: é".encode("utf-16-be")])
def test_encodings_that_kubectl_does_not_read_are_refused(content: bytes) -> None:
    (found,) = read_bytes(io.BytesIO(content), "f").errors

    assert (found.rule, found.message, found.fix) == (
        "file-not-text",
        "the file is UTF-16, which kubectl does not read",
        "save it as UTF-8",
    )


def test_binary_file_is_an_error_with_the_place() -> None:
    (found,) = read_bytes(io.BytesIO(b"a: 1\nb: \xff\xfe"), "f").errors

    assert (found.rule, str(found.where)) == ("file-not-text", "f:2")
    assert found.message == "the file is not text: byte 0xff at offset 8 is not utf-8"


def test_archive_is_no_text() -> None:
    (found,) = read_bytes(io.BytesIO(b"charts/" + b"\0" * 500), "a.tgz").errors

    assert (found.rule, found.message, found.fix) == (
        "file-not-text",
        "the file is not text",
        "name a file of YAML or JSON",
    )


def test_file_that_is_too_big_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents_files, "_MAX_BYTES", 1 << 20)

    (found,) = read_bytes(io.BytesIO(b"#" * ((1 << 20) + 1)), "f").errors

    assert (found.rule, found.message, found.fix) == ("file-too-big", "the file has more than 1 MiB", "split it")


def test_unreadable_file_is_an_error_with_the_reason(tmp_path: Path) -> None:
    (found,) = read_file(str(tmp_path / "none.yaml")).errors

    assert (found.rule, found.message) == ("file-unreadable", "the file cannot be read: No such file or directory")


def test_folder_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rights of a folder do not bind root, as whom tests may run."""
    (tmp_path / "a.yaml").write_text("a: 1\n")
    (tmp_path / "locked").mkdir()
    scandir, listdir = os.scandir, os.listdir

    def refusing(look: Any) -> Any:
        def looked(path: str) -> Any:
            if str(path).endswith("locked"):
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return look(path)

        return looked

    monkeypatch.setattr(os, "scandir", refusing(scandir))
    monkeypatch.setattr(os, "listdir", refusing(listdir))
    readings = [read_file(file) for file in find_files(str(tmp_path))]

    assert [len(reading.documents) for reading in readings] == [1, 0]
    (error,) = readings[1].errors
    assert (error.rule, error.severity) == ("file-unreadable", "error")
    assert error.message == "the folder cannot be read: Permission denied"


def test_link_to_a_folder_is_not_followed_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "there").symlink_to(tmp_path)
    (reading,) = [read_file(file) for file in find_files(str(tmp_path / "here"))]

    assert reading.documents == []
    assert [(each.rule, each.severity, each.message) for each in reading.errors] == [
        ("folder-link", "note", "a symbolic link to a folder is not followed")
    ]


def test_folder_is_not_a_file(tmp_path: Path) -> None:
    assert [error.message for error in read_file(str(tmp_path)).errors] == ["this is a folder, not a file"]
