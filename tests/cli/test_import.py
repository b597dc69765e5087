"""`kpy import`: what it writes and says, and what it refuses without writing anything."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from kpy.cli.main import run
from tools.programs import ProgramError, cached

CONFIG = "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {LEVEL: info}}\n"
SECRET = "{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, stringData: {password: hunter2}}\n"
ISSUER = "{apiVersion: cert-manager.io/v1, kind: Issuer, metadata: {name: ca, namespace: shop}, spec: {ca: {}}}\n"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop}
spec:
  containers:
  - {name: api, image: "api:1", env: [{name: P, valueFrom: {secretKeyRef: {name: db, key: password}}}]}
"""
APP = """\
from kpy import App, Chart, ConfigMap

app = App("shop")
chart = app.add(Chart("shop", namespace="shop"))

chart.add(ConfigMap("settings", data={"LEVEL": "info"}))
"""


@pytest.fixture
def kpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what runs a command in an empty folder, and returns its exit code and both streams."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str, given: str | None = None) -> tuple[int, str, str]:
        if given is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        code = run(list(words))
        out, err = capsys.readouterr()
        return code, out, err

    return call


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def test_file_becomes_an_app_and_the_proof_is_told(kpy: Any) -> None:
    write("k8s/settings.yaml", CONFIG)

    code, out, err = kpy("import", "k8s", "-o", "app.py")

    assert (code, out, Path("app.py").read_text()) == (0, "", APP)
    assert err == (
        "1 object: 1 in short form\n"
        "proof: the app was synthesised, and makes the same object\n"
        "written to app.py; next: kpy synth app.py\n"
    )
    assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == []
    assert kpy("synth", "app.py")[0] == 0


def test_folder_of_the_file_is_made_and_paths_start_there(kpy: Any) -> None:
    write("k8s/secret.yaml", SECRET)

    assert kpy("import", "k8s", "-o", "infra/shop/app.py")[0] == 0

    assert 'chart.add(Yaml("../../k8s/secret.yaml"))' in Path("infra/shop/app.py").read_text()


def test_standard_input_becomes_standard_output(kpy: Any) -> None:
    assert kpy("import", "-", given=CONFIG)[:2] == (0, APP)


def test_what_is_not_in_short_form_is_named_with_the_reason(kpy: Any) -> None:
    write("all.yaml", "---\n".join((CONFIG, SECRET, ISSUER)))

    code, out, err = kpy("import", "all.yaml")

    assert code == 0
    assert err == (
        "3 objects: 1 in short form, 1 as Raw, 1 left in their files, by Yaml\n"
        '  Secret "shop/db" (all.yaml), left in its file: values of Secrets are not written into Python\n'
        '  Issuer "shop/ca" (all.yaml), as Raw: kpy has no type for cert-manager.io/v1 Issuer\n'
        "proof: the app was synthesised, and makes the same 3 objects\n"
    )
    assert 'Yaml("all.yaml", without=["ConfigMap/*", "Issuer/*"])' in out
    assert "hunter2" not in out + err


def test_secret_from_a_pipe_is_left_out_and_referred_to(kpy: Any) -> None:
    code, out, err = kpy("import", "-", given=f"{SECRET}---\n{POD}")

    assert code == 0
    assert 'env={"P": Secret.existing("db")["password"]}' in out
    assert err.startswith("2 objects: 1 in short form, 1 left out\n")
    assert "hunter2" not in out + err


def test_objects_with_one_reason_are_told_together(kpy: Any) -> None:
    issuers = "---\n".join(ISSUER.replace("name: ca", f"name: ca-{number}") for number in range(3))

    _, _, err = kpy("import", "-", given=issuers)

    assert err.startswith("3 objects: 3 as Raw\n  3 as Raw: kpy has no type for cert-manager.io/v1 Issuer\nproof: ")


def test_only_the_first_twenty_reasons_are_told(kpy: Any) -> None:
    kinds = "---\n".join(ISSUER.replace("kind: Issuer", f"kind: Issuer{number}") for number in range(23))

    _, _, err = kpy("import", "-", given=kinds)

    assert err.count(", as Raw: ") == 20
    assert "  and 3 other reasons\n" in err


