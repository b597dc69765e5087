"""What `kpy init` writes for CI is what linters and hosts take."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.tools.actions import kpy as run_kpy
from tests.tools.actions import needs_bash_and_git, real

KINDS = [["init", "hello"], ["init", "hello", "--library"]]


@pytest.fixture(params=KINDS, ids=" ".join)
def words(request: pytest.FixtureRequest) -> list[str]:
    return list(request.param)


@needs_bash_and_git
def test_workflow_is_clean(words: list[str], tmp_path: Path) -> None:
    run_kpy(tmp_path, *words, "--ci", "github")
    project = tmp_path / "hello"
    (workflow,) = project.glob(".github/workflows/*")
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)

    lint = [real("actionlint"), "-no-color", f"-shellcheck={real('shellcheck')}", str(workflow)]
    judge = [real("zizmor"), "--offline", "--no-progress", "--format=json", str(workflow)]

    done = subprocess.run(lint, cwd=project, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    found = json.loads(subprocess.run(judge, capture_output=True, text=True).stdout)
    assert {each["ident"] for each in found} <= {"unpinned-uses"}  # tags, which people can read


def test_pipeline_is_what_gitlab_takes(words: list[str], tmp_path: Path) -> None:
    from jsonschema import Draft7Validator

    run_kpy(tmp_path, *words, "--ci", "gitlab")
    schema = Draft7Validator(json.loads(Path(real("gitlab-ci.json")).read_text(encoding="utf-8")))

    text = (tmp_path / "hello" / ".gitlab-ci.yml").read_text(encoding="utf-8")
    assert [error.message for error in schema.iter_errors(yaml.safe_load(text))] == []
