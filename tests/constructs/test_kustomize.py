"""Kustomize overlays in an app: built by the real kustomize, checked, kept, found and changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpy import App, Chart, Deployment, Ingress, Kustomize, Manifest, SynthError
from kpy.errors import KpyError
from tests.charts.samples import program, write

BASE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
FILES = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": BASE,
    "prod/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-\nreplicas: [{name: web, count: 2}]\n",
}


@pytest.fixture(autouse=True, params=["kustomize", "kubectl"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put one of the real programs on PATH, with a cache of its own."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / request.param).symlink_to(program(request.param))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write(tmp_path, FILES)
    return tmp_path


def overlay(folder: Path, **arguments: Any) -> tuple[App, Kustomize]:
    app = App("shop")
    return app, app.add(Chart("shop", namespace="shop")).add(Kustomize(folder, **arguments))


def synth(folder: Path, **arguments: Any) -> Manifest:
    return overlay(folder, **arguments)[0].synth()


def refusal(folder: Path, **arguments: Any) -> str:
    with pytest.raises(KpyError) as caught:
        synth(folder, **arguments)
    return str(caught.value).partition(": ")[2]


def test_overlay_is_built(folder: Path) -> None:
    manifest = synth(folder / "prod")

    assert [(each.kind, each.name, each.namespace) for each in manifest] == [
        ("Service", "prod-web", "shop"),
        ("Deployment", "prod-web", "shop"),
    ]
    assert manifest.find("Deployment").tree["spec"]["replicas"] == 2


def test_objects_are_found_changed_and_referred_to(folder: Path) -> None:
    app, made = overlay(folder / "prod", images={"nginx": ":2"}, namespace="edge")
    app.find(Chart).add(Ingress("web", namespace="edge", host="x.io", routes={"/": made.find("Service", "prod-web")}))
    made.find(Deployment).replicas = 5

    manifest = app.synth()

    assert (
        manifest.find("Ingress").tree["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"]
        == "prod-web"
    )
    found = manifest.find("Deployment", namespace="edge").tree["spec"]
    assert (found["replicas"], found["template"]["spec"]["containers"][0]["image"]) == (5, "nginx:2")


def test_finding_names_the_overlay_and_the_line(folder: Path) -> None:
    write(folder, {"base/web.yaml": BASE.replace("port: 80", "port: many")})

    with pytest.raises(SynthError) as caught:
        synth(folder / "prod")

    found = caught.value.report.errors[0]
    assert (found.rule, found.field) == ("wrong-type", "spec.ports[0].port")
    assert found.where is not None
    assert found.where.file == __file__
    assert "prod (rendered)" in str(found.where.inside)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("resources: ['https://x.io/a.yaml']\n", "takes https://x.io/a.yaml from elsewhere"),
        ("resources: [../none]\n", "names ../none, which is not there"),
        ("helmCharts: [{name: web}]\n", "has charts of Helm (`helmCharts`), which kustomize would download"),
        ("generators: [../base/web.yaml]\n", "runs a plugin or function (`generators`)"),
        (
            "resources: [../base]\npatches: [{target: {kind: Deployment}, patch: '- {op: boom}'}]\n",
            "cannot render it: ",
        ),
    ],
)
def test_what_is_refused_is_an_error(folder: Path, text: str, message: str) -> None:
    write(folder, {"prod/kustomization.yaml": text})

    told = refusal(folder / "prod", name="prod")

    assert told.startswith('Kustomize "prod": ')
    assert message in told


def test_missing_folder_is_told(folder: Path) -> None:
    assert refusal(folder / "none", name="none").endswith("none: there is no such folder")


def test_machine_without_kustomize_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))

    assert refusal(folder / "prod", name="prod") == (
        'Kustomize "prod": neither kustomize nor kubectl is installed, or on PATH'
    )


@pytest.mark.parametrize("said", ["https://github.com/x/y", "github.com/x/y?ref=v1"])
def test_nothing_is_fetched(folder: Path, said: str) -> None:
    with pytest.raises(KpyError) as caught:
        Kustomize(said)

    assert str(caught.value).endswith(
        f"Kustomize takes a folder, and nothing is fetched ({said}): clone it, and name the folder"
    )


def test_second_run_starts_no_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = synth(folder / "prod").to_yaml()
    monkeypatch.setattr("kpy.programs.kustomize.KustomizeRenderer._run", lambda *_: pytest.fail("it was started"))

    assert synth(folder / "prod").to_yaml() == first


def test_changed_base_is_built_anew(folder: Path) -> None:
    synth(folder / "prod")
    write(folder, {"base/web.yaml": BASE.replace("port: 80", "port: 81")})

    assert synth(folder / "prod").find("Service").tree["spec"]["ports"] == [{"port": 81}]
