"""Code that a pyproject.toml names runs only when the user owns it, or has said that it is trusted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpy.cli.main import run

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n"


@pytest.fixture
def below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder below a project whose code would leave a trace."""
    (tmp_path / "pyproject.toml").write_text('[tool.kpy]\npolicies = ["policies.py"]\napp = "app.py"\n')
    for name in ("policies.py", "app.py"):
        (tmp_path / name).write_text("import pathlib\npathlib.Path('ran').touch()\n")
    folder = tmp_path / "below"
    folder.mkdir()
    (folder / "a.yaml").write_text(GOOD)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("KPY_TRUST", raising=False)
    return folder


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> int:
    """The user is another one than the owner of the files."""
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    return owner


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["validate", "a.yaml"], "the policies policies.py"),
        (["validate"], "the app app.py"),
        (["synth"], "the app app.py"),
    ],
)
@pytest.mark.usefixtures("stranger")
def test_code_of_another_user_does_not_run(
    below: Path, words: list[str], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2

    err = capsys.readouterr().err
    assert err.startswith(f"error: {below.parent}/pyproject.toml: it belongs to another user (")
    assert err.endswith(f"), and names code that would run: {what}; set KPY_TRUST=1 if you trust it\n")
    assert not (below / "ran").exists()


@pytest.mark.usefixtures("stranger")
def test_trusted_code_runs(below: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPY_TRUST", "1")

    run(["validate", "a.yaml"])

    assert (below / "ran").exists()


def test_own_code_runs(below: Path) -> None:
    run(["validate", "a.yaml"])

    assert (below / "ran").exists()


@pytest.mark.usefixtures("stranger")
def test_settings_of_another_user_that_name_no_code_hold(below: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (below.parent / "pyproject.toml").write_text('[tool.kpy]\nkubernetes = "1.25"\n')
    (below / "a.yaml").write_text(GOOD.replace("v1\nkind: ConfigMap", "apps/v1\nkind: Nothing"))

    assert run(["validate", "a.yaml"]) == 1
    assert "error[unknown-kind]" in capsys.readouterr().out
