"""The component for GitLab: its jobs run here as a runner runs them. GitLab is not here; its API is, on loopback."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpy.version import version
from tests.tools.actions import APP, needs_bash_and_git, pull_request, real
from tests.tools.components import INPUTS, SHELLS, SPEC, TEXT, GitLab, gitlab, jobs, run

pytestmark = needs_bash_and_git
NEWER = APP.replace("nginx:1.29", "nginx:1.30")
BROKEN = APP.replace("replicas=replicas", "replicas=-1")
SINGLE = '[tool.kpy]\napp = "app.py"\n[tool.kpy.environments.dev]\n'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return the clone of a merge request with another image, whose files were not written."""
    return pull_request(tmp_path, {"apps/shop/app.py": NEWER})


@pytest.fixture
def host() -> Iterator[GitLab]:
    with gitlab() as host:
        yield host


@pytest.mark.parametrize("shell", SHELLS)
def test_findings_are_code_quality_at_the_file_from_the_top(shell: str, tmp_path: Path) -> None:
    clone = pull_request(tmp_path, {"shop/pyproject.toml": SINGLE, "shop/app.py": BROKEN})

    done = run("kpy-validate", clone, {"working-directory": "shop", "validate-args": "--env\ndev\n"}, shell=shell)

    assert done.code == 1
    assert "app.py:7: error[replicas-negative]" in done.log
    (issue,) = json.loads((clone / "shop" / "gl-code-quality-report.json").read_text())
    assert (issue["location"]["path"], issue["location"]["lines"]) == ("shop/app.py", {"begin": 7})


def test_what_cannot_be_read_leaves_no_report(clone: Path) -> None:
    done = run("kpy-validate", clone, {"validate-args": "nothing.yaml"})

    assert done.code == 2
    assert not (clone / "gl-code-quality-report.json").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_files_in_git_are_checked(shell: str, clone: Path) -> None:
    done = run("kpy-check", clone, shell=shell)

    assert done.code == 1
    assert "different: rendered/dev/shop/web.yaml" in done.log
    assert json.loads((clone / "gl-code-quality-report.json").read_text()) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_comparison_is_an_artifact_and_one_note(shell: str, clone: Path, host: GitLab) -> None:
    """It is found among others behind the first page, and written only when it says something else."""
    host.notes = [{"id": n, "author": {"id": 5 if n else 6}, "body": f"hello {n}"} for n in range(3)]
    variables = {"CI_API_V4_URL": host.url, "KPY_TOKEN": "secret"}

    first = run("kpy-compare", clone, shell=shell, variables=variables)
    again = run("kpy-compare", clone, shell=shell, variables=variables)
    less = run("kpy-compare", clone, {"compare-args": "--all\n--where\nenv=dev"}, shell=shell, variables=variables)

    changes = "**kpy compare**: 2 outputs, 2 with rolling restart\n"
    assert [each.code for each in (first, again, less)] == [0, 0, 0]
    assert changes in first.log
    assert first.log.endswith("the note was written\n")
    assert again.log.endswith("the note says so already\n")
    assert less.log.endswith("the note was replaced\n")
    assert [each for each in host.calls if each != "GET"] == ["POST", "PUT"]
    (note,) = host.notes[3:]
    assert note["body"].startswith("<!-- kpy: kpy compare -->\n**kpy compare**: 1 output, 1 with rolling restart\n")
    assert note["body"].endswith((clone / "kpy-changes.md").read_text())
    assert host.tokens == {"secret"}
    assert "secret" not in first.log


def test_without_a_token_the_artifact_has_it(clone: Path) -> None:
    done = run("kpy-compare", clone)

    assert done.code == 0
    assert done.log.endswith("there is no token, so no note is written: kpy-changes.md has the text, as an artifact\n")
    assert (clone / "kpy-changes.md").read_text().startswith("**kpy compare**: 2 outputs")


