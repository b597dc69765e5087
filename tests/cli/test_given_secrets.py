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


def in_secrets(*names: str) -> None:
    calls = "\n    ".join(f'chart.add(Secret.from_literals("{name}", {{"a": f"x:{{password}}"}}))' for name in names)
    app(calls)
    Path("app.py").write_text(Path("app.py").read_text().replace("Raw\n", "Raw, Secret\n"))


def test_files_with_given_values_are_warned_of_once(kpy: Run) -> None:
    in_secrets("a", "b", "c", "d")

    for words in (["synth", "--env", "dev", "-o", "out"], ["synth", "--all", "-o", "all"]):
        code, _, err = kpy(*words)
        assert code == 0
        assert err.count("warning: ") == 1
        assert 'Secret "shop/a", Secret "shop/b", Secret "shop/c" and 1 more have values from a reference' in err
        assert "SOPS" in err
        assert SECRET not in err


def test_one_object_is_warned_of_wherever_the_value_is(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    app('chart.add(Raw({"apiVersion": "x.io/v1", "kind": "X", "metadata": {"name": "a"}, "spec": {"b": [password]}}))')

    assert 'warning: X "shop/a" has a value from a reference' in kpy("synth", "--env", "dev", "-o", "out")[2]

    monkeypatch.setenv("PW", "ab")
    assert "reference" not in kpy("synth", "--env", "dev", "-o", "out")[2]
    secret = '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "stringData": {"b": password}}'
    app(f"chart.add(Raw({secret}))")
    assert 'warning: Secret "shop/a" has a value from a reference' in kpy("synth", "--env", "dev", "-o", "out")[2]


def test_nothing_is_warned_of_without_files_or_references(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    in_secrets("a")
    assert "reference" not in kpy("synth", "--env", "dev")[2]

    Path("values.yaml").write_text("password: other-password\n")
    assert "reference" not in kpy("synth", "--env", "dev", "-o", "out")[2]

    Path("values.yaml").write_text("password: {env: PW}\n")
    app('chart.add(Raw({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"b": "YWJjZA=="}}))')
    assert "reference" not in kpy("synth", "--env", "dev", "-o", "out")[2]
    app('chart.add(Raw({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"b": "/w=="}}))')
    assert "reference" not in kpy("synth", "--env", "dev", "-o", "out")[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "password=topsecret99"], "have the value of `password`"),
        (["--constant", "password"], "have the value of `password`"),
        (["--set", "database.password=topsecret99"], "have the value of `database.password`"),
        ([], ""),
    ],
)
def test_secret_in_the_templates_of_a_chart_is_warned_of(words: list[str], said: str, kpy: Run) -> None:
    Path("pyproject.toml").write_text('[tool.kpy]\napp = "app.py"\n')
    app('chart.add(Secret.from_literals("a", {"a": password + database.password}))')
    text = Path("app.py").read_text().replace("Raw\n", "Raw, Secret\n")
    head = "@dataclass\nclass Db:\n    password: str = 'nothing-else'\n\n\ndef app(database: Db = Db(), "
    text = text.replace("from urllib", "from dataclasses import dataclass\nfrom urllib").replace("def app(", head)
    Path("app.py").write_text(text)

    code, _, err = kpy("synth", "--format", "helm", "-o", "chart", "--no-proof", *words)

    assert code == 0, err
    assert ("warning: the templates" in err) == bool(said)
    assert said in err
    assert "topsecret99" not in err
