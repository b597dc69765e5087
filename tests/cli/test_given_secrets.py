"""What is given by reference is in no text that kpy prints, wherever the app puts it: only in the manifest."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.conftest import Run

SECRET = "sup3rgeheim"
SETTINGS = """\
[tool.kpy]
app = "app.py"

[tool.kpy.environments.dev]
values = "values.yaml"
"""
APP = """\
from urllib.parse import quote

from kpy import App, Chart, ConfigMap, Deployment, Container, Raw


def app(password: str = "nothing") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="shop"))
    BODY
    return app
"""
NAMED = """chart.add(ConfigMap(password, data={"A": "1"}))
    env = {"A": ConfigMap.existing(f"{password}-b")["a"]}
    chart.add(Deployment(password, containers=[Container(image="x:latest", env=env)]))
    chart.add(Raw({"apiVersion": "v1", "kind": "Service", "metadata": {"name": password}, "spec": {"prots": []}}))"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a project whose password comes from a variable."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PW", SECRET)
    Path("pyproject.toml").write_text(SETTINGS)
    Path("values.yaml").write_text("password: {env: PW}\n")


def app(body: str) -> None:
    Path("app.py").write_text(APP.replace("BODY", body))


@pytest.mark.parametrize("form", ["text", "short", "json", "sarif", "github", "gitlab", "junit"])
def test_name_is_hidden_in_findings(form: str, kpy: Run) -> None:
    app(NAMED)

    for words in (["synth", "--report", form], ["validate", "app.py", "--format", form], ["validate", "--all"]):
        code, out, err = kpy(*words, *([] if "--all" in words else ["--env", "dev"]))
        assert code == 1
        assert "hidden" in out + err
        assert SECRET not in out + err


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg", "html"])
def test_name_is_hidden_in_pictures(form: str, kpy: Run) -> None:
    app('chart.add(ConfigMap(password, data={"A": "1"}))')

    code, out, _ = kpy("graph", "--env", "dev", "--format", form)

    assert code == 0
    assert SECRET not in out


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_name_is_hidden_in_comparisons(form: str, kpy: Run) -> None:
    app('chart.add(ConfigMap(password, data={"A": "1"}))')
    Path("before.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n")

    code, out, err = kpy("compare", "before.yaml", "app.py", "--env", "dev", "--format", form)

    assert code == 0
    assert "(hidden)" in out
    assert SECRET not in out + err


def test_name_is_in_the_manifest(kpy: Run) -> None:
    app('chart.add(ConfigMap(password, data={"A": "1"}))')

    code, out, _ = kpy("synth", "--env", "dev")

    assert code == 0
    assert f"name: {SECRET}\n" in out


def test_chart_of_that_name_is_hidden_in_an_error(kpy: Run) -> None:
    app("app.add(Chart(password))\n    app.add(Chart(password))")

    code, _, err = kpy("synth", "--env", "dev")

    assert code == 1
    assert 'cannot add Chart "(hidden)"' in err
    assert SECRET not in err


@pytest.mark.parametrize("written", ["password", "quote(password)", "repr(password)", "f'<{password}>'"])
@pytest.mark.parametrize("secret", ["sup3rgeheim%pass", "a b&<c>/\"d'e", "kurz"])
def test_no_error_of_the_app_has_it(secret: str, written: str, kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PW", secret)
    app(f"raise ValueError({written})")

    for words in (
        ["synth", "--env", "dev"],
        ["synth", "--all", "-o", "out"],
        ["synth", "--all", "-o", "out", "--report", "json"],
    ):
        code, out, err = kpy(*words)
        assert code in (1, 2)
        assert not [
            form for form in {secret, quote(secret), repr(secret)[1:-1], json.dumps(secret)[1:-1]} if form in out + err
        ]
        assert re.search("hidden", out + err)


def test_shorter_than_four_characters_is_not_hidden(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would hide words that have nothing to do with it; docs/environments.md says so."""
    monkeypatch.setenv("PW", "ab")
    app('raise ValueError("absolute")')

    assert "absolute" in kpy("synth", "--env", "dev")[2]