def test_note_of_somebody_else_is_left_alone(clone: Path, host: GitLab) -> None:
    mark = jobs()["kpy-compare"]["variables"]["KPY_MARK"]
    host.notes = [{"id": 1, "author": {"id": 6}, "body": f"{mark}\nmine"}]

    run("kpy-compare", clone, variables={"CI_API_V4_URL": host.url, "KPY_TOKEN": "x"})

    assert host.notes[0]["body"].endswith("mine")
    assert len(host.notes) == 2


def test_change_without_effects_gets_no_note(tmp_path: Path, host: GitLab) -> None:
    variables = {"CI_API_V4_URL": host.url, "MINE": "x"}

    done = run("kpy-compare", pull_request(tmp_path, {}), {"token-variable": "MINE"}, variables=variables)

    assert done.log.endswith("nothing changes, so there is nothing to note\n")
    assert host.notes == []


def test_note_that_may_not_be_written_is_a_warning(clone: Path, host: GitLab) -> None:
    host.refusal = 403

    done = run("kpy-compare", clone, variables={"CI_API_V4_URL": host.url, "KPY_TOKEN": "x"})

    assert done.code == 0
    assert done.log.endswith(
        "warning: the note could not be written (HTTP Error 403: Forbidden); "
        "the token needs the scope api and the role Reporter\n"
    )


def test_pipeline_of_merged_results_compares_with_what_it_merged(clone: Path) -> None:
    own = subprocess.run(["git", "rev-parse", "HEAD"], cwd=clone, capture_output=True, text=True).stdout.strip()

    done = run("kpy-compare", clone, variables={"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": own})

    assert "2 outputs, 2 without a change" in done.log


def test_effects_can_fail_the_job(clone: Path) -> None:
    assert run("kpy-compare", clone, {"compare-args": "--all\n--fail-on\nrestart"}).code == 1


@pytest.mark.parametrize("shell", SHELLS)
def test_words_of_inputs_are_never_code(shell: str, clone: Path) -> None:
    evil = "$(touch ../owned)`touch ../owned`; touch ../owned\nEND\ntouch ../owned"

    for job in ("validate", "check", "compare"):
        assert run(f"kpy-{job}", clone, {f"{job}-args": evil}, shell=shell).code == 2

    assert not list(clone.parent.glob("**/owned"))


def test_inputs_stand_in_no_script() -> None:
    inside = jobs(dict.fromkeys(INPUTS, "SEEN"))

    assert "SEEN" not in json.dumps([each.get(key) for each in inside.values() for key in ("before_script", "script")])
    assert set(re.findall(r"inputs\.([\w-]+)", TEXT)) == set(INPUTS)


def test_component_installs_the_version_that_it_is_of() -> None:
    (before,) = (each for each in jobs()[".kpy"]["before_script"] if "KPY_VERSION" in each)

    assert f'"kpy-k8s=={version()}"' in before


@pytest.mark.parametrize("inputs", [{}, {"prefix": "eu", "check": True, "validate": False, "working-directory": "eu"}])
def test_component_is_what_gitlab_takes(inputs: dict[str, object]) -> None:
    from jsonschema import Draft7Validator

    schema = Draft7Validator(json.loads(Path(real("gitlab-ci.json")).read_text(encoding="utf-8")))

    assert [error.message for error in schema.iter_errors(SPEC)] == []
    assert [error.message for error in schema.iter_errors(jobs(inputs))] == []


def test_shellcheck_finds_nothing_in_scripts(tmp_path: Path) -> None:
    for name, job in jobs().items():
        script = tmp_path / f"{name.strip('.')}.sh"
        script.write_text(
            "\n".join(["#!/bin/sh", "set -e", *job.get("before_script", []), *job.get("script", [])]) + "\n"
        )

        done = subprocess.run([real("shellcheck"), str(script)], capture_output=True, text=True)

        assert (done.returncode, done.stdout) == (0, "")
