"""The plug-in of Argo CD: its commands are run as its file says, as the sidecar would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kpy.documents import read_documents
from tests.cli.conftest import Run

SETTINGS = """\
[tool.kpy]
apps = "apps/*.py"
output = "rendered/{cluster}/{env}/{app}"
[tool.kpy.environments.dev]
[tool.kpy.environments.prod]
[tool.kpy.clusters.eu]
[tool.kpy.gitops]
repository = "https://github.com/acme/infra.git"
plugin = true
"""
APP = """\
from kpy import *

print("hello from the app")

def app(env: str, cluster: str = "", size: int = 1, note: str = "") -> App:
    app = App("shop")
    data = {"env": env, "cluster": cluster, "size": str(size), "note": note}
    app.add(Chart("web", namespace="shop")).add(ConfigMap("web", data=data))
    app.find(Chart).add(Service("web", selector={"a": "b"}, ports=[80]))
    return app
"""


@pytest.fixture(autouse=True)
def in_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a fresh checkout of a project."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(SETTINGS)
    Path("apps").mkdir()
    for name in ("shop", "cart"):
        Path(f"apps/{name}.py").write_text(APP)


@pytest.fixture
def plugin(kpy: Run) -> dict[str, Any]:
    code, out, err = kpy("gitops", "argocd", "--plugin")
    assert (code, err) == (0, "")
    [document] = read_documents(out).documents
    assert (document.tree["apiVersion"], document.tree["kind"], document.tree["metadata"]) == (
        "argoproj.io/v1alpha1",
        "ConfigManagementPlugin",
        {"name": "kpy"},
    )
    spec: dict[str, Any] = document.tree["spec"]
    return spec


def start(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the plug-in in the current folder, with kpy on PATH, as the sidecar of Argo CD does."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "ARGOCD_APP_NAME": "shop", **variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def data_of(text: str) -> dict[str, str]:
    trees = [each.tree for each in read_documents(text).documents]
    return next(dict(tree["data"]) for tree in trees if tree["kind"] == "ConfigMap")


def test_project_is_discovered_and_nothing_else(plugin: dict[str, Any]) -> None:
    command = plugin["discover"]["find"]["command"]
    assert start(command).stdout != ""

    Path("pyproject.toml").write_text('[project]\nname = "other"\n')
    other = start(command)
    assert (other.returncode, other.stdout) == (0, "")
    Path("pyproject.toml").unlink()
    none = start(command)
    assert (none.returncode, none.stdout, none.stderr) == (0, "", "")


def test_generate_writes_yaml_alone(kpy: Run, plugin: dict[str, Any]) -> None:
    """What the app prints, and what kpy says, goes to the log."""
    done = start(plugin["generate"]["command"], PARAM_APP="shop", PARAM_ENV="prod", PARAM_CLUSTER="eu")

    assert done.returncode == 0
    assert "hello from the app" in done.stderr
    assert "warning" in done.stderr
    assert done.stdout == kpy("synth", "shop", "--env", "prod", "--cluster", "eu", "-o", "-")[1]
    assert not Path("rendered").exists()


def test_parameters_reach_the_app(plugin: dict[str, Any]) -> None:
    command = plugin["generate"]["command"]
    words = {"PARAM_SET_0": "size=3", "PARAM_SET_1": 'note="two words" $(touch evil) `touch evil`; touch evil'}

    done = start(command, ARGOCD_ENV_KPY_APP="apps/shop.py", ARGOCD_ENV_KPY_ENV="dev", **words)

    assert data_of(done.stdout) == {
        "env": "dev",
        "cluster": "",
        "size": "3",
        "note": '"two words" $(touch evil) `touch evil`; touch evil',
    }
    assert not Path("evil").exists()
    both = start(command, ARGOCD_ENV_KPY_APP="none", PARAM_APP="cart", ARGOCD_ENV_KPY_ENV="dev", PARAM_ENV="prod")
    assert data_of(both.stdout)["env"] == "prod"


@pytest.mark.parametrize(
    "variables",
    [
        {"PARAM_APP": "--output=evil", "PARAM_ENV": "dev"},
        {"PARAM_APP": "shop", "PARAM_ENV": "--output=evil"},
        {"PARAM_APP": "shop", "PARAM_ENV": "dev", "PARAM_SET_0": "--output=evil"},
        {"PARAM_APP": "shop", "PARAM_ENV": "dev", "PARAM_SET_0": "size=many"},
        {"PARAM_ENV": "dev"},
    ],
)
def test_what_cannot_be_made_fails_and_writes_nothing(plugin: dict[str, Any], variables: dict[str, str]) -> None:
    done = start(plugin["generate"]["command"], **variables)

    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.startswith(("error: ", "hello from the app\nerror: "))
    assert not Path("evil").exists()


def test_applications_give_the_plugin_what_it_needs(kpy: Run, plugin: dict[str, Any]) -> None:
    """What an Application says becomes variables as Argo CD makes them, and these make the output."""
    trees = [each.tree for each in read_documents(kpy("gitops", "argocd")[1]).documents]
    source = next(tree for tree in trees if tree["metadata"]["name"] == "shop-prod-eu")["spec"]["source"]
    announced = {each["name"] for each in plugin["parameters"]["static"]}

    assert source["plugin"]["name"] == "kpy"
    assert {each["name"] for each in source["plugin"]["parameters"]} <= announced
    variables = {f"PARAM_{each['name'].upper()}": each["string"] for each in source["plugin"]["parameters"]}
    done = start(plugin["generate"]["command"], **variables)
    assert data_of(done.stdout) == {"env": "prod", "cluster": "eu", "size": "1", "note": ""}


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("flux", "--plugin"), "--plugin is about Argo CD, which has plug-ins: kpy gitops argocd --plugin"),
        (
            ("argocd", "--plugin", "--sets"),
            "--plugin writes the file of the plug-in, in which no output is: leave --sets",
        ),
        (("argocd", "--plugin", "--where", "env=dev"), "in which no output is: leave --where out"),
    ],
)
def test_wrong_calls_are_refused(kpy: Run, words: tuple[str, ...], text: str) -> None:
    code, out, err = kpy("gitops", *words)

    assert (code, out) == (2, "")
    assert text in err
