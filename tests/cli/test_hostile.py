"""Files and documents made by an enemy: what they name is shown, never obeyed, and nothing hangs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest


def kpy(*words: str | os.PathLike[str], folder: Path, text: bytes = b"") -> tuple[int, str, str]:
    """Run kpy in a process of its own, as a CI job does."""
    done = subprocess.run(
        [sys.executable, "-m", "kpy", *words], cwd=folder, input=text, capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def configmap(name: str, **more: object) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **more}


def lines_of(*texts: str) -> Sequence[str]:
    return [line for text in texts for line in text.split("\n")]


HOSTILE = "a\n::error::owned\r\x1b]0;owned\x07##[add-mask]x\u202e"


@pytest.fixture
def manifests(tmp_path: Path) -> Path:
    """Every place where a name of a stranger may come out, and a second version of each to compare with."""
    for folder, value in (("old", "1"), ("new", "2")):
        (tmp_path / folder).mkdir()
        objects = [
            configmap(HOSTILE, data={HOSTILE: value}, **{HOSTILE: value}),
            {"apiVersion": HOSTILE, "kind": HOSTILE, "metadata": {"name": "b", "labels": {HOSTILE: value}}},
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"type": HOSTILE + value}},
        ]
        for number, each in enumerate(objects):
            (tmp_path / folder / f"{number}\n::error::owned.json").write_text(json.dumps(each))
    (tmp_path / "::error file=x::owned.json").write_text("[")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["validate", "."],
        ["validate", "::error file=x::owned.json"],
        ["validate", "no\n::error::such.yaml"],
        ["compare", "old", "new"],
        ["synth", "no\n::error::such.py"],
        ["compare", "old", "no\n::error::such"],
    ],
)
def test_no_line_is_a_command_and_nothing_moves_the_cursor(manifests: Path, words: list[str]) -> None:
    _, out, err = kpy(*words, folder=manifests)

    assert out + err
    for line in lines_of(out, err):
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert line.isprintable()


def test_annotations_for_github_are_our_own(manifests: Path) -> None:
    _, out, _ = kpy("validate", "old", "--format", "github", folder=manifests)

    for line in out.splitlines():
        assert line.startswith(("::error title=", "::warning title=", "::notice title="))
        assert line.isprintable()


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_findings_leave_in_spite_of_lone_surrogates_and_odd_file_names(tmp_path: Path, form: str) -> None:
    (tmp_path / "a.json").write_text('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a\\ud800"}}')
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.yaml")).write_text("a: [\n")

    code, out, err = kpy("validate", ".", "--notes", "--format", form, folder=tmp_path)

    assert code == 1
    assert r"\udcff" in out
    assert "Traceback" not in err


def test_surrogates_are_compared(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"\\ud800"}}'
    )
    (tmp_path / "b.json").write_text(
        '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"\\ud801"}}'
    )

    for form in ("text", "json", "markdown"):
        code, _, err = kpy("compare", "a.json", "b.json", "--format", form, folder=tmp_path)
        assert (code, "Traceback" in err) == (0, False)


def test_pipe_that_is_named_is_read_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    writer = subprocess.Popen(["sh", "-c", "echo 'a: [' > pipe.yaml"], cwd=tmp_path)

    code, out, _ = kpy("validate", "pipe.yaml", folder=tmp_path)

    writer.wait(10)
    assert (code, out.splitlines()[0].partition(": error")[0]) == (1, "pipe.yaml:1:5")


def test_what_a_link_leads_to_is_not_shown(tmp_path: Path) -> None:
    folder = tmp_path / "checkout"
    folder.mkdir()
    (tmp_path / "credentials").write_text("apiVersion: v1\npassword: hunter2: x\n")
    (folder / "a.yaml").symlink_to("../credentials")

    code, out, _ = kpy("validate", ".", folder=folder)

    assert code == 1
    assert "hunter2" not in out


def test_document_that_is_not_an_object_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- " + "a" * 10_000)

    code, _, err = kpy("compare", "a.yaml", "a.yaml", folder=tmp_path)

    assert code == 1
    assert err == "error: a.yaml:1:1: a document must be a mapping, not a list\n"
