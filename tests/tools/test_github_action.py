"""The action for GitHub: its steps run here as GitHub runs them. GitHub itself is not here; its API is, on loopback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.actions import (
    ACTION,
    APP,
    ROOT,
    SETTINGS,
    GitHub,
    git,
    github,
    needs_bash_and_git,
    pull_request,
    real,
    run,
    write,
)

pytestmark = needs_bash_and_git
SCRIPTS = sorted((ROOT / "integrations" / "github").iterdir())
NEWER = APP.replace("nginx:1.29", "nginx:1.30")
BROKEN = APP.replace("replicas=replicas", "replicas=-1")
RUN, COMMENT, INSTALL = "Run kpy", "Comment on the pull request", "Install kpy"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return the clone of a pull request with another image, whose files were not written."""
    return pull_request(tmp_path, {"apps/shop/app.py": NEWER})


def test_commands_all_run_and_the_worst_exit_code_counts(clone: Path) -> None:
    ran = run(RUN, clone, {"commands": "check\ncompare"})

    assert ran.code == 1
    assert ran.outputs["code"] == "1"
    assert "different: rendered/dev/shop/web.yaml" in ran.log
    changes = Path(ran.outputs["changes"]).read_text()
    assert changes.startswith("**kpy compare**: 2 outputs, 2 with rolling restart\n")
    assert ran.summary.startswith("### kpy synth --check: failed (exit code 1)\n\n    ")
    assert ran.summary.endswith(changes)


def test_comparison_is_with_the_base_that_the_change_was_merged_into(clone: Path) -> None:
    """Not with what main has become since, and not with where the branch began."""
    ran = run(RUN, clone, {"commands": "compare", "compare-args": "--all\n--where\nenv=prod"})

    assert ran.code == 0
    assert Path(ran.outputs["changes"]).read_text().startswith("**kpy compare**: 1 output, 1 with rolling restart\n")


def test_files_that_are_up_to_date_pass(tmp_path: Path) -> None:
    ran = run(RUN, pull_request(tmp_path, {}), {"commands": "check, compare"})

    assert (ran.code, ran.outputs["code"]) == (0, "0")
    assert Path(ran.outputs["changes"]).read_text() == "**kpy compare**: 2 outputs, 2 without a change\n"


