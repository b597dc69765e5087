"""The way back: an app as it was at a Git revision, with a stand-in for the cluster."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kpy.cli.main import run

from .fake import FakeKubectl

APP = """\
from kpy import App, Chart, ConfigMap, Container, Deployment, Job
from parts import IMAGE


def app(colour: str = "red") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="default"))
    chart.add(ConfigMap.from_literals("config", {"colour": colour}))
    job = Job("migrate", content_hash=True, restart_policy="Never", containers=[Container(image=IMAGE)])
    migrate = chart.add(job)
    chart.add(Deployment("web", after=[migrate], containers=[Container(image=IMAGE)]))
    return app
"""
Run = Callable[..., tuple[int, str, str]]


def git(*words: str) -> str:
    who = ["-c", "user.name=kpy", "-c", "user.email=kpy@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *words], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def kpy(kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a repository with two commits, and return the exit code and both streams."""
    Path("shop.py").write_text(APP)
    Path("pyproject.toml").write_text('[project]\nname = "shop"\n[tool.kpy]\napp = "shop.py"\n')
    git("init", "-q", "-b", "main")
    git("remote", "add", "origin", "https://me:secret@example.com/shop.git")
    for version in ("1", "2"):
        Path("parts.py").write_text(f'IMAGE = "web:{version}"\n')
        git("add", ".")
        git("commit", "-qm", version)
        git("tag", f"v{version}")

    def kpy(*words: str) -> tuple[int, str, str]:
        code = run(words)
        out, err = capsys.readouterr()
        return code, out, err

    return kpy


def image(kubectl: FakeKubectl) -> str:
    deployment = kubectl.find("Deployment", "web")
    assert deployment is not None
    return str(deployment["spec"]["template"]["spec"]["containers"][0]["image"])


def test_app_is_applied_as_it_was(kpy: Run, kubectl: FakeKubectl) -> None:
    kpy("apply", "shop.py", "--yes")
    assert image(kubectl) == "web:2"

    code, out, err = kpy("apply", "git:v1", "--yes")

    assert code == 0
    assert '~ Deployment "default/web": rolling restart   (git:v1:shop.py:11)\n' in err
    assert 'image: "web:2" -> "web:1"\n' in err
    assert image(kubectl) == "web:1"
    assert re.findall(r"^\w+ +\w+ ", out, re.MULTILINE) == [
        "unchanged ConfigMap ",
        "created   Job ",
        "changed   Deployment ",
        "deleted   Job ",
    ]


def test_history_says_where_it_came_from(kpy: Run) -> None:
    kpy("apply", "shop.py", "--yes")
    kpy("apply", "git:v1", "--yes")

    _, out, _ = kpy("status", "shop.py", "--history")

    commits = [git("rev-parse", "--short=7", name).strip() for name in ("v1", "v2")]
    assert [line.partition("  from ")[2] for line in out.splitlines()] == [
        f"https://example.com/shop.git, git:v1, {commits[0]}",
        f"https://example.com/shop.git, main, {commits[1]}",
    ]


def test_work_tree_is_left_alone_and_what_is_not_committed_is_named(kpy: Run, kubectl: FakeKubectl) -> None:
    Path("parts.py").write_text('IMAGE = "web:3"\n')
    before = git("status", "--porcelain")

    code, _, err = kpy("apply", "git:HEAD", "--yes")

    assert (code, image(kubectl), git("status", "--porcelain")) == (0, "web:2", before)
    assert "note: git:HEAD is taken as it was committed; the changes in the work tree are no part of it\n" in err


def test_apply_of_a_changed_work_tree_says_so_in_the_history(kpy: Run) -> None:
    Path("parts.py").write_text('IMAGE = "web:3"\n')
    kpy("apply", "shop.py", "--yes")

    _, out, _ = kpy("status", "shop.py", "--history")

    assert out.endswith(f"main, {git('rev-parse', '--short=7', 'HEAD').strip()} with uncommitted changes\n")


def test_values_and_paths_hold_for_a_revision(kpy: Run, kubectl: FakeKubectl) -> None:
    code, _, _ = kpy("apply", "git:v1:shop.py:app", "--yes", "--set", "colour=blue")

    config = kubectl.find("ConfigMap", "config")
    assert config is not None
    assert (code, config["data"]) == (0, {"colour": "blue"})


def test_diff_and_status_take_a_revision_too(kpy: Run) -> None:
    kpy("apply", "git:v1", "--yes")

    assert kpy("diff", "git:v1")[:2] == (0, "3 no change\n")
    assert 'image: "web:1" -> "web:2"\n' in kpy("diff", "git:v2")[1]
    assert '    spec.template.spec.containers[name=web].image: "web:1" -> "web:2"\n' in kpy("diff", "git:v2")[1]
    assert "it differs" not in kpy("status", "git:v1")[1]