def test_file_that_is_there_stays_unless_forced(kpy: Any) -> None:
    write("settings.yaml", CONFIG)
    write("app.py", "mine\n")

    code, _, err = kpy("import", "settings.yaml", "-o", "app.py")

    assert (code, err) == (2, "error: app.py: there is such a file already; --force writes over it\n")
    assert Path("app.py").read_text() == "mine\n"
    assert kpy("import", "settings.yaml", "-o", "app.py", "--force")[0] == 0
    assert Path("app.py").read_text() == APP


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello\n", "this document is no object of Kubernetes: it has no apiVersion, or no kind"),
        ("{apiVersion: v1, kind: ConfigMap, metadata: {name: a\n", "did not find expected ',' or '}'"),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\n",
            "this is a template: import what its chart makes, `kpy import --chart CHART`",
        ),
    ],
)
def test_what_is_no_object_is_refused_and_nothing_is_written(kpy: Any, text: str, said: str) -> None:
    write("a.yaml", text)

    code, out, err = kpy("import", "a.yaml", "-o", "app.py")

    assert (code, out) == (1, "")
    assert said in err
    assert err.endswith("error: nothing was written: mend what is above, or leave it out by --exclude\n")
    assert not Path("app.py").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "kpy import: give what to import: files, folders or `-`, `-k OVERLAY` or `--chart CHART`"),
        (
            ["a.yaml", "-k", "b"],
            "kpy import: files and an overlay (-k) cannot be imported together: give one of files, folders or `-`, "
            "`-k OVERLAY` or `--chart CHART`",
        ),
        (["a.yaml", "-f", "v.yaml"], "--values goes with --chart"),
        (
            ["--chart", "c", "--live"],
            "--live is for what a cluster says: `kubectl get ... -o yaml | kpy import - --live`",
        ),
        (["a.yaml", "--force"], "--force goes with --output"),
        (["a.yaml", "-o", "app.yaml"], "app.yaml: expected the name of a Python file, such as app.py"),
        (["a.yaml"], "a.yaml: there is no such file or folder"),
        (
            ["https://a/b.yaml"],
            "https://a/b.yaml: URLs are not fetched: download it and name the file, or pipe it into -",
        ),
        (["--chart", "c"], "c: there is no such file or folder"),
        (["-k", "c"], "c: there is no such folder"),
    ],
)
def test_command_that_cannot_be_meant_is_refused(kpy: Any, words: list[str], said: str) -> None:
    assert kpy("import", *words) == (2, "", f"error: {said}\n")


def test_width_of_lines_is_that_of_the_project(kpy: Any) -> None:
    data = ", ".join(f"KEY_{number}: value" for number in range(4))
    write("a.yaml", f"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a}}, data: {{{data}}}}}\n")
    line = 'chart.add(ConfigMap("a", data={"KEY_0": "value", "KEY_1": "value", "KEY_2": "value", "KEY_3": "value"}))'

    narrow = kpy("import", "a.yaml")[1]
    write("pyproject.toml", "[tool.ruff]\nline-length = 120\n")
    wide = kpy("import", "a.yaml")[1]

    assert line not in narrow
    assert line in wide


def test_additions_of_a_server_are_left_out(kpy: Any) -> None:
    live = """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: api, namespace: shop, uid: a-b, resourceVersion: "3", creationTimestamp: "2026-01-01T00:00:00Z"}
  spec:
    clusterIP: 10.0.0.7
    clusterIPs: [10.0.0.7]
    internalTrafficPolicy: Cluster
    ipFamilies: [IPv4]
    ipFamilyPolicy: SingleStack
    ports: [{port: 80, protocol: TCP, targetPort: 80}]
    selector: {app: api}
    sessionAffinity: None
    type: ClusterIP
  status: {loadBalancer: {}}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: kube-root-ca.crt, namespace: shop}
"""

    code, out, err = kpy("import", "-", "--live", given=live)

    assert code == 0
    assert 'chart.add(Service("api", ports=80, selector={"app": "api"}))' in out
    assert err == (
        "2 objects: 1 in short form, 1 left out\n"
        '  ConfigMap "shop/kube-root-ca.crt", left out: the cluster makes it\n'
        'proof: `kpy compare` of the cluster and the app says "no change" for the same object\n'
    )


DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.import.example.com}
spec:
  group: import.example.com
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {type: integer}
              parts: {type: array, items: {type: object, properties: {name: {type: string}}}}
"""
WIDGET = """\
apiVersion: import.example.com/v1
kind: Widget
metadata: {name: big, labels: {app: shop}}
spec: {size: 3, parts: [{name: a}, {name: b}]%s}
"""


def test_custom_resource_is_of_the_type_that_the_project_has(kpy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    write("pyproject.toml", '[tool.kpy]\ncrds = ["crds/"]\ncrds-package = "typed_for_import"\n')
    write("definition.yaml", DEFINITION)
    write("widget.yaml", WIDGET % "")
    write("other.yaml", WIDGET.replace("big", "other") % ", colour: red")
    assert kpy("crds", "add", "definition.yaml")[0] == 0

    code, out, err = kpy("import", "widget.yaml", "other.yaml")

    assert code == 0, err
    assert "from kpy import App, Chart, Raw\n\nfrom typed_for_import.import_example_com.v1 import Widget, Wid" in out
    assert 'parts_=[WidgetPart(name="a"), WidgetPart(name="b")]' in out
    assert "size=3" in out
    assert 'Widget "other" (other.yaml), as Raw: WidgetSpec has no field `colour`' in err


def program(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a real program onto PATH, or skip the test."""
    try:
        path = cached(name)
    except ProgramError as error:
        pytest.skip(str(error))
    if path is None and which(name) is None:
        pytest.skip(f"there is no {name}: run `python tools/programs.py {name}`")
    if path is not None:
        monkeypatch.setenv("PATH", str(Path(path).parent), prepend=os.pathsep)


