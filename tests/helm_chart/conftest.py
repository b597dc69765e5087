"""What tests of charts share: an app that is written to a file, and its chart, with the real helm or without."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kpy.cli.main import run
from kpy.documents import read_documents
from kpy.programs.helm import HelmRenderer
from tools.programs import ProgramError, cached

HEAD = "from kpy import *\n"


class Chart(NamedTuple):
    """A chart that a command line has written, or not."""

    code: int
    err: str
    folder: Path

    def text(self, path: str) -> str:
        """Return the text of a file of the chart."""
        return (self.folder / path).read_text(encoding="utf-8")

    def rendered(self, values: Mapping[str, Any]) -> list[Any]:
        """Return what helm renders with values."""
        text = HelmRenderer.find().template(str(self.folder), values=values, with_crds=True)
        return [document.tree for document in read_documents(text).documents]


Make = Callable[..., Chart]


def real_helm() -> str:
    """Return the real helm; skip where it has not been fetched."""
    try:
        path = cached("helm")
    except ProgramError as error:
        pytest.skip(str(error))
    if path is None:
        pytest.skip("there is no helm here")
    return str(path)


@pytest.fixture
def helm(monkeypatch: pytest.MonkeyPatch) -> str:
    """Put the real helm on PATH; skip where it has not been fetched."""
    path = real_helm()
    monkeypatch.setenv("PATH", os.pathsep.join([os.path.dirname(path), os.environ["PATH"]]))
    return path


@pytest.fixture
def no_helm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave no helm on PATH."""
    monkeypatch.setenv("PATH", "/nowhere")


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Make:
    """Write the code of an app, and its chart into the folder `chart`; return what became of it."""
    monkeypatch.delenv("KPY_CHECK_PASSES", raising=False)  # many apps are synthesised
    monkeypatch.chdir(tmp_path)

    def make(code: str, *words: str, files: Mapping[str, str] | None = None) -> Chart:
        for path, text in {"shop.py": HEAD + code, **(files or {})}.items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(text, encoding="utf-8")
        done = run(["synth", "shop.py", "--format", "helm", "-o", "chart", *words])
        out, err = capsys.readouterr()
        assert out == ""
        return Chart(done, err, tmp_path / "chart")

    return make
