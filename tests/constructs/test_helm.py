"""Helm charts in an app: rendered by the real helm, checked, kept, found and changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import kpy
from kpy import Chart, ConfigMap, Deployment, Helm, Ingress, Secret, SynthError, Yaml
from tests.charts import releases
from tests.charts.releases import prepare, refusal, release, synth, web
from tests.charts.samples import HEAD, SERVICE, WEB, archive, program, write

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:{{ .Values.tag | default "1" }}"}]}
"""
LAMPS = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: lamps.x.io}
spec:
  group: x.io
  scope: Namespaced
  names: {kind: Lamp, plural: lamps}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return prepare(tmp_path, monkeypatch)


def test_chart_is_rendered_for_the_app(folder: Path) -> None:
    template = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n"
        'data: {where: {{ .Release.Namespace }}, minor: "{{ .Capabilities.KubeVersion.Minor }}"}\n'
    )
    chart = web(folder, **{"templates/a.yaml": template})

    found = synth(chart, kubernetes="1.33").find("ConfigMap").tree

    assert found == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "web", "namespace": "shop"},
        "data": {"where": "shop", "minor": "33"},
    }
    assert synth(chart, namespace="edge").find("ConfigMap").tree["data"]["where"] == "edge"
    assert synth(chart, namespace="edge").find("ConfigMap").namespace == "edge"


def test_values_lie_over_each_other(folder: Path) -> None:
    chart = web(folder, **{"values.yaml": "port: 80\nname: a\n", "templates/b.yaml": "# {{ .Values.name }}"})
    write(folder, {"values-prod.yaml": "port: 90\n"})
    prod = folder / "values-prod.yaml"

    assert synth(chart, values={"port": 81}).find("Service").tree["spec"]["ports"] == [{"port": 81}]
    assert synth(chart, values=prod).find("Service").tree["spec"]["ports"] == [{"port": 90}]
    assert synth(chart, values=[str(prod), {"port": 91}]).find("Service").tree["spec"]["ports"] == [{"port": 91}]


def test_object_in_values_becomes_its_name(folder: Path) -> None:
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Values.secret }}}\n"
    chart = web(folder, **{"values.yaml": "secret: ''\nport: 80\n", "templates/c.yaml": template})

    assert synth(chart, values={"secret": Secret.existing("db")}).find("ConfigMap").name == "db"
    assert refusal(chart, values={"secret": ConfigMap("a", data={}, content_hash=True)}).endswith(
        "cannot stand at `secret`: its name follows from its content, which is not settled yet: leave content_hash out"
    )


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"prot": 80}, 'Helm "web": `values`: the chart web 1.0.0 does not know `prot` (did you mean `port`?)'),
        ({"replicas": 80}, 'Helm "web": `values`: the chart web 1.0.0 does not know `replicas` (there is `port`)'),
    ],
)
def test_key_that_the_chart_does_not_know_is_an_error(folder: Path, values: dict[str, Any], message: str) -> None:
    assert refusal(web(folder), values=values) == message


SCHEMA = '{"properties": {"port": {"type": "integer"}, "mode": {"enum": ["a"]}}}'


