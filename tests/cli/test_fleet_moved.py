"""Outputs whose folder has changed, whose app has another name, or another file: nothing old is left, nothing taken."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SETTINGS = """\
[tool.kpy]
apps = "apps/*/app.py"
output = "rendered/{env}"
[tool.kpy.environments.dev]
[tool.kpy.environments.prod]
"""
APP = """\
from kpy import App, Chart, ConfigMap


def app(env: str) -> App:
    app = App("NAME")
    chart = app.add(Chart("CHART", namespace="shop"))
    chart.add(ConfigMap.from_literals("web", {"env": env}))
    return app
"""
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a workspace of one app, in two environments that each have one folder for all apps."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    write("a", "a", "web")


def write(folder: str, name: str, chart: str) -> None:
    Path("apps", folder).mkdir(parents=True, exist_ok=True)
    Path("apps", folder, "app.py").write_text(APP.replace("NAME", name).replace("CHART", chart))


def settle(output: str) -> None:
    Path("pyproject.toml").write_text(SETTINGS.replace("rendered/{env}", output))


def files(folder: str = "rendered") -> list[str]:
    return sorted(path.as_posix() for path in Path(folder).rglob("*.yaml"))


@pytest.mark.parametrize("words", [(), pytest.param(("-j", "2"), marks=FORKS)])
@pytest.mark.parametrize("chart", ["web", "api"])
def test_second_app_of_one_name_is_refused_in_one_folder(kpy: Run, words: tuple[str, ...], chart: str) -> None:
    assert kpy("synth", "--all")[0] == 0
    before = Path("rendered/dev/web.yaml").read_bytes()
    write("b", "a", chart)

    code, _, err = kpy("synth", "--all", *words)

    assert code == 2
    for env in ("dev", "prod"):
        assert (
            f"error: b {env}: rendered/{env} is written by the app 'a' of apps/a/app.py as well as by that of "
            "apps/b/app.py: give one of them another name, or write {app} in `output`; nothing was changed\n"
        ) in err
    assert Path("rendered/dev/web.yaml").read_bytes() == before
    assert files() == ["rendered/dev/web.yaml", "rendered/prod/web.yaml"]
    assert list(json.loads(Path("rendered/.kpy-outputs").read_text())["outputs"]) == ["a dev", "a prod"]
    assert "as well as by" in kpy("synth", "--all", "--check")[2]
    assert "as well as by" in kpy("synth", "--all", "--where", "app=b")[2]

    write("b", "b", "api")
    assert kpy("synth", "--all")[0] == 0
    assert kpy("synth", "--all", "--check")[0] == 0
    assert len(files()) == 4


@pytest.mark.parametrize("words", [(), pytest.param(("-j", "4"), marks=FORKS)])
def test_two_new_apps_of_one_name_are_refused_in_one_folder(kpy: Run, words: tuple[str, ...]) -> None:
    write("b", "a", "web")

    code, _, err = kpy("synth", "--all", "--no-cache", *words)

    assert code == 2
    assert err.count("is written by the app 'a' of apps/") == 2
    assert err.endswith("4 outputs of 2 apps, 2 changed, 2 failed\n")


def test_file_of_an_app_that_is_elsewhere_now_takes_no_files_along(kpy: Run) -> None:
    kpy("synth", "--all")
    Path("apps/a").rename("apps/c")

    code, _, err = kpy("synth", "--all")

    assert (code, files()) == (0, ["rendered/dev/web.yaml", "rendered/prod/web.yaml"])
    assert "removed: the output a dev\n" in err
    assert kpy("synth", "--all", "--check")[0] == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("rendered/{env}/{app}", "rendered/{env}"),
        ("rendered/{env}", "rendered/{env}/{app}"),
        ("rendered/{env}/{app}", "rendered/{app}/{env}"),
    ],
)
def test_outputs_that_have_moved_leave_nothing_behind(kpy: Run, before: str, after: str) -> None:
    settle(before)
    kpy("synth", "--all")
    old = before.format(env="dev", app="a")
    Path(old, "notes.txt").write_text("mine")
    settle(after)
    new = after.format(env="dev", app="a")

    code, _, err = kpy("synth", "--all", "--check")
    assert code == 1
    assert f"gone: the output a dev from {old.removeprefix('rendered/')}: it is in {new} now\n" in err
    code, _, err = kpy("synth", "--all")

    assert code == 0
    assert f"removed: the output a dev from {old.removeprefix('rendered/')}: it is in {new} now\n" in err
    assert files() == [after.format(env=env, app="a") + "/web.yaml" for env in ("dev", "prod")]
    assert Path(old, "notes.txt").exists()
    assert kpy("synth", "--all", "--check") == (0, "", "2 outputs of 1 app, 0 not up to date, 2 not made again\n")


def test_output_that_has_moved_and_was_edited_stays_until_somebody_takes_it_away(kpy: Run) -> None:
    settle("rendered/{env}/{app}")
    kpy("synth", "--all")
    edited = Path("rendered/dev/a/web.yaml")
    edited.write_text("# mine")
    settle("rendered/{env}")
    said = (
        f"stale: {edited} is no longer written and was edited, so it stays: delete it yourself, or restore it\n"
        "2 outputs of 1 app, 0 {}, 2 not made again\n"
    )
    kpy("synth", "--all")

    assert kpy("synth", "--all") == (0, "", said.format("changed"))
    assert kpy("synth", "--all", "--check") == (1, "", said.format("not up to date"))
    edited.unlink()
    assert kpy("synth", "--all")[2].startswith("removed: the output a dev in dev/a\n")
    assert kpy("synth", "--all", "--check")[0] == 0
    assert list(json.loads(Path("rendered/.kpy-outputs").read_text())["outputs"]) == ["a dev", "a prod"]


def test_app_of_another_name_leaves_no_files_of_its_old_one(kpy: Run) -> None:
    kpy("synth", "--all")
    write("a", "other", "api")

    assert kpy("synth", "--all")[0] == 0

    assert files() == ["rendered/dev/api.yaml", "rendered/prod/api.yaml"]


@pytest.mark.parametrize("root", ["rendered", "deploy/rendered"])
def test_folder_that_the_settings_name_no_more_is_told(kpy: Run, root: str) -> None:
    settle(f"{root}/{{env}}/{{app}}")
    kpy("synth", "--all")
    settle("out/{env}/{app}")
    Path("lib").mkdir()
    Path("lib/.kpy-outputs").write_text("of somebody else")
    note = (
        f"note: {root} has outputs of this project, which are written elsewhere now: remove {root}, "
        f"or only {root}/.kpy-outputs if they are to stay\n"
    )

    assert kpy("synth", "--all")[2].endswith(note)
    assert kpy("synth", "--all", "--check")[2].endswith(note)
    assert note not in kpy("synth", "--all", "-o", "elsewhere")[2]
    Path(root, ".kpy-outputs").unlink()
    Path("elsewhere/.kpy-outputs").unlink()
    assert kpy("synth", "--all", "--check")[2] == "2 outputs of 1 app, 0 not up to date\n"


def test_edited_file_of_a_chart_that_is_gone_is_told_with_what_helps(kpy: Run) -> None:
    kpy("synth", "--all")
    Path("rendered/dev/web.yaml").write_text("# mine")
    write("a", "a", "api")
    said = "is no longer written and was edited, so it stays: delete it yourself, or restore it\n"

    assert f"stale: rendered/dev/web.yaml {said}" in kpy("synth", "--all")[2]
    code, _, err = kpy("synth", "--all", "--check")
    assert code == 1
    assert f"stale: rendered/dev/web.yaml {said}" in err
    assert "without --check" not in err
    code, _, err = kpy("synth", "a", "--env", "dev", "--check")
    assert (code, err) == (
        1,
        "stale: rendered/dev/web.yaml is no longer part of the app and was edited: delete it yourself, or restore it\n",
    )


def test_list_that_cannot_be_written_is_told_as_what_it_is(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    kpy("synth", "--all")
    write("b", "b", "api")
    real = os.replace

    def fail(source: object, target: object) -> None:
        if str(target).endswith("rendered/.kpy-outputs"):
            raise PermissionError(1, "Operation not permitted")
        real(source, target)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        code, _, err = kpy("synth", "--all")

    assert code == 2
    assert err.endswith(
        "rendered/.kpy-outputs cannot be written: Operation not permitted; the files of outputs are written, and only "
        "the list of them is not: once that can be written, run the same command again\n"
    )
    assert not Path("rendered/.kpy-staging").exists()
    assert kpy("synth", "--all")[0] == 0
    assert "b dev" in Path("rendered/.kpy-outputs").read_text()