def test_findings_are_annotations_at_the_file_from_the_top(tmp_path: Path) -> None:
    clone = pull_request(tmp_path, {"shop/pyproject.toml": '[tool.kpy]\napp = "app.py"\n', "shop/app.py": BROKEN})

    ran = run(
        RUN, clone, {"working-directory": "shop", "sarif": "out/kpy.sarif", "validate-args": "--env-is\n"}, variables={}
    )
    assert ran.code == 2
    assert "sarif" not in ran.outputs
    assert not (clone / "shop" / "out").exists()

    ran = run(RUN, clone, {"working-directory": "shop", "sarif": "out/kpy.sarif", "validate-args": "--set\nenv=dev\n"})
    assert ran.code == 1
    assert "::error title=replicas-negative,file=shop/app.py,line=7" in ran.log
    assert "::error" not in ran.summary
    assert ran.outputs["sarif"] == str(clone / "shop" / "out" / "kpy.sarif")
    (result,) = json.loads(Path(ran.outputs["sarif"]).read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shop/app.py"


def test_words_of_inputs_are_never_code(clone: Path) -> None:
    evil = "$(touch ../owned)`touch ../owned`; touch ../owned"

    for name in ("validate-args", "check-args", "compare-args", "base"):
        run(RUN, clone, {"commands": "validate check compare", name: evil})
    ran = run(RUN, clone, {"commands": evil})

    assert not list(clone.parent.glob("**/owned"))
    assert ran.code == 2
    assert "::error title=kpy::`commands`: $(touch is not known: expected validate, check or compare" in ran.log


def test_without_a_base_nothing_is_compared(clone: Path) -> None:
    ran = run(RUN, clone, {"commands": "compare"}, variables={"GITHUB_BASE_REF": "", "GITHUB_EVENT_NAME": "push"})

    assert (ran.code, ran.outputs) == (0, {"code": "0"})
    assert "this is no pull request, and no `base` is given, so there is nothing to compare with" in ran.log


def test_base_can_be_said(clone: Path) -> None:
    ran = run(RUN, clone, {"commands": "compare", "base": "HEAD^2"}, variables={"GITHUB_BASE_REF": ""})

    assert ran.code == 0
    assert Path(ran.outputs["changes"]).read_text() == "**kpy compare**: 2 outputs, 2 without a change\n"


def test_other_commits_are_compared_with_where_they_left_the_base(clone: Path) -> None:
    git(clone, "fetch", "-q", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*")
    git(clone, "checkout", "-q", "--detach", "refs/remotes/origin/change")

    ran = run(RUN, clone, {"commands": "compare"})

    assert Path(ran.outputs["changes"]).read_text().startswith("**kpy compare**: 2 outputs, 2 with rolling restart\n")


@pytest.mark.parametrize(("inputs", "which"), [({}, "the base of the pull request"), ({"base": "v1"}, "v1")])
def test_base_that_is_not_in_the_clone_says_what_to_do(inputs: dict[str, str], which: str, tmp_path: Path) -> None:
    ran = run(RUN, pull_request(tmp_path, {}, depth=1), {"commands": "compare", **inputs})

    assert (ran.code, ran.outputs) == (2, {"code": "2"})
    assert (
        f"::error title=kpy::kpy compare: {which} is not in this clone: give actions/checkout `fetch-depth: 2`, or "
        "`fetch-depth: 0` if you check out another commit than its default\n" in ran.log
    )


def test_change_that_cannot_be_made_fails_and_is_told(tmp_path: Path) -> None:
    ran = run(RUN, pull_request(tmp_path, {"apps/shop/app.py": BROKEN}), {"commands": "compare"})

    assert ran.code == 1
    assert "that cannot be compared" in Path(ran.outputs["changes"]).read_text()


@pytest.mark.parametrize(
    ("inputs", "variables", "expected"),
    [
        ({"commands": " \n"}, {}, "`commands` names nothing to run: expected validate, check or compare"),
        (
            {},
            {"GITHUB_EVENT_NAME": "pull_request_target"},
            "kpy runs the code of the project, and on pull_request_target a stranger's code would run with your "
            "secrets: use pull_request",
        ),
    ],
)
def test_wrong_call_is_a_sentence(
    inputs: dict[str, str], variables: dict[str, str], expected: str, clone: Path
) -> None:
    ran = run(RUN, clone, inputs, variables=variables)

    assert (ran.code, ran.log) == (2, f"::error title=kpy::{expected}\n")


def test_code_of_the_project_never_sees_the_token() -> None:
    steps = ACTION["runs"]["steps"]

    assert [each["name"] for each in steps if "token" in json.dumps(each)] == [COMMENT]


@pytest.fixture
def host() -> Iterator[GitHub]:
    with github() as host:
        yield host


def comment(clone: Path, host: GitHub, text: str, **inputs: str) -> str:
    """Run the step that comments, and return what it says."""
    changes = clone.parent / "changes.md"
    changes.write_text(text, encoding="utf-8")
    given = {"token": "secret", **{name.replace("_", "-"): value for name, value in inputs.items()}}
    variables = {"GITHUB_GRAPHQL_URL": host.url}
    ran = run(COMMENT, clone, given, steps={"changes": str(changes)}, variables=variables)
    assert "secret" not in ran.log
    assert ran.code == (2 if "::error" in ran.log else 0)
    return ran.log


def test_one_comment_is_kept(clone: Path, host: GitHub) -> None:
    """It is found among others behind the first page, and written only when it says something else."""
    host.comments = [{"id": f"IC_other{n}", "body": "hello", "viewerDidAuthor": False} for n in range(3)]

    assert comment(clone, host, "1 change\n\nü\n") == "the comment was written\n"
    assert comment(clone, host, "1 change\n\nü\n") == "the comment says so already\n"
    assert comment(clone, host, "2 changes\n\nü\n") == "the comment was replaced\n"
    assert comment(clone, host, "nothing changes\n") == "the comment was replaced\n"

    assert host.calls == ["add", "update", "update"]
    assert [each["body"] for each in host.comments[3:]] == ["<!-- kpy: kpy -->\nnothing changes\n"]
    assert host.tokens == {"Bearer secret"}


def test_jobs_have_comments_of_their_own(clone: Path, host: GitHub) -> None:
    comment(clone, host, "one\n\n")
    comment(clone, host, "a\n\nb\n")
    comment(clone, host, "c\n\nd\n", comment_name="kpy eu/prod")

    assert [each["body"].splitlines()[0] for each in host.comments] == [
        "<!-- kpy: kpy -->",
        "<!-- kpy: kpy eu/prod -->",
    ]


def test_comment_of_somebody_else_is_left_alone(clone: Path, host: GitHub) -> None:
    host.comments = [{"id": "IC_x", "body": "<!-- kpy: kpy -->\nmine", "viewerDidAuthor": False}]

    assert comment(clone, host, "1 change\n\nü\n") == "the comment was written\n"
    assert host.comments[0]["body"].endswith("mine")


def test_change_without_effects_gets_no_comment(clone: Path, host: GitHub) -> None:
    assert comment(clone, host, "no changes\n") == "nothing changes, so there is nothing to comment on\n"
    assert host.calls == []


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (401, "GitHub answered 401 Unauthorized"),
        ("Resource not accessible\nby integration", "Resource not accessible by integration"),
    ],
)
def test_comment_that_may_not_be_written_is_a_warning(
    refusal: int | str, expected: str, clone: Path, host: GitHub
) -> None:
    host.refusal = refusal

    assert comment(clone, host, "1 change\n\nx\n") == (
        f"::warning title=kpy::the comment could not be written: {expected}. The summary of the job has its text. "
        "The job needs `permissions: pull-requests: write`; a change from a fork never has it.\n"
    )


