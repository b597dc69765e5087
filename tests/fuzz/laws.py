"""The laws: each takes an example of plain JSON and raises where kpy breaks it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from hypothesis import strategies as st

import kpy
from kpy.checking.texts import TEXT_RULES
from kpy.cli.main import run
from kpy.compare import compare
from kpy.diagnostics import Diagnostic
from kpy.documents import read_documents
from kpy.errors import EmitError, KpyError, SynthError
from kpy.manifest import Resource
from kpy.output.emit import to_json, to_yaml
from kpy.output.kyaml import to_kyaml
from kpy.reporting.formats import CHANGES, FINDINGS, write_changes, write_findings
from kpy.reporting.view import View
from tests.constructs.wrong_calls import VALUES, Call, broken, construct
from tests.fuzz import examples

__all__ = ["LAWS", "Law"]

_RELEASES = (None, None, None, "1.30")
_POLICIES: tuple[tuple[str, ...], ...] = ((), (), ("pod-security-restricted",))
_LONGEST_LINE = 5_000


class Law(NamedTuple):
    """What must hold for every example."""

    examples: st.SearchStrategy[Any]
    check: Callable[[Any], None]


def judge_findings(findings: Iterable[Diagnostic]) -> None:
    """Raise where a finding is a fault of kpy's own, or cannot be shown."""
    for found in findings:
        assert found.rule != "internal-error", found.message
        json.dumps(found.to_dict())
        for line in found.to_text().split("\n"):
            judge_line(line)


def judge_line(line: str) -> None:
    """Raise for a line that a terminal or a CI system would obey, or that has no end."""
    assert line.isprintable(), ascii(line[:200])
    assert not line.lstrip().startswith("::"), line[:200]
    assert "##[" not in line, line[:200]
    assert len(line) < _LONGEST_LINE, f"{len(line)} characters: {line[:200]}"


def validate(documents: list[Any]) -> None:
    """Any documents can be judged, for any release, and twice is the same."""
    number = len(json.dumps(documents))
    release, select = _RELEASES[number % len(_RELEASES)], _POLICIES[number // 7 % len(_POLICIES)]
    report = kpy.validate(documents, kubernetes=release, select=select)
    judge_findings(report)
    if not number % 5:
        assert list(kpy.validate(documents, kubernetes=release, select=select)) == list(report)


def documents(text: str) -> None:
    """Any text is read or refused, at a place that it has, and what is read is JSON."""
    reading = read_documents(text, "a.yaml")
    lines = text.count("\n") + text.count("\r") + text.count("\x85") + text.count("\u2028") + text.count("\u2029") + 1
    names = {rule.name for rule in TEXT_RULES}
    for error in reading.errors:
        assert error.rule in names
        assert error.where is not None
        assert 1 <= error.where.line <= lines, f"{error.where} of {lines} lines"
    judge_findings(reading.errors)
    for form in FINDINGS:
        write_findings(kpy.Report(reading.errors), form, View(sources={"a.yaml": text}))
    for document in reading.documents:
        for item in document.items():
            json.dumps(item.tree)
            item.where(("spec", "a", 0))


def compared(pair: list[Any]) -> None:
    """Any two objects can be compared, and nothing changes between an object and itself."""
    old, new = ([Resource(tree)] if isinstance(tree.get("kind"), str) else [] for tree in pair)
    found = compare(old, new)
    for form in CHANGES:
        text = write_changes(found, form)
        if form == "text":
            for line in text.split("\n"):
                judge_line(line)
    assert compare(new, new).is_same
    assert compare(old, old).is_same


def synthesised(tree: Any) -> None:
    """Any mapping can be synthesised or has findings, and what is written reads back equal."""
    app = kpy.App("law")
    chart = app.add(kpy.Chart("law", namespace="law"))
    try:
        chart.add(kpy.Raw(tree))
        manifest = app.synth()
    except SynthError as error:
        judge_findings(error.report)
        return
    except KpyError:
        return
    judge_findings(manifest.diagnostics)
    read_back([resource.tree for resource in manifest.resources])


def emitted(value: Any) -> None:
    """Any JSON is written so that every reader reads it back, or is refused."""
    tree = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": value}
    with contextlib.suppress(EmitError):
        read_back([tree])


def read_back(trees: list[Mapping[str, Any]]) -> None:
    """Raise where what is written is something else to a reader."""
    for writer in (to_yaml, to_kyaml):
        text = writer(trees)
        found = list(yaml.load_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        assert _exact(found) == _exact(trees)
        reading = read_documents(text)
        assert not reading.errors, reading.errors[0].message
        assert _exact([document.tree for document in reading.documents]) == _exact(trees)
    assert _exact(json.loads(to_json(trees))["items"]) == _exact(trees)


def _exact(value: Any) -> Any:
    """Return a value in which numbers are told from texts and truth values, and whole numbers are alike."""
    if isinstance(value, Mapping):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    return (type(value) in (int, float), value) if isinstance(value, int | float) else value


def called(call: list[Any]) -> None:
    """Any call works or says what is wrong at the user's line."""
    name, numbers = call
    text = f"{name}({', '.join(f'{keyword}=<value {number}>' for keyword, number in numbers.items())})"

    def make() -> object:
        return construct(name, **{keyword: VALUES[number]() for keyword, number in numbers.items()})

    assert not (fault := broken(Call(text, make))), fault


def hostile(folder: dict[str, str]) -> None:
    """Any folder can be validated and compared, and nothing that is printed is a command."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as place:
        inside = Path(place, "folder")
        inside.mkdir()
        Path(place, "outside").write_text("password: hunter2: x\n")
        try:
            os.chdir(inside)
            for name, content in folder.items():
                _write(os.fsdecode(name.encode("latin-1")), content)
            for words in (["validate", "."], ["validate", ".", "--format", "json"], ["compare", ".", "."]):
                _judge_run(words)
        finally:
            os.chdir(before)


def _write(name: str, content: str) -> None:
    with contextlib.suppress(OSError):  # a file may stand where a folder should be
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        if content.startswith("->"):
            os.symlink(content[2:], name)
        else:
            Path(name).write_bytes(content.encode("latin-1"))


def _judge_run(words: list[str]) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = run(words)
    assert code in (0, 1, 2), (code, err.getvalue()[-500:])
    for line in f"{out.getvalue()}\n{err.getvalue()}".split("\n"):
        assert line.isprintable(), ascii(line[:200])
        assert not line.lstrip().startswith("::"), line[:200]
        assert "hunter2" not in line, line[:200]


LAWS: dict[str, Law] = {
    "validate": Law(examples.sets(), validate),
    "documents": Law(examples.texts(), documents),
    "compare": Law(examples.pairs(), compared),
    "synth": Law(examples.documents(), synthesised),
    "emit": Law(examples.values(), emitted),
    "calls": Law(examples.calls(), called),
    "files": Law(examples.files(), hostile),
}
