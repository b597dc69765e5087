"""What the README and the first page of the docs show of an error is what kpy says."""

import re
from pathlib import Path

import pytest

from kpy.cli.main import run

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_errors_that_are_shown_are_real(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (ROOT / page).read_text(encoding="utf-8")
    (app,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[:1]
    (shown,) = re.findall(r"```text\n(app.py:.*?)```", text, re.DOTALL)
    mistaken = app.replace('config["GREETING"]', 'config["GREETNG"]').replace('memory="128Mi"', 'memory="128MB"')
    Path("app.py").write_text(mistaken)

    assert run(["synth", "app.py", "--color", "never"]) == 1
    assert capsys.readouterr().err == shown
