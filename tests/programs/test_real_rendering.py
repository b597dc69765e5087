"""The real helm, kustomize and kubectl render what kpy hands to them; skipped where they have not been fetched."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from kpy.cli.main import run
from kpy.programs.helm import HelmRenderer
from kpy.programs.kustomize import KustomizeRenderer
from kpy.programs.rendered import RenderError
from tools.programs import ProgramError, cached


def real(name: str) -> str:
    try:
        path = cached(name)
    except ProgramError as error:
        pytest.skip(str(error))
    if path is None:
        pytest.skip(f"there is no {name} here")
    return str(path)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "values.yaml": "port: 80\n",
    "templates/a.yaml": (
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\n"
        'spec:\n  ports: [{port: {{ required "a port is needed" .Values.port }}}]\n'
        "  kube: {{ .Capabilities.KubeVersion.Minor }}\n"
    ),
    "templates/tests/t.yaml": (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: t\n  annotations: {helm.sh/hook: test}\nspec: {containers: []}\n"
    ),
}
OVERLAY = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndta: {}\n",
    "over/kustomization.yaml": "resources: [../base]\nnamePrefix: a-\n",
}


def test_chart_gets_values_names_and_the_release_and_no_tests(tmp_path: Path) -> None:
    write(tmp_path, CHART)

    text = HelmRenderer.find(real("helm")).template(
        str(tmp_path), name="shop", namespace="here", values={"port": 90}, kubernetes="1.33.0"
    )

    assert "name: shop\n  namespace: here\n" in text
    assert "ports: [{port: 90}]\n  kube: 33\n" in text
    assert "kind: Pod" not in text


def test_chart_that_lacks_something_says_what(tmp_path: Path) -> None:
    dependency = "dependencies: [{name: db, version: 1.0.0, repository: 'https://x.io'}]\n"
    write(tmp_path / "needs", {**CHART, "Chart.yaml": CHART["Chart.yaml"] + dependency})
    write(tmp_path / "wants", {**CHART, "values.yaml": ""})
    helm = HelmRenderer.find(real("helm"))

    with pytest.raises(RenderError, match=r"the chart needs db, which is not in its charts/: run `helm dependency"):
        helm.template(str(tmp_path / "needs"))
    with pytest.raises(RenderError, match=r"helm cannot render it: .*a port is needed"):
        helm.template(str(tmp_path / "wants"))


@pytest.mark.parametrize("name", ["kustomize", "kubectl"])
def test_overlay_is_built(tmp_path: Path, name: str) -> None:
    write(tmp_path, OVERLAY)
    kustomize = KustomizeRenderer.find(real(name))

    assert "name: a-web" in kustomize.build(str(tmp_path / "over"))
    write(tmp_path, {"base/web.yaml": "a: [\n"})
    with pytest.raises(RenderError, match=f"^{name} cannot render it: "):
        kustomize.build(str(tmp_path / "over"))


def test_folder_is_judged_as_it_is_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = {os.path.dirname(real(name)) for name in ("helm", "kustomize")}
    monkeypatch.setenv("PATH", os.pathsep.join(sorted(paths)))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write(tmp_path / "repository", {**OVERLAY, **{f"chart/{name}": text for name, text in CHART.items()}})
    monkeypatch.chdir(tmp_path / "repository")

    code = run(["validate", ".", "--render", "--format", "json"])

    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert code == 1
    assert [(each["where"]["file"].removeprefix("./"), each["field"]) for each in found] == [
        ("chart/templates/a.yaml (rendered)", "spec.kube"),
        ("base/web.yaml", "dta"),
    ]