def test_values_are_held_to_the_schema_of_the_chart(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = web(folder, **{"values.schema.json": SCHEMA})

    assert refusal(chart, values={"port": "hunter2", "mode": "hunter2"}) == (
        'Helm "web": `values` are not what the schema of the chart web 1.0.0 asks for: '
        '`mode`: expected one of "a"; `port`: expected integer, not string'
    )

    monkeypatch.setattr("kpy.inputs.chart_schemas.has_checker", lambda: False)
    monkeypatch.setattr("kpy.constructs.included.helm_rendering.has_checker", lambda: False)
    assert refusal(chart, values={"port": "80"}).startswith(
        'Helm "web": the chart web 1.0.0: helm cannot render it: values don\'t meet the specifications of the schema'
    )


def test_schema_of_elsewhere_stops_nothing(folder: Path) -> None:
    chart = web(folder, **{"values.schema.json": '{"properties": {"port": {"$ref": "https://x.invalid/p.json"}}}'})

    assert synth(chart, values={"port": 81}).find("Service").tree["spec"]["ports"] == [{"port": 81}]


def test_finding_names_the_template_and_the_line(folder: Path) -> None:
    with pytest.raises(SynthError) as caught:
        synth(web(folder), values={"port": "many"})

    found = caught.value.report.errors[0]
    assert (found.rule, found.resource, found.field) == ("wrong-type", 'Service "shop/web"', "spec.ports[0].port")
    assert found.where is not None
    assert found.where.file == releases.__file__
    assert str(found.where.inside) == "web/templates/service.yaml (rendered):8:18"


def test_objects_are_found_changed_and_referred_to(folder: Path) -> None:
    chart = web(folder, **{"templates/deployment.yaml": DEPLOYMENT})
    app, made = release(chart, images={"nginx": ":2"}, patch={"Service/web": {"spec": {"type": "NodePort"}}})
    app.find(Chart).add(Ingress("web", host="x.io", routes={"/": made.find("Service")}))
    made.find(Deployment).replicas = 3

    manifest = app.synth()

    ingress = manifest.find("Ingress").tree["spec"]["rules"][0]["http"]["paths"][0]["backend"]
    assert ingress == {"service": {"name": "web", "port": {"number": 80}}}
    spec = manifest.find("Deployment").tree["spec"]
    assert (spec["replicas"], spec["template"]["spec"]["containers"][0]["image"]) == (3, "nginx:2")
    assert manifest.find("Service").tree["spec"]["type"] == "NodePort"
    assert app.synth().to_yaml() == manifest.to_yaml()


def test_changes_reach_what_is_rendered_for_another_release(folder: Path) -> None:
    """What is found before synthesis is rendered for what is known then; the changes count for what comes out."""
    minor = 'data: {minor: "{{ .Capabilities.KubeVersion.Minor }}"}\n'
    chart = web(folder, **{"templates/a.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\n{minor}"})
    app, made = release(chart)
    made.find(ConfigMap).labels = {"mine": "yes"}

    found = app.synth(kubernetes="1.30").find("ConfigMap").tree

    assert (found["data"], found["metadata"]["labels"]) == ({"minor": "30"}, {"mine": "yes"})


def test_definitions_in_the_app_are_known_to_the_chart(folder: Path) -> None:
    lamp = "apiVersion: x.io/v1\nkind: Lamp\nmetadata: {name: a}"
    lamp = f'{{{{ if .Capabilities.APIVersions.Has "x.io/v1/Lamp" }}}}\n{lamp}\n{{{{ end }}}}'
    chart = web(folder, **{"templates/lamp.yaml": lamp})

    assert [each.kind for each in synth(chart)] == ["Service"]
    assert "Lamp" in [each.kind for each in synth(chart, Yaml.text(LAMPS))]
    assert "Lamp" in [each.kind for each in synth(chart, api_versions=["x.io/v1/Lamp"])]


def test_definitions_of_the_chart_are_included_by_choice(folder: Path) -> None:
    chart = web(folder, **{"crds/lamps.yaml": LAMPS})

    assert [each.kind for each in synth(chart)] == ["Service"]
    assert [each.kind for each in synth(chart, crds=True)] == ["CustomResourceDefinition", "Service"]


UNSTABLE = """\
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {key: {{ include "made" . }}, day: {{ now | date "2006-01-02" | quote }}}
"""


def test_what_comes_out_otherwise_each_time_is_named(folder: Path) -> None:
    helper = '{{ define "made" }}{{ randAlphaNum 20 }}{{ end }}'
    chart = web(folder, **{"templates/key.yaml": UNSTABLE, "templates/_helpers.tpl": helper})

    assert refusal(chart) == (
        'Helm "web": the chart web 1.0.0 makes something else each time that it is rendered: '
        'Secret "key", stringData.key (templates/key.yaml, which calls now, randAlphaNum), '
        'Secret "key", stringData.day (templates/key.yaml, which calls now, randAlphaNum): give what it makes up by '
        "`values`, or leave the object out by `without` and declare it yourself"
    )
    assert [each.kind for each in synth(chart, without=["Secret/key"])] == ["Service"]


def test_day_alone_is_found_too(folder: Path) -> None:
    label = SERVICE.replace("spec:", '  labels: {day: "{{ now | date "2006-01-02" }}"}\nspec:', 1)

    assert 'Service "web", metadata.labels.day (templates/service.yaml, which calls now)' in refusal(
        web(folder, **{"templates/service.yaml": label})
    )


def test_second_run_starts_no_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chart = web(folder)
    first = synth(chart).to_yaml()
    monkeypatch.setattr("kpy.programs.helm.HelmRenderer._run", lambda *_: pytest.fail("helm was started"))

    assert synth(chart).to_yaml() == first


def test_changed_chart_is_rendered_anew(folder: Path) -> None:
    chart = web(folder)
    synth(chart)
    write(chart, {"values.yaml": "port: 82\n"})

    assert synth(chart).find("Service").tree["spec"]["ports"] == [{"port": 82}]


def test_error_of_a_template_hides_secrets(folder: Path) -> None:
    template = '{{ fail (printf "%s and %s are wrong" .Values.adminPassword .Values.port) }}'
    chart = web(folder, **{"templates/a.yaml": template, "values.yaml": "port: 80\nadminPassword: ''\n"})

    text = refusal(chart, values={"adminPassword": "hunter2-hunter2", "port": "many"})

    assert text.startswith('Helm "web": the chart web 1.0.0: helm cannot render it: ')
    assert "many are wrong" in text
    assert "hunter2" not in text


def test_chart_without_its_dependencies_says_what_to_do(folder: Path) -> None:
    head = HEAD + "dependencies: [{name: db, version: 1.0.0, repository: 'https://x.io'}]\n"
    chart = web(folder, **{"Chart.yaml": head})

    assert refusal(chart) == (
        f'Helm "web": the chart web 1.0.0: the chart needs db, which is not in its charts/: '
        f"run `helm dependency build {chart}`"
    )


def test_machine_without_helm_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bin" / "helm").unlink()

    assert refusal(web(folder)) == (
        'Helm "web": kpy renders charts by helm (helm is not installed, or not on PATH): '
        "install helm 3.18 or newer, https://helm.sh/docs/intro/install"
    )


def test_old_helm_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "bin" / "helm").unlink()
    monkeypatch.delenv("XDG_CACHE_HOME")
    (folder / "bin" / "helm").symlink_to(program("helm", "1.32"))

    assert refusal(web(folder)) == 'Helm "web": helm 3.17.2 is too old: kpy needs helm 3.18 or newer'


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"hooks": "all"}, '`hooks` is "keep", "argo" or "drop", not \'all\''),
        ({"values": 3}, "`values` are a mapping"),
        ({"version": "2.0.0"}, "version 2.0.0 is asked for, and this is 1.0.0"),
        ({"values": "none.yaml"}, "none.yaml"),
        ({"api_versions": [3]}, "3 is no API version: expected"),
        ({"without": ["Service/wab"]}, "there is no 'Service/wab'; did you mean 'Service/web'?"),
    ],
)
def test_wrong_arguments_are_refused(folder: Path, arguments: dict[str, Any], message: str) -> None:
    assert message in refusal(web(folder), **arguments)


