"""`kpy` alone says what to type; it is no product, and a script that forgot its command must not go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpy.cli.main import run

OUTSIDE = """\
Typed Python in, checked Kubernetes YAML out. To begin with:

  kpy init           start a project here: an app, a test, a file for CI
  kpy synth app.py   write the YAML of an app, checked
  kpy validate k8s/  check YAML that you have, written by anyone

`kpy --help` lists all commands, `kpy COMMAND --help` explains one.
"""
INSIDE = """\
Typed Python in, checked Kubernetes YAML out. To begin with:

  kpy synth                             write the YAML of shop.py, checked
  kpy validate                          check it, and write nothing
  kpy graph --format html > graph.html  draw it: what leads to what, who may talk to whom

`kpy --help` lists all commands, `kpy COMMAND --help` explains one.
"""


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (None, OUTSIDE),
        ("[tool.kpy]\nkubernetes = '1.36'\n", OUTSIDE),
        ("[tool.kpy]\napp = 'shop.py'\n", INSIDE),
        ("[tool.kpy]\nap = 'shop.py'\n", OUTSIDE),
    ],
)
def test_no_command_is_answered_with_three(
    settings: str | None,
    text: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    if settings is not None:
        (tmp_path / "pyproject.toml").write_text(settings)

    assert run([]) == 2

    assert capsys.readouterr() == ("", text)
