"""Names of the apps of a workspace, wherever a command takes an app."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli import conftest


class Done(NamedTuple):
    """What a command line ended with."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]

SETTINGS = """\
[tool.kpy]
apps = "apps/{team}/{app}/app.py"
output = "rendered/{env}/{app}"

[tool.kpy.gitops]
oci = "oci://127.0.0.1:9/acme/{app}"

[tool.kpy.environments.staging]
values = "apps/{team}/{app}/values/{env}.yaml"

[tool.kpy.environments.prod]
values = "apps/{team}/{app}/values/{env}.yaml"
"""
APP = """\
from kpy import App, Chart, ConfigMap


def app(env: str, number: int = 0) -> App:
    app = App("NAME")
    chart = app.add(Chart("web", namespace="shop"))
    chart.add(ConfigMap.from_literals("NAME", {"number": str(number)}))
    return app
"""
SEVERAL = "no app is given: name one of this project, api, cart, my app é"
#: The commands that take an app and ask no cluster.
OFFLINE = (
    "synth NAME --env prod -o -",
    "validate NAME --env prod",
    "graph NAME --env prod",
    "compare NAME --env staging --env prod",
    "compare git:HEAD NAME --env prod",
    "compare git:HEAD:NAME NAME --env prod",
    "promote NAME --from staging --to prod --check",
)
#: Those that ask a cluster, after they have found the app; this kubectl is none.
ONLINE = tuple(f"{command} NAME --env prod --kubectl ./none" for command in ("diff", "apply", "delete", "status"))


def git(*words: str) -> None:
    subprocess.run(["git", *words], check=True, capture_output=True)


@pytest.fixture
def run(kpy: conftest.Run) -> Run:
    """Run a command line."""
    return lambda *words: Done(*kpy(*words))


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a workspace under Git with three apps."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    for place in ("shop/cart", "shop/my app é", "core/api"):
        folder = Path("apps", place)
        (folder / "values").mkdir(parents=True)
        (folder / "app.py").write_text(APP.replace("NAME", folder.name.replace(" ", "-").replace("é", "e")))
        (folder / "values/staging.yaml").write_text("number: 1\n")
        (folder / "values/prod.yaml").write_text("number: 2\n")
    git("init", "-q")
    git("add", ".")
    git("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "a")


def words_of(command: str, name: str) -> list[str]:
    return [word.replace("NAME", name) for word in command.split()]


@pytest.mark.parametrize("name", ["cart", "my app é"])
@pytest.mark.parametrize("command", OFFLINE)
def test_a_name_is_as_good_as_the_file(run: Run, command: str, name: str) -> None:
    named = run(*words_of(command, name))
    said = run(*words_of(command, f"apps/shop/{name}/app.py"))

    assert named == said
    assert named.code == (1 if "--check" in command else 0), named.err


@pytest.mark.parametrize("name", ["cart", "my app é"])
@pytest.mark.parametrize("command", ONLINE)
def test_a_cluster_is_asked_about_an_app_by_name(run: Run, command: str, name: str) -> None:
    done = run(*words_of(command, name))

    assert done.code == 2
    assert "./none" in done.err
    assert "no app" not in done.err


@pytest.mark.parametrize("command", ["push NAME --env prod", *ONLINE, *OFFLINE])
def test_a_misspelt_name_is_said_to_be_one(run: Run, command: str) -> None:
    done = run(*words_of(command.replace("git:HEAD:NAME", "git:HEAD"), "carts"))

    assert done.code == 2
    assert "there is no app carts; did you mean `cart`?" in done.err


def test_a_revision_has_names_too(run: Run) -> None:
    done = run("apply", "git:HEAD:cart", "--env", "prod", "--kubectl", "./none")

    assert done.code == 2
    assert "./none" in done.err


def test_a_name_that_is_like_none_is_answered_with_some_of_those_that_there_are(run: Run) -> None:
    assert run("synth", "zzz").err == "error: there is no app zzz; there is api, cart, my app é\n"
    for number in range(9):
        Path(f"apps/core/a{number}").mkdir()
        Path(f"apps/core/a{number}/app.py").write_text("")

    assert run("synth", "zzz").err == "error: there is no app zzz; there is a0, a1, a2, a3, a4 and 7 more\n"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("synth", f"{SEVERAL}, or all of them with --all"),
        ("graph", SEVERAL),
        ("diff", SEVERAL),
        ("status", SEVERAL),
        ("promote --from staging --to prod", SEVERAL),
        ("compare --env staging --env prod", f"{SEVERAL}: kpy compare api --env staging --env prod"),
        ("push", "no app is given: kpy push APP, or all of them with --all"),
        (
            "compare --all --env staging --env prod",
            "--env is about one app, and --all compares all outputs with a Git revision: say "
            "kpy compare APP --env staging --env prod, or kpy compare git:main . --all --where env=prod",
        ),
        (
            "push cart 127.0.0.1:9/x",
            "127.0.0.1:9/x: an address begins with oci://; did you mean oci://127.0.0.1:9/x?",
        ),
        (
            "push apps/other.py",
            "apps/other.py is none of the apps of this project: say where it goes, oci://HOST/PATH:TAG",
        ),
        ("validate carts.yaml", "carts.yaml: there is no such file or folder"),
        ("synth os", "os: there is no app in it: write `app = App(...)` at its top level, "),
        ("synth .x", "there is no app .x; there is api, cart, my app é"),
    ],
)
def test_what_is_said_is_true_of_the_command(run: Run, command: str, message: str) -> None:
    done = run(*command.split())

    assert done.code == 2
    assert done.err.startswith(f"error: {message}")
    assert "--all" in message or "--all" not in done.err


def test_an_app_in_a_folder_of_its_name_is_found(run: Run) -> None:
    Path("pyproject.toml").write_text(SETTINGS.replace("apps/{team}/{app}", "apps/*/{app}").replace("apps/*/", "", 1))
    Path("web").mkdir()
    Path("web/app.py").write_text(APP.replace("NAME", "web"))

    assert run("synth", "web", "--set", "env=a").code == 0
    assert "there is no YAML or JSON file in this folder" in run("validate", "web").err

    Path("web/oci-layout").touch()
    assert (
        run("synth", "web", "--set", "env=a").err
        == "error: web: this is a folder: name the file in it that has the app\n"
    )


def test_names_mean_apps_from_any_folder_of_the_project(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("apps/core")

    assert run("compare", "cart", "--env", "staging", "--env", "prod").code == 0


def test_validating_nothing_in_a_workspace_is_validating_all(run: Run) -> None:
    assert run("validate") == run("validate", "--all")
    assert run("validate", "--where", "app=cart").err.endswith("2 outputs of 1 app\n")
