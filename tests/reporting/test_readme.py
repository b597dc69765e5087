"""What the first page of the docs shows of an error is what kpy says; the picture of the README is generated."""

import re
from pathlib import Path

import pytest

from kpy.cli.main import run
from tools.codegen.pictures import mistaken

ROOT = Path(__file__).parents[2]


def test_errors_that_are_shown_are_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    (app,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[:1]
    (shown,) = re.findall(r"```text\n(app.py:.*?)```", text, re.DOTALL)
    Path("app.py").write_text(mistaken(app))

    assert run(["synth", "app.py", "--color", "never"]) == 1
    assert capsys.readouterr().err == shown