def test_project_of_now_says_whose_it_is_and_where_it_may_go(kpy: Run) -> None:
    kpy("apply", "shop.py", "--yes")
    Path("pyproject.toml").write_text('[project]\nname = "other"\n[tool.kpy]\napp = "shop.py"\ncontexts = ["prod"]\n')

    _, _, err = kpy("apply", "git:v1", "--yes")
    assert 'belongs to the project "shop"' in err

    _, _, err = kpy("apply", "git:v1", "--yes", "--context", "test")
    assert err.startswith("error: --context test: `contexts` of [tool.kpy] does not allow it; it allows prod.")


def test_app_that_was_broken_is_said_with_its_error(kpy: Run, kubectl: FakeKubectl) -> None:
    Path("shop.py").write_text(APP.replace('Deployment("web"', 'Deployment("web_1"'))
    git("commit", "-qam", "broken")

    code, out, err = kpy("apply", "git:HEAD", "--yes")

    assert (code, out, kubectl.names("Deployment")) == (1, "", [])
    assert err.startswith(
        "error: git:HEAD:shop.py: it cannot be synthesised:\n"
        'shop.py:11: error[name-format]: name "web_1" must be lower-case letters'
    )
    assert "nothing was changed in the cluster" in err


def test_what_the_old_app_prints_is_no_manifest(kpy: Run, kubectl: FakeKubectl) -> None:
    Path("shop.py").write_text(f"print('hello')\n{APP}")
    git("commit", "-qam", "loud")

    code, _, err = kpy("apply", "git:HEAD", "--yes")

    assert (code, err.splitlines()[0]) == (0, "hello")


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("git:gone", "git:gone: there is no revision 'gone' in this repository"),
        ("git:--output=x", "git:--output=x: there is no revision '--output=x' in this repository"),
        ("git:", "git:: name a revision, such as git:main or git:v1.2:FILE"),
        (
            "git:v1:gone.py",
            "git:v1:gone.py: there is no gone.py in that revision; if it had another name then, say git:REV:FILE",
        ),
        (
            "git:v1:pyproject.toml",
            "git:v1:pyproject.toml: this is no app; an app is a Python file, or a module with its name, shop.main:app",
        ),
        ("git:v1:../shop.py", "git:v1:../shop.py: the path leads out of the revision"),
    ],
)
def test_what_is_not_in_the_repository_is_said(kpy: Run, target: str, message: str) -> None:
    assert kpy("apply", target, "--yes") == (2, "", f"error: {message}\n")


def test_app_of_a_revision_has_to_be_named_somewhere(kpy: Run) -> None:
    Path("pyproject.toml").unlink()

    assert kpy("apply", "git:v1", "--yes") == (2, "", "error: git:v1: name the app in that revision: git:v1:FILE\n")


def test_folder_without_a_repository_is_said(kubectl: FakeKubectl, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "git:v1:shop.py", "--yes"]) == 2

    assert capsys.readouterr().err == "error: git:v1: this folder is in no git repository\n"


def test_shallow_clone_says_how_to_get_more(kpy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("clone", "-q", "--depth=1", f"file://{tmp_path}", "clone")
    monkeypatch.chdir("clone")

    assert kpy("apply", "git:v1", "--yes")[2] == (
        "error: git:v1: there is no revision 'v1' in this repository; the clone is shallow, fetch the rest with "
        "`git fetch --unshallow --tags`\n"
    )


@pytest.mark.parametrize(
    ("words", "here"),
    [
        (["checkout", "-q", "-b", "feature"], 'this is the branch "feature"'),
        (["checkout", "-q", "--detach"], "this is no branch"),
    ],
)
def test_what_another_branch_made_is_said_before_it_goes(kpy: Run, words: list[str], here: str) -> None:
    """A branch is shown and never compared: CI checks out tags and detached heads."""
    kpy("apply", "shop.py", "--yes")
    git(*words)
    Path("shop.py").write_text(APP.replace('"config"', '"settings"'))

    code, _, err = kpy("diff", "shop.py")

    commit = git("rev-parse", "--short=7", "HEAD").strip()
    before = f"https://example.com/shop.git, main, {commit}"
    assert code == 0
    assert f"what is no longer declared was last applied from {before}; {here}\n" in err
    assert kpy("apply", "shop.py", "--yes")[0] == 0


def test_what_the_way_back_takes_away_is_said_with_its_origin(kpy: Run) -> None:
    Path("shop.py").write_text(APP.replace('"config"', '"settings"'))
    git("commit", "-qam", "3")
    kpy("apply", "shop.py", "--yes")

    _, _, err = kpy("diff", "git:v2")

    assert "; this is git:v2\n" in err
