"""Charts and overlays in an app, beside stand-ins for helm and kustomize, so that any machine runs this."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from kpy import App, Chart, ConfigMap, Deployment, Helm, Kustomize, Manifest, Secret, SynthError, Yaml
from kpy.errors import KpyError
from tests.charts.samples import WEB, write
from tests.constructs.test_helm_hooks import JOB

HELM = """\
#!/bin/sh
if [ "$1" = version ]; then echo v4.3.1; exit; fi
echo x >> {folder}/calls
echo "$@" > {folder}/asked
/bin/cat > {folder}/values
if [ -f {folder}/fails ]; then /bin/cat {folder}/fails >&2; exit 1; fi
/bin/cat {folder}/rendered
if [ -f {folder}/unstable ]; then echo "  at: '$(/usr/bin/wc -l < {folder}/calls)'"; fi
"""
SERVICE = """\
---
# Source: web/templates/service.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
"""
DEPLOYMENT = """\
---
# Source: web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1"}]}
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


def job(name: str, hook: str, weight: int = 0) -> str:
    return f"---\n# Source: web/templates/{name}.yaml\n" + JOB.format(name=name, hook=hook, weight=weight, more="")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put programs on PATH that say what stands in `rendered`, and let the clock run fast."""
    (tmp_path / "bin").mkdir()
    for name in ("helm", "kustomize"):
        (tmp_path / "bin" / name).write_text(HELM.format(folder=tmp_path))
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("kpy.programs.helm.time", itertools.count().__next__)
    write(tmp_path / "web", WEB)
    write(tmp_path / "over", {"kustomization.yaml": "resources: []\n"})
    says(tmp_path, SERVICE)
    return tmp_path


def says(folder: Path, *parts: str) -> None:
    (folder / "rendered").write_text("".join(parts))


def release(folder: Path, *others: Any, **arguments: Any) -> tuple[App, Helm]:
    app = App("shop", kubernetes="1.34")
    shop = app.add(Chart("shop", namespace="shop"))
    made = shop.add(Helm("web", folder / "web", **arguments))
    for other in others:
        shop.add(other)
    return app, made


def synth(folder: Path, **arguments: Any) -> Manifest:
    return release(folder, **arguments)[0].synth()


def refusal(folder: Path, **arguments: Any) -> str:
    with pytest.raises(KpyError) as caught:
        synth(folder, **arguments)
    return str(caught.value).partition(": ")[2]


def test_helm_is_asked_for_the_app(folder: Path) -> None:
    values = {"port": 81}
    manifest = synth(folder, values=[values], crds=True)

    assert [(each.kind, each.name, each.namespace) for each in manifest] == [("Service", "web", "shop")]
    assert (folder / "asked").read_text() == (
        f"template web {folder / 'web'} --namespace shop --skip-tests --values - --kube-version 1.34.0 --include-crds\n"
    )
    assert (folder / "values").read_text() == '{"port": 81}'
    assert (folder / "calls").read_text() == "x\nx\n"
    assert synth(folder, values=values, crds=True).to_yaml() == manifest.to_yaml()
    assert (folder / "calls").read_text() == "x\nx\n"


def test_values_come_from_files_and_objects(folder: Path) -> None:
    write(folder / "web", {"values.yaml": "port: 80\nsecret: ''\nmap: {a: 1}\n"})
    write(folder, {"v.yaml": "port: 82\nmap: {a: 2}\n", "bad.yaml": "[1]", "broken.yaml": "a: {"})

    synth(folder, values=[folder / "v.yaml", {"secret": Secret.existing("db"), "map": {"a": [1, ("x",)]}}])

    assert (folder / "values").read_text() == '{"map": {"a": [1, ["x"]]}, "port": 82, "secret": "db"}'
    assert refusal(folder, values=folder / "bad.yaml").endswith("bad.yaml: expected one mapping of values")
    assert "broken.yaml:" in refusal(folder, values=folder / "broken.yaml")
    hashed = ConfigMap("a", data={"a": "b"}, content_hash=True)
    assert "leave content_hash out" in refusal(folder, values={"secret": hashed})
    assert refusal(folder, values={"secret": Secret.existing("db").ref()}).endswith(
        "`.ref()` cannot stand at `secret`: write the keys that the chart takes"
    )


def test_wrong_values_are_errors_before_helm_is_asked(folder: Path) -> None:
    write(folder / "web", {"values.schema.json": '{"properties": {"port": {"type": "integer"}}}'})

    assert "does not know `prot` (did you mean `port`?)" in refusal(folder, values={"prot": 1})
    assert "`port`: expected integer, not string" in refusal(folder, values={"port": "x"})
    assert not (folder / "calls").exists()


def test_what_helm_says_is_told_without_secrets(folder: Path) -> None:
    write(folder / "web", {"values.yaml": "auth: {rootPassword: ''}\nport: 80\n"})
    (folder / "fails").write_text("Error: the password hunter2-hunter2 is too short\n")

    assert refusal(folder, values={"auth": {"rootPassword": "hunter2-hunter2"}}) == (
        'Helm "web": the chart web 1.0.0: helm cannot render it: the password (hidden) is too short'
    ).replace("(hidden)", _hidden())


def _hidden() -> str:
    from kpy.redaction.fields import HIDDEN

    return HIDDEN


UNSTABLE = "---\n# Source: web/templates/b.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata:\n"


def test_what_differs_is_named(folder: Path) -> None:
    says(folder, SERVICE, UNSTABLE)
    (folder / "unstable").touch()
    write(
        folder / "web",
        {"templates/b.yaml": '{{ include "made" . }}', "templates/_h.tpl": '{{ define "made" }}{{ now }}'},
    )

    assert refusal(folder).startswith(
        'Helm "web": the chart web 1.0.0 makes something else each time that it is rendered: '
        'ConfigMap "b", data.at (templates/b.yaml, which calls now): give what it makes up'
    )
    assert [each.kind for each in synth(folder, without=["ConfigMap/b"])] == ["Service"]


def test_findings_stand_at_the_call(folder: Path) -> None:
    says(folder, SERVICE.replace("port: 80", "port: many"))

    with pytest.raises(SynthError) as caught:
        synth(folder)

    where = caught.value.report.errors[0].where
    assert where is not None
    assert (where.file, str(where.inside)) == (__file__, "web/templates/service.yaml (rendered):7:18")


def test_unreadable_text_is_told_at_the_call(folder: Path) -> None:
    says(folder, "---\n# Source: web/templates/a.yaml\na: {\n")

    with pytest.raises(SynthError) as caught:
        synth(folder)

    where = caught.value.report.errors[0].where
    assert where is not None
    assert where.file == __file__


def test_objects_are_changed_and_follow_a_new_rendering(folder: Path) -> None:
    """What was found is rendered anew when definitions of the app are known, and keeps what was changed."""
    write(folder / "web", {"templates/a.yaml": "{{ .Capabilities.APIVersions }}"})
    says(folder, SERVICE, DEPLOYMENT)
    app, made = release(folder, Yaml.text(LAMPS), images={"nginx": ":2"})
    made.find(Deployment).replicas = 3
    made.remove(made.find("Service"))
    says(folder, SERVICE, DEPLOYMENT.replace("app: web}}\n  template", "app: web}}\n  minReadySeconds: 4\n  template"))

    spec = app.synth().find("Deployment").tree["spec"]

    assert (spec["replicas"], spec["minReadySeconds"]) == (3, 4)
    assert spec["template"]["spec"]["containers"][0]["image"] == "nginx:2"
    assert "--api-versions x.io/v1 --api-versions x.io/v1/Lamp" in (folder / "asked").read_text()
    assert [each.kind for each in app.synth()] == ["CustomResourceDefinition", "Deployment"]


HOOKED = (
    job("first", "pre-install", -1),
    SERVICE,
    job("last", "post-upgrade"),
    job("bye", "pre-delete"),
    job("t", "test"),
)


def test_hooks_are_said(folder: Path) -> None:
    says(folder, *HOOKED)

    assert 'has hooks, Job "first" (pre-install), Job "last" (post-upgrade), Job "bye" (pre-delete): say' in refusal(
        folder
    )
    assert [each.base_name or each.name for each in synth(folder, hooks="keep")] == ["first", "web", "last"]
    assert [each.name for each in synth(folder, hooks="drop")] == ["web"]
    argo = {each.name: each.metadata.get("annotations") for each in synth(folder, hooks="argo")}
    assert argo["first"]["argocd.argoproj.io/hook"] == "PreSync"
    assert argo["last"]["argocd.argoproj.io/hook"] == "PostSync"
    says(folder, job("first", "pre-install").replace("batch/v1", "v1").replace("kind: Job", "kind: Pod"))
    assert "is a hook, and `kpy apply` waits for Jobs alone" in refusal(folder, values={"port": 9}, hooks="keep")


def test_machine_without_programs_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))

    assert "kpy renders charts by helm (helm is not installed, or not on PATH)" in refusal(folder)


def test_overlay_is_built(folder: Path) -> None:
    app = App("shop")
    app.add(Chart("shop", namespace="shop")).add(Kustomize(folder / "over", without=["Deployment/*"]))
    says(folder, SERVICE.replace("# Source: web/templates/service.yaml\n", ""), DEPLOYMENT)

    manifest = app.synth()

    assert [each.kind for each in manifest] == ["Service"]
    assert (folder / "calls").read_text() == "x\nx\n"


def test_overlay_that_differs_is_refused(folder: Path) -> None:
    app = App("shop")
    app.add(Chart("shop")).add(Kustomize(folder / "over", name="over"))
    says(folder, UNSTABLE)
    (folder / "unstable").touch()

    with pytest.raises(KpyError, match=r'Kustomize "over": .* makes something else each time that it is built'):
        app.synth()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Helm("", "web"), "Helm takes the name of the release first"),
        (lambda: Helm("web", ""), "Helm takes a chart, its name or its path, not ''"),
        (lambda: Helm("web", "web", hooks="all"), '`hooks` is "keep", "argo" or "drop", not \'all\''),  # type: ignore[arg-type]
        (lambda: Kustomize(""), "Kustomize takes the folder of a kustomization, not ''"),
        (lambda: Kustomize("https://x.io/y"), "Kustomize takes a folder, and nothing is fetched (https://x.io/y)"),
    ],
)
def test_wrong_calls_are_refused(make: Any, message: str) -> None:
    with pytest.raises(KpyError) as caught:
        make()
    assert message in str(caught.value)
