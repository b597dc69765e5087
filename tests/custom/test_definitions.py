"""Definitions in files: read once a process, kept in the cache of a project, and never trusted from there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import kpy
from kpy.custom import definitions
from kpy.custom.compact import RULED, compact
from kpy.errors import LoadError
from tests.custom.test_resources import definition, shop

RULE = {"rule": "!has(self.size) || self.size < 9", "message": "too large"}
SPEC = {
    "type": "object",
    "description": "What the shop is like.",
    "properties": {"size": {"type": "integer"}, "description": {"type": "string", "title": "About it"}},
    "x-kubernetes-validations": [RULE],
}
SCHEMA = {"type": "object", "properties": {"spec": SPEC, "status": {"type": "object"}}}


@pytest.fixture(autouse=True)
def _own_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    forget()


def forget() -> None:
    """Be as a new process is."""
    definitions._MADE.clear()


def project(tmp_path: Path, *trees: Mapping[str, Any]) -> Path:
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text('[tool.kpy]\ncrds = ["crds"]\n')
    (folder / "crds").mkdir(exist_ok=True)
    text = "\n---\n".join(json.dumps(tree) for tree in trees or (definition(SCHEMA),))
    (folder / "crds" / "shops.yaml").write_text(f"# definitions\n---\n{text}\n")
    return folder


def found(folder: Path, **spec: Any) -> list[str]:
    report = kpy.Project.load(folder).validate([shop(spec=spec)])
    return [f"{each.field}: {each.message}" for each in report.errors]


WRONG = ["spec.colour: the schema has no field `colour` here"]


def no_reading(*_: object) -> None:
    raise AssertionError("the file was read again")


def test_next_process_takes_what_this_one_has_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path)
    assert found(folder, size=10) == ["spec: too large"]
    forget()
    monkeypatch.setattr(definitions, "objects_of", no_reading)

    assert found(folder, size=10) == ["spec: too large"]
    assert found(folder, size=1, description="a shop") == []
    assert found(folder, colour="red") == WRONG


def test_process_reads_a_definition_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path)
    crds = [str(folder / "crds")]
    assert kpy.validate([shop(spec={"size": 10})], crds=crds).errors
    monkeypatch.setattr(definitions, "objects_of", no_reading)

    assert kpy.validate([shop(spec={"size": 10})], crds=crds).errors


def test_nothing_is_written_without_a_project(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "pyproject.toml").unlink()

    kpy.validate([shop()], crds=[str(folder / "crds")])

    assert sorted(path.name for path in folder.iterdir()) == ["crds"]


def test_nothing_is_written_where_no_object_needs_it(tmp_path: Path) -> None:
    folder = project(tmp_path)

    kpy.Project.load(folder).validate([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}])

    assert not (folder / ".kpy").exists()


def test_changed_file_is_read_again(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assert found(folder, colour="red") == WRONG

    spec = {**SPEC, "properties": {**SPEC["properties"], "colour": {"type": "string"}}}
    project(tmp_path, definition({"type": "object", "properties": {"spec": spec}}))

    assert found(folder, colour="red") == []


@pytest.mark.parametrize("wrong", [b"", b"{}", b"not json", b'[[["example.com","Shop"]],[]]'])
def test_wrong_entry_is_made_anew(tmp_path: Path, wrong: bytes) -> None:
    folder = project(tmp_path)
    found(folder)
    (entry,) = (folder / ".kpy" / "cache").iterdir()
    sound = entry.read_bytes()
    entry.write_bytes(wrong)
    forget()

    assert found(folder, size=10) == ["spec: too large"]
    assert entry.read_bytes() == sound


def test_wrong_schema_of_an_entry_is_made_anew(tmp_path: Path) -> None:
    """It is read when an object asks for it, so that its head may be sound and it not."""
    folder = project(tmp_path)
    found(folder)
    (entry,) = (folder / ".kpy" / "cache").iterdir()
    sound = entry.read_bytes()
    entry.write_bytes(sound.replace(b"self.size < 9", b"self.size < 8"))
    forget()

    assert found(folder, size=10) == ["spec: too large"]
    assert entry.read_bytes() == sound


def test_project_that_cannot_be_written_is_checked_all_the_same(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / ".kpy").write_text("no folder")

    assert found(folder, size=10) == ["spec: too large"]


def test_broken_file_says_so_each_time(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "crds" / "broken.yaml").write_text("a: [\n")

    for _ in range(2):
        with pytest.raises(LoadError, match=r"broken\.yaml:1:5: .* `crds` of \[tool\.kpy\] names the file"):
            found(folder)


@pytest.mark.parametrize(
    "tree",
    [
        {"kind": "CustomResourceDefinition"},
        {"kind": "CustomResourceDefinition", "spec": []},
        {"kind": "CustomResourceDefinition", "spec": {"names": "x", "versions": {"a": 1}}},
        {"kind": "CustomResourceDefinition", "spec": {"versions": ["v1", None, {"served": True, "schema": []}]}},
    ],
)
def test_what_is_hardly_a_definition_defines_nothing(tmp_path: Path, tree: dict[str, Any]) -> None:
    folder = project(tmp_path, tree, definition(SCHEMA))

    assert found(folder, size=10) == ["spec: too large"]


def test_compact_schema_has_what_objects_are_judged_by() -> None:
    made = compact({**SCHEMA, "description": "text", "title": "text", RULED: "of a stranger"})

    size, about = {"type": "integer"}, {"type": "string"}
    spec = {
        "type": "object",
        "properties": {"size": size, "description": about},
        "x-kubernetes-validations": [RULE],
        RULED: True,
    }
    assert made == {"type": "object", "properties": {"spec": spec, "status": {"type": "object"}}, RULED: True}


def test_compact_schema_keeps_values_that_look_like_schemas() -> None:
    schema = {
        "type": "object",
        "default": {"description": "a"},
        "enum": [{"title": "b"}],
        "properties": {"title": {"items": {"description": "c", "type": "string"}, "anyOf": [{"title": "d"}]}},
    }

    assert compact(schema) == {**schema, "properties": {"title": {"items": {"type": "string"}, "anyOf": [{}]}}}
