"""What a kustomization settles is not judged in the files that it takes; all else is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kpy.inputs import Intake
from kpy.schema import api
from kpy.validation import find_faults

Judge = Callable[[Mapping[str, str]], list[str]]

BARE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers: [{name: main, image: r.example.com/web:1}]
"""
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: here}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: main
        image: r.example.com/web:1
        ports: [{name: http, containerPort: 80}]
        envFrom: [{configMapRef: {name: settings}}]
        env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: token}}}]
"""
BINDING = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: web}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: default}]
"""


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Write files and return what is found in the folder, but for notes."""
    monkeypatch.chdir(tmp_path)

    def run(files: Mapping[str, str]) -> list[str]:
        for path, text in files.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        intake = Intake()
        intake.take_folder(".")
        intake.settle(api())
        names = [document.file for document in intake.documents]
        found = find_faults(intake.trees(), api(), files=names, surroundings=intake.surroundings)
        diagnostics = [*intake.findings, *(finding.diagnostic for finding in found), *intake.notes_on_placeholders()]
        return [f"{each.rule} {each.field}".rstrip() for each in diagnostics if each.severity != "note"]

    return run


def test_labels_settle_selectors_and_labels_of_pods(judge: Judge) -> None:
    assert judge({"web.yaml": BARE}) == [
        "selector-required spec.selector",
        "selector-mismatch spec.template.metadata.labels",
    ]
    assert judge({"kustomization.yaml": "resources: [web.yaml]\ncommonLabels: {app: web}\n"}) == []
    labels = "labels: [{pairs: {app: web}, includeSelectors: true, includeTemplates: true}]\n"
    assert judge({"kustomization.yaml": f"resources: [web.yaml]\n{labels}"}) == []


def test_labels_of_the_objects_alone_settle_no_selector(judge: Judge) -> None:
    found = judge({"web.yaml": BARE, "kustomization.yaml": "resources: [web.yaml]\nlabels: [{pairs: {app: web}}]\n"})

    assert found == ["selector-required spec.selector", "selector-mismatch spec.template.metadata.labels"]


def test_namespace_settles_those_of_objects_and_subjects(judge: Judge) -> None:
    files = {"rbac.yaml": BINDING, "ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: _}\n"}

    assert judge({**files, "kustomization.yaml": "resources: [rbac.yaml, ns.yaml]\n"}) == [
        "name-format metadata.name",
        "binding-subject-namespace subjects[0].namespace",
    ]
    assert judge({"kustomization.yaml": "resources: [rbac.yaml, ns.yaml]\nnamespace: shop\n"}) == []


def test_what_an_overlay_settles_counts_for_the_files_of_its_base(judge: Judge) -> None:
    files = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": BARE}

    assert judge({**files, "over/kustomization.yaml": "resources: [../base]\ncommonLabels: {app: web}\n"}) == []


def test_component_settles_what_its_user_takes(judge: Judge) -> None:
    files = {
        "kustomization.yaml": "resources: [web.yaml]\ncomponents: [labels]\n",
        "web.yaml": BARE,
        "labels/kustomization.yaml": "kind: Component\ncommonLabels: {app: web}\n",
    }

    assert judge(files) == []


@pytest.mark.parametrize(
    "patch",
    [
        "patches: [{path: p.yaml}]\n",
        "patchesStrategicMerge: [p.yaml]\n",
        "patches: [{path: p.yaml, target: {kind: Deployment, name: w.b}}]\n",
        "patches:\n- target: {kind: Deployment}\n  patch: |\n    - {op: add, path: /spec/selector, value: {}}\n"
        "    - {op: add, path: /spec/template/metadata, value: {}}\n",
    ],
)
def test_patch_settles_the_fields_that_it_names(judge: Judge, patch: str) -> None:
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
        "spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}}}\n"
    )

    assert judge({"web.yaml": BARE, "p.yaml": text, "kustomization.yaml": f"resources: [web.yaml]\n{patch}"}) == []


@pytest.mark.parametrize("target", ["{kind: StatefulSet}", "{kind: Deployment, name: we}", "{name: other}"])
def test_patch_of_another_object_settles_nothing(judge: Judge, target: str) -> None:
    patch = f"patches: [{{target: {target}, patch: '[{{op: remove, path: /spec}}]'}}]\n"

    assert judge({"web.yaml": BARE, "kustomization.yaml": f"resources: [web.yaml]\n{patch}"}) != []


def test_patch_of_other_fields_leaves_an_error(judge: Judge) -> None:
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n"
    wrong = (
        WEB.replace("containerPort: 80", "containerPort: 80, protocol: tcp")
        .replace("envFrom", "#")
        .replace("env:", "#")
    )

    files = {
        "web.yaml": wrong,
        "p.yaml": text,
        "kustomization.yaml": "resources: [web.yaml]\npatches: [{path: p.yaml}]\n",
    }

    assert judge(files) == ["unsupported-value spec.template.spec.containers[0].ports[0].protocol"]


def test_patch_that_cannot_be_read_settles_everything_of_its_target(judge: Judge) -> None:
    assert (
        judge({"web.yaml": BARE, "kustomization.yaml": "resources: [web.yaml]\npatches: [{path: gone.yaml}]\n"}) == []
    )


def test_replacement_and_images_settle_their_fields(judge: Judge) -> None:
    bad = WEB.replace("image: r.example.com/web:1", 'image: ""').replace("here", "Not A Namespace")
    bad = bad.replace("envFrom", "#").replace("env:", "#")
    replaced = (
        "resources: [web.yaml]\nimages: [{name: '', newName: web}]\nreplacements:\n- source: {kind: ConfigMap}\n"
        "  targets: [{select: {kind: Deployment}, fieldPaths: [metadata.namespace]}]\n"
    )

    assert judge({"web.yaml": bad, "kustomization.yaml": replaced}) == []


def test_port_that_a_patch_adds_is_not_called_missing(judge: Judge) -> None:
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
        "spec: {selector: {app: web}, ports: [{port: 90, targetPort: metrics}]}\n"
    )
    patch = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n"
        "      containers:\n      - name: main\n        ports: [{name: metrics, containerPort: 90}]\n"
    )
    web = WEB.replace("envFrom", "#").replace("env:", "#").replace(", namespace: here", "")
    files = {"web.yaml": web, "service.yaml": service}

    assert judge(files) == ["target-port-unknown spec.ports[0].targetPort"]
    assert (
        judge(
            {"p.yaml": patch, "kustomization.yaml": "resources: [web.yaml, service.yaml]\npatches: [{path: p.yaml}]\n"}
        )
        == []
    )


def test_generators_make_what_is_named(judge: Judge) -> None:
    makers = (
        "resources: [web.yaml]\nconfigMapGenerator: [{name: settings, literals: [LEVEL=info]}]\n"
        "secretGenerator: [{name: keys, envs: [keys.env]}]\n"
    )

    assert judge({"web.yaml": WEB}) == [
        "config-map-missing spec.template.spec.containers[0].envFrom[0].configMapRef.name",
        "secret-missing spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name",
    ]
    assert judge({"kustomization.yaml": makers}) == []
    assert judge({"keys.env": "# the keys\ntokens=x\n"}) == [
        "secret-key-missing spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.key"
    ]
    assert judge({"keys.env": "token=x\n"}) == []


def test_generator_adds_keys_to_an_object_that_is_here(judge: Judge) -> None:
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {other: x}\n"
    adding = (
        "resources: [web.yaml, keys.yaml]\nconfigMapGenerator: [{name: settings}]\n"
        "secretGenerator: [{name: keys, behavior: merge, files: [token=a.txt]}]\n"
    )

    assert judge({"web.yaml": WEB, "keys.yaml": secret, "kustomization.yaml": adding}) == []


def test_name_with_its_prefix_is_known(judge: Judge) -> None:
    web = (
        WEB.replace("settings", "a-settings-b")
        .replace("keys", "a-keys-b")
        .replace(", key: token", ", key: token, optional: true")
    )
    named = "namePrefix: a-\nnameSuffix: -b\nresources: [keys.yaml]\nconfigMapGenerator: [{name: settings}]\n"
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {token: x}\n"

    assert judge({"web.yaml": web, "k/keys.yaml": secret, "k/kustomization.yaml": named}) == []


@pytest.mark.parametrize(
    "more",
    [
        "resources: [web.yaml, 'https://example.com/a?ref=v1']\n",
        "resources: [web.yaml]\nhelmCharts: [{name: x}]\n",
        "resources: [web.yaml]\ngenerators: [g.yaml]\n",
    ],
)
def test_what_is_made_elsewhere_may_be_what_is_missing(judge: Judge, more: str) -> None:
    assert judge({"web.yaml": WEB, "kustomization.yaml": more}) == []


def test_transformers_may_change_everything(judge: Judge) -> None:
    assert judge({"web.yaml": BARE, "kustomization.yaml": "resources: [web.yaml]\ntransformers: [t.yaml]\n"}) == []


def test_pipe_that_a_kustomization_names_is_not_waited_for(judge: Judge, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    text = (
        "resources: [web.yaml, pipe]\npatches: [{path: pipe}]\nreplacements: [{path: pipe}]\ncomponents: [pipe]\n"
        "secretGenerator: [{name: keys, envs: [pipe]}]\nconfigMapGenerator: [{name: settings, files: [pipe]}]\n"
    )

    assert judge({"kustomization.yaml": text, "web.yaml": WEB}) == []


def test_circle_of_kustomizations_has_an_end(judge: Judge) -> None:
    files = {
        "a/kustomization.yaml": "resources: [../b, web.yaml]\ncommonLabels: {app: web}\n",
        "b/kustomization.yaml": "resources: [../a]\ncomponents: [../b]\n",
        "a/web.yaml": BARE,
    }

    assert judge(files) == []
