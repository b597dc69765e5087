"""The workflows of this repository: what linters say, what they may do, and that they run what a developer runs."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tools.actions import ROOT, needs_bash_and_git, real
from tests.tools.test_make import TARGETS
from tools.programs import CARRIED, INSTALLED

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found


def commands(name: str) -> list[str]:
    """Return the scripts of all steps of a workflow."""
    return [step["run"] for job in workflow(name)["jobs"].values() for step in job["steps"] if "run" in step]


@needs_bash_and_git
def test_actionlint_finds_nothing() -> None:
    """It knows the inputs of the action too, which a workflow uses."""
    command = [real("actionlint"), "-no-color", f"-shellcheck={real('shellcheck')}", *map(str, WORKFLOWS)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")


def test_zizmor_finds_nothing() -> None:
    command = [real("zizmor"), "--offline", "--no-progress", *map(str, WORKFLOWS)]

    done = subprocess.run(command, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_of_others_are_pinned(path: Path) -> None:
    uses = [each for each in re.findall(r"uses: (.*)", path.read_text(encoding="utf-8")) if not each.startswith("./")]

    assert uses
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", each) for each in uses)


def test_one_action_is_pinned_at_one_commit() -> None:
    texts = [path.read_text(encoding="utf-8") for path in [*WORKFLOWS, ROOT / "action.yml"]]
    pins = {each for text in texts for each in re.findall(r"uses: ([\w/-]+)@(\w{40}) #", text)}

    assert len({name for name, _ in pins}) == len(pins)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_scripts_take_nothing_from_events(path: Path) -> None:
    assert [each for each in commands(path.name) if "${{" in each] == []


def test_only_what_publishes_may_write() -> None:
    jobs = {f"{path.stem} {name}": job for path in WORKFLOWS for name, job in workflow(path.name)["jobs"].items()}

    writers = {
        name: sorted(key for key, value in job["permissions"].items() if value == "write")
        for name, job in jobs.items()
        if "write" in json.dumps(job.get("permissions", {}))
    }

    assert writers == {"release publish": ["attestations", "id-token"], "release announce": ["contents"]}
    assert workflow("release.yml")["permissions"] == {}
    assert workflow("ci.yml")["permissions"] == {"contents": "read"}


def test_what_is_published_was_tested() -> None:
    jobs = workflow("release.yml")["jobs"]

    assert jobs["test"]["needs"] == "build"
    assert jobs["publish"]["needs"] == ["build", "test"]
    assert "run" not in json.dumps(jobs["publish"]["steps"][0])
    assert all("run" not in step for step in jobs["publish"]["steps"])


def test_workflows_run_what_a_developer_runs() -> None:
    said = [*commands("ci.yml"), *commands("release.yml")]

    assert "bash .ci/run" in said
    assert {line.split()[1] for line in said if line.startswith("make ")} <= set(TARGETS)
    assert 'python -m tools.release --check "$GITHUB_REF_NAME"' in said


def test_ci_fetches_the_programs_that_judge_its_files() -> None:
    """A test that misses one is skipped, which nobody would see."""
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    wanted = {*CARRIED, *INSTALLED, "actionlint"} - {"sops"}

    assert wanted <= set(re.findall(r"[\w.-]+", text))
