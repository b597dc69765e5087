"""The hooks, run by the real pre-commit, which clones a repository and installs kpy from it; that needs a network."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tools.actions import APP, ROOT, SETTINGS, git, kpy, needs_bash_and_git, real, write
from tests.tools.test_dockerfile import context

CONFIG = """\
repos:
- repo: {repository}
  rev: v1
  hooks:
  - id: kpy-validate
    args: [rendered/]
  - id: kpy-check
"""


@pytest.mark.slow
@needs_bash_and_git
def test_hooks_run_from_a_clone(tmp_path: Path) -> None:
    program = real("pre-commit")
    origin = context(tmp_path / "kpy")
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", origin)
    project = tmp_path / "project"
    write(project, {"pyproject.toml": SETTINGS, "apps/shop/app.py": APP})
    write(project, {".pre-commit-config.yaml": CONFIG.format(repository=origin.as_uri())})
    kpy(project, "synth", "--all")
    for folder in (origin, project):
        git(folder, "init", "-q")
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "all")
    git(origin, "tag", "v1")

    def run() -> tuple[int, str]:
        environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)}
        command = [program, "run", "--all-files", "--color=never"]
        done = subprocess.run(
            command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        return done.returncode, done.stdout

    code, said = run()
    assert code == 0, said
    assert [line.partition("....")[0] for line in said.splitlines() if line.endswith("Passed")] == [
        "kpy validate",
        "kpy synth --check",
    ]

    write(project, {"apps/shop/app.py": APP.replace("nginx:1.29", "nginx:1.30")})
    git(project, "add", "-A")
    code, said = run()
    assert code == 1
    assert "different: rendered/prod/shop/web.yaml" in said
    assert "exit code: 1" in said