def test_chart_is_no_address(folder: Path) -> None:
    assert refusal("oci://x.io/web") == (
        'Helm "web": oci://x.io/web: charts are not fetched here: run `kpy vendor oci://x.io/web`, and give the name '
        "of the chart"
    )


def test_archive_is_rendered_as_it_is(folder: Path) -> None:
    (folder / "web.tgz").write_bytes(archive(WEB))

    assert synth(folder / "web.tgz").find("Service").tree["spec"]["ports"] == [{"port": 80}]
    assert os.listdir(folder / "cache" / "kpy" / "rendered")


@kpy.transform(on="PodSpec")
def short(pod: dict[str, Any]) -> None:
    pod["terminationGracePeriodSeconds"] = 5


def three(deployment: Deployment) -> None:
    deployment.replicas = 3


def test_transforms_reach_what_charts_make(folder: Path) -> None:
    lamp = "apiVersion: x.io/v1\nkind: Lamp\nmetadata: {name: a}"
    lamp = f'{{{{ if .Capabilities.APIVersions.Has "x.io/v1/Lamp" }}}}\n{lamp}\n{{{{ end }}}}'
    chart = web(folder, **{"templates/deployment.yaml": DEPLOYMENT, "templates/lamp.yaml": lamp})
    app, made = release(chart, Yaml.text(LAMPS))
    app.transforms = [short, three]

    manifest = app.synth()

    spec = manifest.find("Deployment").tree["spec"]
    assert (spec["replicas"], spec["template"]["spec"]["terminationGracePeriodSeconds"]) == (3, 5)
    assert manifest.find("Lamp").name == "a"
    assert app.synth().to_yaml() == manifest.to_yaml()
    assert made.find(Deployment).replicas is None


def test_objects_of_a_chart_are_waived_and_come_after_others(folder: Path) -> None:
    app, _ = release(web(folder), waive={"service-selects-no-pod": "its pods are made by an operator"})
    config = app.find(Chart).add(ConfigMap("first", data={"a": "b"}))
    made = app.find(Helm)
    made.after = [config]

    manifest = app.synth()

    assert [each.name for each in manifest] == ["first", "web"]
    assert list(manifest.report) == []


def test_two_releases_of_one_chart_stand_beside_each_other(folder: Path) -> None:
    app, _ = release(web(folder))
    app.find(Chart).add(Helm("other", folder / "web", values={"port": 81}))

    assert [each.name for each in app.synth()] == ["web", "other"]
