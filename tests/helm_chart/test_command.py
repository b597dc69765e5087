"""The command line of a chart: what is said wrongly, what a project says, and what stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kpy.cli.main import run
from kpy.delivery.helm_chart.proof import Case, ProofError, prove
from kpy.programs.helm import HelmRenderer
from tests.helm_chart.conftest import HEAD, Make, real_helm
from tests.helm_chart.test_chart import config

CODE = config('tag: str = "v1", size: int = 2', '{"a": tag, "b": str(size)}')


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("-o -", "--format helm is a folder, a Helm chart: add -o DIR"),
        ("--all", "--all is not for Helm charts: leave it out, or leave out --format helm"),
        ("-o c --kustomization", "--kustomization is not for Helm charts: leave it out, or leave out --format helm"),
        ("-o c --format yaml --no-proof", "--no-proof is about Helm charts: add --format helm"),
        ("-o c --format yaml --constant tag", "--constant is about Helm charts: add --format helm"),
        ("-o c --constant tagg", "--constant tagg: the app has no such parameter; did you mean `tag`?"),
        ("-o c --chart-version 1", "--chart-version 1: '1' is not a semantic version, as Helm wants it"),
        ("-o c -f no.yaml", "no.yaml: the values cannot be read: No such file"),
        ("-o c -f bad.yaml", "bad.yaml:1:1: `size`: expected a whole number, not the text"),
        ("-o c --set tagg=1", "app() has no parameter `tagg`; did you mean `tag`?"),
    ],
)
def test_what_is_said_wrongly_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.py").write_text(HEAD + CODE)
    Path("bad.yaml").write_text("size: many\n")

    format_ = [] if "--format" in words else ["--format", "helm"]
    code = run(["synth", "shop.py", *format_, *words.split()])

    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert message in err
    assert not (tmp_path / "c").exists()


def test_app_that_is_no_function_takes_no_values(make: Make, no_helm: None) -> None:
    code = "app = App('shop')\napp.add(Chart('web')).add(ConfigMap('a', data={'a': 'x'}))\n"

    assert make(code).code == 0
    refused = make(code, "--set", "tag=1")
    assert refused.code == 2
    assert "`app` is an App, not a function, so there is no parameter to set (`tag`)" in refused.err


def test_name_that_helm_does_not_take_is_refused(make: Make, no_helm: None) -> None:
    chart = make(CODE.replace('App("shop")', 'App("My_Shop")'))

    assert chart.code == 1
    assert "the app is called 'My_Shop', and so would the chart be: Helm wants small letters" in chart.err


def test_error_of_the_app_is_told_as_always(make: Make, no_helm: None) -> None:
    chart = make(CODE.replace('"settings"', '"Settings"'))

    assert chart.code == 1
    assert "shop.py:6: error" in chart.err
    assert "nothing was written" in chart.err


def test_warnings_can_fail(make: Make, no_helm: None) -> None:
    code = """
def app(tag: str = "v1"):
    app = App("shop")
    chart = app.add(Chart("web", namespace="web"))
    chart.add(Secret.from_literals("s", {"p": "hunter2"}))
    return app
