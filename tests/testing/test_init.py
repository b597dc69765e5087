"""`kpy init`: what it prints on the screen is all that a newcomer needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kpy.cli.main import run

ROOT = Path(__file__).parents[2]
PYTHON = f"{sys.executable} -m"


def commands(screen: str) -> list[str]:
    """Return the commands on the screen, without the installation, which has happened."""
    lines = [line.strip() for line in screen.partition("Next")[2].splitlines() if line.startswith("    ")]
    return [line for line in lines if not line.startswith(("pip ", "cd "))]


def call(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = command.replace("pytest", f"{PYTHON} pytest -p kpy.testing.plugin -p no:hypothesispytest").replace(
        "kpy synth", f"{PYTHON} kpy synth"
    )
    without = {key: value for key, value in os.environ.items() if key != "PYTEST_XDIST_WORKER"}
    environment = {**without, "PYTHONPATH": str(ROOT)}
    return subprocess.run(words, shell=True, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.slow
def test_printed_commands_lead_from_nothing_to_an_updated_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "my_shop"]) == 0
    screen = capsys.readouterr().out
    assert "    cd my_shop\n" in screen

    steps = {command: call(command, tmp_path / "my_shop") for command in commands(screen)[:-1]}
    failing = steps["pytest"]
    updated = call(commands(screen)[-1], tmp_path / "my_shop")

    assert commands(screen) == [
        "kpy synth",
        "pytest --snapshot-update",
        "sed -i.bak 's/nginx:1.29/nginx:1.30/' app.py",
        "pytest",
        "pytest --snapshot-update",
    ]
    assert [step.returncode for step in steps.values()] == [0, 0, 0, 1]
    assert steps["kpy synth"].stderr == ""
    assert '"nginx:1.29" -> "nginx:1.30"' in failing.stdout
    assert (updated.returncode, "2 snapshots updated." in updated.stdout) == (0, True)


@pytest.mark.parametrize(
    ("ci", "file"), [("github", ".github/workflows/check.yaml"), ("gitlab", ".gitlab-ci.yml"), ("none", "")]
)
def test_file_for_continuous_integration_is_yaml(
    ci: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["init", "--ci", ci]) == 0

    there = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    files = {".gitignore", "app.py", "pyproject.toml", "requirements.txt", "tests/test_app.py", file} - {""}
    assert set(there) == files
    assert not file or "check" in str(yaml.safe_load((tmp_path / file).read_text()))


def test_folder_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")

    assert run(["init", str(tmp_path / "file")]) == 2

    assert "file: it cannot be written: " in capsys.readouterr().err


def test_folder_with_a_space_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["init", "my shop"]) == 0

    assert "    cd 'my shop'\n" in capsys.readouterr().out
