"""Which Pythons the tests are run on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.pythons import main, pythons

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


def python(folder: Path, name: str, said: str) -> Path:
    """Make a program that answers as a Python does that is asked for its version."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{said}\n")
    (folder / name).chmod(0o755)
    return folder / name


def test_pythons_are_found_on_path_and_with_pyenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    python(tmp_path / "bin", "python3.96", "exit 127")  # a shim without a version
    python(tmp_path / "bin", "python3.97-config", "echo 3 97")
    python(tmp_path / "bin", "python3.10", "echo 3 10")
    first = python(tmp_path / "bin", "python3.98", "echo 3 98")
    python(tmp_path / "pyenv" / "versions" / "3.98.1" / "bin", "python3.98", "echo 3 98")
    old = python(tmp_path / "pyenv" / "versions" / "3.99.2" / "bin", "python3.99", "echo 3 99")
    new = python(tmp_path / "pyenv" / "versions" / "3.99.10" / "bin", "python3.99", "echo 3 99")

    found = pythons()

    assert {version: path for version, path in found.items() if version > (3, 90)} == {(3, 98): first, (3, 99): new}
    assert found[sys.version_info[:2]] == Path(sys.executable)
    assert min(found) >= (3, 11)
    assert old not in found.values()


def test_it_is_said_when_no_other_python_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"

    assert main([]) == 0
    assert capsys.readouterr().out == f"no Python but {version} was found: other versions were NOT tried\n"