"""
    chart = make(code, "--fail-on", "warning")

    assert chart.code == 1
    assert "nothing was written, since --fail-on warning is met" in chart.err
    assert not chart.folder.exists()


def test_parameters_that_are_no_values_are_named(make: Make, no_helm: None) -> None:
    parameters = 'tag: str = "v1", hook: type = str, more=None, big: int = 10**17, huge: float = float("inf")'
    chart = make(config(parameters, '{"a": tag}'))

    assert chart.code == 0
    assert "`hook` is no value of the chart, and stays as it is: a file of values has none of `type`\n" in chart.err
    assert "`more` is no value of the chart, and stays as it is: it has no annotation that says" in chart.err
    assert "Helm reads 100000000000000000 as a number that is not exact; make it a text" in chart.err
    assert "inf is no number of YAML that Helm would hand on" in chart.err
    assert list(json.loads(chart.text("values.schema.json"))["properties"]) == ["tag", "global"]


def test_parameter_that_has_no_value_at_all_is_asked_for(make: Make, no_helm: None) -> None:
    chart = make(config("hook: type", '{"a": "x"}'))

    assert chart.code == 2
    assert "needs a value for `hook`: add --set hook=..." in chart.err


def test_environments_and_files_are_tried_and_named(make: Make, no_helm: None) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "x"\nversion = "2.3.4"\n[tool.kpy]\nkubernetes = "1.35"\n'
        '[tool.kpy.environments.prod]\nset = { domain = "shop.example" }\n'
        "[tool.kpy.environments.odd]\nset = { domainn = 1 }\n",
        "more.yaml": "tag: v7\n",
    }
    chart = make(config('tag: str = "v1", *, domain: str', '{"a": tag, "b": domain}'), "-f", "more.yaml", files=files)

    assert chart.code == 0
    assert "the chart is not proved with the environment odd: pyproject.toml:9:9: app() has no parameter" in chart.err
    assert 'version: "2.3.4"' in chart.text("Chart.yaml")
    assert 'kubeVersion: ">=1.35.0-0"\n' in chart.text("Chart.yaml")


def test_definition_that_never_changes_is_installed_first(make: Make, helm: str) -> None:
    code = """
def app(tag: str = "v1"):
    app = App("shop")
    chart = app.add(Chart("web", namespace="web"))
    names = {"kind": "Shop", "plural": "shops"}
    schema = {"openAPIV3Schema": {"type": "object", "description": "{{ x }}"}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    spec = {"group": "acme.example", "scope": "Namespaced", "names": names, "versions": [version]}
    metadata = {"name": "shops.acme.example"}
    chart.add(Raw({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata, "spec": spec
    }))
    job = Job("check", restart_policy="Never", containers=[Container(image=f"web:{tag}")])
    job.annotations = {"helm.sh/hook": "test"}
    chart.add(job)
    return app
"""
    chart = make(code)

    assert chart.code == 0, chart.err
    assert "description: '{{ x }}'" in chart.text("crds/0-web.yaml") or "{{ x }}" in chart.text("crds/0-web.yaml")
    assert "helm.sh/hook: test" in chart.text("templates/web.yaml")


def test_difference_of_a_secret_is_not_shown(make: Make, no_helm: None) -> None:
    code = """
def app(tag: str = "v1"):
    app = App("shop", labels={"tag": tag})
    chart = app.add(Chart("web", namespace="web"))
    chart.add(Secret.from_literals("s", {"p": "hunter2"}, waive={"secret-in-program": "a test"}))
    return app
"""
    make(code)

    chart = make(code.replace("hunter2", "hunter3"), "--check", "--constant", "tag", "--chart-version", "1.2.3")

    assert chart.code == 1
    assert "(it has a Secret, and what stands there now may be one, too)" in chart.err
    assert "hunter" not in chart.err
    assert "aHVudGVy" not in chart.err
    assert "kpy synth shop.py -o chart --format helm --constant tag --chart-version 1.2.3" in chart.err


def test_chart_that_is_not_the_app_is_not_written(tmp_path: Path) -> None:
    helm = HelmRenderer.find(real_helm())
    files = {
        "Chart.yaml": b"apiVersion: v2\nname: x\nversion: 1.0.0\n",
        "templates/a.yaml": b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
        b"data:\n  x: {{ .Values.x | toJson }}\n",
    }

    def told(tree: dict[str, object], **more: bytes) -> str:
        with pytest.raises(ProofError) as error:
            prove(helm, {**files, **more}, [Case("x=1", {"x": "1"}, [tree])], kubernetes="1.35")
        return str(error.value)

    tree = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "2"}}
    assert told(tree) == 'with x=1, helm renders another ConfigMap "a": data[x] differs'
    other = {**tree, "metadata": {"name": "b"}}
    assert told(other) == 'with x=1, helm renders no ConfigMap "b"'
    assert "`helm lint --strict` does not accept the chart: " in told(tree, **{"Chart.yaml": b"name: x\n"})
    more = b"apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n"
    same = {**tree, "data": {"x": "1"}}
    assert (
        told(same, **{"templates/b.yaml": more}) == 'with x=1, helm renders a Secret "s", which the app does not have'
    )