def test_chart_is_imported_as_helm_renders_it(kpy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    program("helm", monkeypatch)
    write("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
    write("web/values.yaml", "level: info\n")
    template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}'}\n"
    write("web/templates/config.yaml", template + "data: {LEVEL: '{{ .Values.level }}'}\n")
    write("prod.yaml", "level: warn\n")

    code, out, _ = kpy("import", "--chart", "web", "-f", "prod.yaml")

    assert code == 0
    assert 'chart.add(ConfigMap("web", data={"LEVEL": "warn"}))' in out


def test_overlay_is_imported_as_kustomize_renders_it(kpy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    program("kubectl", monkeypatch)
    write("base/kustomization.yaml", "resources: [config.yaml]\nnamePrefix: prod-\n")
    write("base/config.yaml", CONFIG)

    code, out, _ = kpy("import", "-k", "base")

    assert code == 0
    assert 'chart.add(ConfigMap("prod-settings", data={"LEVEL": "info"}))' in out


def test_folder_with_a_kustomization_is_imported_as_an_overlay(kpy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    program("kubectl", monkeypatch)
    write("base/kustomization.yaml", "resources: [config.yaml]\nnamePrefix: prod-\n")
    write("base/config.yaml", CONFIG)

    code, out, err = kpy("import", "base")

    assert code == 0
    assert 'chart.add(ConfigMap("prod-settings", data={"LEVEL": "info"}))' in out
    assert err.startswith("1 object: 1 in short form\n")


def test_base_of_overlays_is_no_environment(kpy: Any) -> None:
    write("kus/base/kustomization.yaml", "resources: [config.yaml]\n")
    write("kus/base/config.yaml", CONFIG)
    for name in ("dev", "prod"):
        write(f"kus/overlays/{name}/kustomization.yaml", f"resources: [../../base]\nnamePrefix: {name}-\n")

    err = kpy("import", "kus")[2]

    assert "of several as environments: `kpy import kus/overlays/dev kus/overlays/prod`" in err


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"resources: [a", "did not find expected ',' or ']' in line 1"),
        (b"- a", "it is no mapping"),
        (b"\xff\xfe", "this is no text in UTF-8, or no YAML"),
    ],
)
def test_kustomization_that_cannot_be_read_is_told_why(content: bytes, why: str, kpy: Any) -> None:
    Path("base").mkdir()
    Path("base/kustomization.yaml").write_bytes(content)

    code, _, err = kpy("import", "-k", "base")

    assert code == 2
    assert "base/kustomization.yaml cannot be read: " in err
    assert why.partition(" in line")[0] in err or "expected ',' or ']', but got" in err


def test_tests_of_a_chart_are_left_out_and_told(kpy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    program("helm", monkeypatch)
    write("web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
    write("web/templates/config.yaml", CONFIG)
    hook = "apiVersion: v1\nkind: Pod\nmetadata: {name: t%d, annotations: {helm.sh/hook: test}}\n"
    pod = "spec: {containers: [{name: a, image: 'a:1'}]}\n"
    write("web/templates/test.yaml", hook % 1 + pod)

    assert "1 left out: a test of the chart, which only `helm test` runs\n" in kpy("import", "--chart", "web")[2]

    write("web/templates/tests.yaml", hook % 2 + pod)
    assert "2 left out: tests of the chart" in kpy("import", "--chart", "web")[2]


def test_file_that_is_not_there_is_no_other_than_a_compose_file(kpy: Any) -> None:
    write("compose.yml", "services: {web: {image: 'a:1'}}\n")

    assert kpy("import", "compose.yml", "nope.yml") == (2, "", "error: nope.yml: there is no such file or folder\n")


def test_long_texts_are_written_beside_the_app(kpy: Any) -> None:
    text = "".join(f"line {number}\n" for number in range(30))
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"app.conf": text}}
    write("k8s/settings.yaml", json.dumps(settings))

    code, out, err = kpy("import", "k8s", "-o", "apps/shop/app.py")

    assert (code, out) == (0, "")
    assert "written to apps/shop/app.py, its long texts to config/settings; next: kpy synth apps/shop/app.py" in err
    assert Path("apps/shop/config/settings/app.conf").read_text() == text
    assert 'ConfigMap.from_files("settings", "config/settings")' in Path("apps/shop/app.py").read_text()
    assert kpy("compare", "k8s", "apps/shop/app.py")[0] == 0

    assert kpy("import", "k8s", "-o", "apps/shop/app.py", "--force")[0] == 0
    assert [path.name for path in Path("apps/shop/config").iterdir()] == ["settings"]


def test_nothing_is_written_where_one_file_cannot_be(kpy: Any) -> None:
    text = "".join(f"line {number}\n" for number in range(30))
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"app.conf": text}}
    write("settings.yaml", json.dumps(settings))
    write("config", "a file where the folder would be")

    code, _, err = kpy("import", "settings.yaml", "-o", "app.py")

    assert code == 2
    assert "config" in err
    assert not Path("app.py").exists()
