"""`kpy compare` and `kpy graph`: apps, files, folders and revisions, side by side."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from kpy.cli.main import run

APP = """\
from parts import IMAGE
from kpy import App, Chart, Container, Deployment

def app(replicas: int = 1) -> App:
    app = App("web")
    chart = app.add(Chart("web", namespace="web"))
    chart.add(Deployment("web", replicas=replicas, containers=[Container(image=IMAGE)]))
    return app
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {a: '%s'}\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with an app, its module and a manifest in one commit, and another image and value after."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "parts.py").write_text('IMAGE = "web:1"\n')
    (tmp_path / "config.yaml").write_text(CONFIG % 1)
    monkeypatch.chdir(tmp_path)
    who = ["-c", "user.name=kpy", "-c", "user.email=kpy@example.com", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", *words], check=True)
    (tmp_path / "parts.py").write_text('IMAGE = "web:2"\n')
    (tmp_path / "config.yaml").write_text(CONFIG % 2)
    return tmp_path


@pytest.mark.usefixtures("project")
def test_app_is_compared_with_its_revision(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "git:HEAD", "app.py"]) == 0

    path = "spec.template.spec.containers[name=web].image"
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith('~ Deployment "web/web": rolling restart   (')
    assert lines[1:] == [f'    {path}: "web:1" -> "web:2"', "1 rolling restart"]


@pytest.mark.usefixtures("project")
def test_values_hold_for_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "git:HEAD:app.py:app", "git:HEAD:app.py", "--set", "replicas=3"]) == 0

    assert capsys.readouterr().out == "1 no change\n"


def test_revision_is_read_from_a_folder_below_the_top(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "below").mkdir()
    monkeypatch.chdir(project / "below")

    assert run(["compare", "git:HEAD:../config.yaml", "../config.yaml"]) == 0

    assert '    data[a]: "1" -> "2"\n' in capsys.readouterr().out


@pytest.mark.parametrize("path", ["/etc/hostname", "../../etc/hostname", "sub/../../other"])
@pytest.mark.usefixtures("project")
def test_path_cannot_leave_the_revision(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", f"git:HEAD:{path}", "config.yaml"]) == 2

    assert capsys.readouterr().err == f"error: git:HEAD:{path}: the path leads out of the revision\n"


@pytest.mark.parametrize("path", ["link.yaml", "folder"])
def test_link_cannot_leave_the_revision(project: Path, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    outside = project.parent / "outside.yaml"
    outside.write_text(CONFIG % 1)
    (project / "folder").mkdir()
    for place in ("link.yaml", "folder/link.yaml"):
        (project / place).symlink_to(outside)
    who = ["-c", "user.name=kpy", "-c", "user.email=kpy@example.com", "-c", "commit.gpgsign=false"]
    for words in (["add", "."], [*who, "commit", "-qm", "second"]):
        subprocess.run(["git", *words], check=True)

    assert run(["compare", f"git:HEAD:{path}", "config.yaml"]) == 2

    assert capsys.readouterr().err == f"error: git:HEAD:{path}: a symbolic link leads out of the revision\n"


@pytest.mark.usefixtures("project")
def test_comparing_leaves_the_repository_as_it_is() -> None:
    before = subprocess.run(["git", "status", "--porcelain"], capture_output=True, check=True).stdout

    run(["compare", "git:HEAD:config.yaml", "config.yaml"])

    assert subprocess.run(["git", "status", "--porcelain"], capture_output=True, check=True).stdout == before


def test_folders_are_compared_file_by_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("old", "new"):
        (project / name).mkdir()
        (project / name / f"{name}.yaml").write_text(CONFIG % name)

    assert run(["compare", "old", "new", "--format", "json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["counts"]["update in place"] == 1
    assert said["changes"][0]["differences"] == [{"path": "data[a]", "old": "old", "new": "new"}]


@pytest.mark.usefixtures("project")
def test_markdown_is_for_a_comment(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "git:HEAD:config.yaml", "config.yaml", "--format", "markdown"]) == 0

    assert capsys.readouterr().out.startswith("**kpy compare**: 1 update in place\n")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("least", "code"), [("create", 1), ("update", 1), ("restart", 1), ("delete", 0)])
def test_bad_changes_can_fail_a_pipeline(least: str, code: int) -> None:
    assert run(["compare", "git:HEAD", "app.py", "--fail-on", least]) == code


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("sides", "message"),
    [
        (["app.py"], "kpy compare takes two sides: kpy compare OLD NEW, such as: kpy compare git:main shop.py"),
        (["git:gone", "app.py"], "git:gone: there is no revision 'gone' in this repository"),
        (["git:--help", "app.py"], "git:--help: there is no revision '--help' in this repository"),
        (["git:HEAD", "git:HEAD"], "git:HEAD: say what is compared in that revision: git:HEAD:PATH"),
        (["git:HEAD:gone.yaml", "app.py"], "git:HEAD:gone.yaml: there is no such file or folder"),
        (["gone.yaml", "app.py"], "gone.yaml: there is no such file or folder"),
    ],
)
def test_what_cannot_be_compared_is_said(sides: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", *sides]) == 2

    assert capsys.readouterr().err.startswith(f"error: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [("a: [", "broken.yaml:1:5: "), ("text", "broken.yaml:1:1: a document must be a mapping, not text")],
)
def test_error_in_a_document_is_an_error_that_was_found(
    project: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "broken.yaml").write_text(text)

    assert run(["compare", "broken.yaml", "app.py"]) == 1

    assert capsys.readouterr().err.startswith(f"error: {message}")


def test_broken_revision_is_said_with_its_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "parts.py").unlink()
    assert run(["compare", "git:HEAD:parts.py", "config.yaml"]) == 2  # it has no app in it

    assert capsys.readouterr().err.startswith("error: git:HEAD:parts.py: it cannot be synthesised:\n")


@pytest.mark.usefixtures("project")
def test_graph_is_drawn_of_apps_and_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "app.py"]) == 0
    assert 'Deployment_web_web["Deployment<br/>web"]' in capsys.readouterr().out

    assert run(["graph", "config.yaml", "--format", "dot"]) == 0
    assert 'ConfigMap_config [label="ConfigMap\\nconfig"]' in capsys.readouterr().out


def test_what_says_no_kind_is_no_object(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "values.yaml").write_text("replicas: 2\n")

    assert run(["compare", "config.yaml", "values.yaml"]) == 1

    message = "values.yaml:1:1: this is not a Kubernetes object: it has no `kind`"
    assert capsys.readouterr().err == f"error: {message}\n"