def test_name_that_could_end_the_mark_is_refused(clone: Path, host: GitHub) -> None:
    assert comment(clone, host, "x", comment_name="a --> b") == (
        '::error title=kpy::`comment-name`: "a --> b" is not letters, digits, spaces and ./-_\n'
    )


def test_long_comment_is_cut(clone: Path, host: GitHub) -> None:
    comment(clone, host, "1\n" * 60_000)

    assert len(host.comments[0]["body"]) < 65_536


@pytest.mark.slow
def test_kpy_is_installed_from_the_action_or_an_index_or_by_requirements(tmp_path: Path) -> None:
    """With the real pip, without a network: what it needs is there, and the index is a folder."""
    clone = tmp_path / "clone"
    write(clone, {"pyproject.toml": SETTINGS, "kpy/__init__.py": "raise SystemExit('not this one')"})
    index = tmp_path / "index"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(index)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = index.glob("*.whl")
    number = wheel.name.split("-")[1]
    write(clone, {"needs.txt": f"kpy-k8s=={number}\n"})

    def install(name: str, **inputs: str) -> tuple[int, str, str]:
        """Return the exit code, what was said, and where kpy comes from."""
        there = tmp_path / name
        subprocess.run([sys.executable, "-m", "venv", str(there)], check=True)
        (packages,) = there.glob("lib/python*/site-packages")
        (packages / "there.pth").write_text(os.path.dirname(os.path.dirname(pytest.__file__)))
        variables = {
            "PATH": f"{there / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(index),
            "PIP_NO_BUILD_ISOLATION": "0",  # this is how pip spells that there is none
            "PIP_IGNORE_INSTALLED": "1",
            "PIP_NO_DEPS": "1",
        }
        ran = run(INSTALL, clone, inputs, variables=variables)
        where = packages / "kpy" / "__init__.py"
        return ran.code, ran.log, "installed" if where.exists() else ""

    assert install("own") == (0, f"kpy {number}\n", "installed")
    assert install("version", version=number) == (0, f"kpy {number}\n", "installed")
    assert install("requirements", requirements="needs.txt") == (0, f"kpy {number}\n", "installed")
    code, log, where = install("missing", requirements="none.txt")
    assert (code, where) == (2, "")
    assert log == f"::error title=kpy::`requirements`: there is no file none.txt in {clone}\n"
    assert install("unknown", version="99.0")[0] == 1


def test_scripts_are_told_all_that_they_read() -> None:
    text = "".join(script.read_text(encoding="utf-8") for script in SCRIPTS)
    steps = [each for each in ACTION["runs"]["steps"] if "run" in each]

    assert set(re.findall(r"INPUT_\w+", text)) == {name for each in steps for name in each["env"]}
    assert all("${{" not in each["run"] for each in steps)
    used = set(re.findall(r"inputs\.([\w-]+)", json.dumps(ACTION)))
    assert used == set(ACTION["inputs"])


def test_shellcheck_finds_nothing() -> None:
    shells = [str(script) for script in SCRIPTS if script.suffix == ".sh"] + [str(ROOT / ".ci" / "run")]

    done = subprocess.run([real("shellcheck"), *shells], capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")


def test_action_is_what_github_takes() -> None:
    from jsonschema import Draft7Validator

    schema = json.loads(Path(real("github-actions.json")).read_text(encoding="utf-8"))

    assert [error.message for error in Draft7Validator(schema).iter_errors(ACTION)] == []


def test_zizmor_finds_nothing_in_the_action() -> None:
    done = subprocess.run(
        [real("zizmor"), "--offline", "--no-progress", str(ROOT / "action.yml")], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout


def test_actions_of_others_are_pinned() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    uses = re.findall(r"uses: (.*)", text)

    assert uses
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", each) for each in uses)
