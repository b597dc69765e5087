"""Long texts of ConfigMaps go into files beside the app, and come out again as they were."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from kpy.importing import Imported, to_source
from kpy.importing.texts import LINES, TextFiles

LONG = "".join(f"line {number}\n" for number in range(LINES + 1))


def config(name: str = "web", namespace: str = "", **fields: Any) -> dict[str, Any]:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **fields}


def imported(folder: Path, *objects: dict[str, Any], replaced: bool = False) -> Imported:
    app = str(folder / "app.py")
    made = to_source(objects, file=app, texts=TextFiles(app, replaced=replaced))
    assert made.differences == ()
    return made


def test_long_text_is_a_file_and_so_are_those_beside_it(tmp_path: Path) -> None:
    binary = b64encode(b"\xff\x00").decode()
    made = imported(tmp_path, config(data={"a.json": LONG, "b": "2"}, binaryData={"c": binary}, immutable=True))

    assert 'ConfigMap.from_files("web", "config/web", immutable=True)' in made.text
    assert made.files == {"config/web/a.json": LONG.encode(), "config/web/b": b"2", "config/web/c": b"\xff\x00"}
    assert made.counts == {"short": 1}
    assert [*tmp_path.iterdir()] == []


def test_short_text_stays_in_the_code(tmp_path: Path) -> None:
    made = imported(tmp_path, config(data={"a": "\n" * LINES}))

    assert made.files == {}
    assert "from_files" not in made.text


def test_importing_without_a_file_keeps_all_texts_in_the_code() -> None:
    made = to_source([config(data={"a": LONG})])

    assert (made.files, made.differences) == ({}, ())
    assert "line 7" in made.text


@pytest.mark.parametrize(
    "fields",
    [
        {"data": {"a": LONG, "A": "other on some disks"}},
        {"data": {"a/b": LONG}},
        {"data": {"..": LONG}},
        {"data": {"a": LONG, "b": 1}},
        {"data": {"a": LONG}, "binaryData": {"b": b64encode(b"text").decode()}},
        {"data": {"a": LONG}, "binaryData": {"b": "/x=="}},
        {"data": {"a": LONG}, "binaryData": {"b": "?"}},
        {"data": {"a": LONG}, "binaryData": []},
        {"data": {"a": LONG + "\ud800"}},
    ],
    ids=lambda fields: json.dumps(fields).replace(json.dumps(LONG), "...")[:60],
)
def test_what_files_would_not_hold_stays_in_the_code(fields: dict[str, Any], tmp_path: Path) -> None:
    made = imported(tmp_path, config(**fields))

    assert made.files == {}


def test_name_that_is_no_name_of_a_folder_stays_in_the_code(tmp_path: Path) -> None:
    assert imported(tmp_path, config("../web", data={"a": LONG})).files == {}


def test_folders_have_names_of_their_own(tmp_path: Path) -> None:
    objects = [config(namespace=space, data={"a": LONG}) for space in ("", "dev", "prod")]

    made = imported(tmp_path, *objects, config(data={"b": LONG}))

    assert [*made.files] == ["config/web/a", "config/dev-web/a", "config/prod-web/a", "config/web-2/b"]


def test_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "config/web").mkdir(parents=True)

    assert [*imported(tmp_path, config(data={"a": LONG})).files] == ["config/web-2/a"]
    assert [*imported(tmp_path, config(data={"a": LONG}), replaced=True).files] == ["config/web/a"]

    (tmp_path / "config/web/notes").touch()

    assert [*imported(tmp_path, config(data={"a": LONG}), replaced=True).files] == ["config/web-2/a"]
