"""What the README shows of an error is what kpy says."""

import re
from pathlib import Path

import pytest

from kpy.cli.main import run

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_errors_of_the_readme_are_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (app,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[:1]
    (shown,) = re.findall(r"```text\n(app.py:.*?)```", README, re.DOTALL)
    mistaken = app.replace('config["GREETING"]', 'config["GREETNG"]').replace('memory="128Mi"', 'memory="128MB"')
    Path("app.py").write_text(mistaken)

    assert run(["synth", "app.py", "--color", "never"]) == 1
    assert capsys.readouterr().err == shown
