"""What outputs depend on beside files: programs, packages, kpy itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from kpy.delivery import question
from kpy.delivery.question import question_of, version_of_program


def program(folder: Path, name: str, code: str) -> str:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{code}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.skipif(os.name == "nt", reason="a text is no program there")
def test_program_is_what_it_says_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert version_of_program("helm") == ""

    program(tmp_path, "helm", "import sys; print(sys.argv[1:])")
    first = version_of_program("helm")
    assert "['version', '--short']" in first
    os.utime(tmp_path / "helm", (1, 1))
    assert version_of_program("helm") == first  # unpacked anew, as CI does
    program(tmp_path, "helm", "print('v4.0.0')")
    assert version_of_program("helm") != first


@pytest.mark.skipif(os.name == "nt", reason="a text is no program there")
def test_program_that_does_not_say_is_known_by_its_state(tmp_path: Path) -> None:
    other = program(tmp_path, "other", "")
    first = version_of_program(other)
    os.utime(other, (1, 1))
    assert version_of_program(other) != first

    broken = program(tmp_path, "kustomize", "")
    Path(broken).write_text("#!/no/such/interpreter\n")
    assert broken in version_of_program(broken)


def test_packages_are_known_by_what_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "site-packages"
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    answers = [question_of("", {})]

    packages.mkdir()
    (packages / "acme-1.0.dist-info").mkdir()
    answers.append(question_of("", {}))
    (packages / "acme.pth").write_text("/one")
    answers.append(question_of("", {}))
    (packages / "acme.pth").write_text("/two")
    answers.append(question_of("", {}))
    (packages / "__pycache__").mkdir()

    assert len(set(answers)) == 4
    assert question_of("", {}) == answers[-1]
    assert question_of("", {"set": ["a=b"]}) != answers[-1]


def test_kpy_that_is_installed_is_known_by_its_record(monkeypatch: pytest.MonkeyPatch) -> None:
    before = question_of("", {})
    monkeypatch.setattr(question, "is_installed", lambda file: True)

    assert question_of("", {}) != before
