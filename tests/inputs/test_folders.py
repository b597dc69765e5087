"""A folder is read as its users mean it: what is no manifest is said in a note, and never an error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpy.documents import read_file
from kpy.inputs import Exclusion, Intake
from kpy.schema import api
from tests.inputs.conftest import Look

OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: main, image: web:1}]
"""
DEFINITION = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.x.io}\n"


def test_chart_is_one_note_and_its_definitions_are_read(look: Look) -> None:
    chart = "apiVersion: v2\nname: web\nversion: 1.0.0\n"

    files, said = look(
        {
            "web/Chart.yaml": chart,
            "web/values.yaml": "replicas: 1\n",
            "web/ci/small-values.yaml": "replicas: 0\n",
            "web/templates/a.yaml": "{{- if .Values.x }}\nkind: ConfigMap\n{{- end }}\n",
            "web/templates/_helpers.tpl": '{{- define "a" -}}{{- end }}\n',
            "web/charts/db/Chart.yaml": chart,
            "web/crds/thing.yaml": OBJECT,
            "other.yaml": OBJECT,
        }
    )

    assert files == ["other.yaml", "web/crds/thing.yaml"]
    assert said == ["note[chart] a Helm chart is not a manifest before it is rendered: 6 files not checked"]


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
@pytest.mark.parametrize(
    "text", ["resources: [a.yaml]\n", "namePrefix: a-\nbases: [../base]\n", "components: [../c]\n", "images: []\n"]
)
def test_kustomization_is_known_by_its_name(look: Look, name: str, text: str) -> None:
    files, said = look({f"k8s/{name}": text, "k8s/a.yaml": OBJECT})

    assert files == ["k8s/a.yaml"]
    assert said == ["note[kustomization] a kustomization is not rendered: kpy does not know what it changes"]


def test_kustomization_of_flux_is_an_object(look: Look) -> None:
    text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\nspec: {}\n"

    assert look({"kustomization.yaml": text}) == (["kustomization.yaml"], [])


def test_many_kustomizations_are_one_note(look: Look) -> None:
    files, said = look(
        {
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": DEPLOYMENT,
            "over/kustomization.yaml": "bases: [../base]\npatchesStrategicMerge: [grow.yaml]\n",
            "over/grow.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n",
        }
    )

    assert files == ["base/web.yaml"]
    assert said == [
        "note[kustomization] 2 kustomizations are not rendered: kpy does not know what they change, "
        "and 1 file that they read is skipped"
    ]


def test_patch_that_nothing_names_is_one_note(look: Look) -> None:
    hook = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: a}\n"

    files, said = look(
        {
            "crd/kustomization.yaml": "resources: [whole.yaml]\n#patches: []\n",
            "crd/whole.yaml": DEFINITION,
            "crd/patches/ca.yaml": DEFINITION,
            "crd/patches/hook.yaml": f"{hook}webhooks: [{{name: a.x.io}}]\n",
            "crd/patches/gone.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n$patch: delete\n",
            "crd/more/replicas.yaml": DEPLOYMENT.replace(", image: web:1", ""),
            "elsewhere/ca.yaml": DEFINITION,
        }
    )

    assert files == ["crd/whole.yaml", "elsewhere/ca.yaml"]
    assert said[1:] == ["note[stray-patch] 4 files look like patches, and no kustomization names them: not checked"]


def test_whole_object_beside_a_kustomization_is_judged(look: Look) -> None:
    names = ("k/a.yaml", "k/dispatch/a.yaml", "k/web.yaml")
    files, _ = look({"k/kustomization.yaml": "resources: []\n", **dict.fromkeys(names, DEPLOYMENT)})

    assert sorted(files) == [*names]


def test_files_that_are_no_manifests_are_counted_by_sort(look: Look) -> None:
    files, said = look(
        {
            "a.yaml": OBJECT,
            "docker-compose.yml": "services: {web: {image: web}}\n",
            "stack.yaml": "services:\n  web: {image: web}\n",
            "package.json": '{"name": "shop", "kind": "x"}',
            "values.yaml": "replicaCount: 2\n",
            "scale.yaml": "- op: replace\n  path: /spec/replicas\n  value: 3\n",
            "board.json": '{\n  "panels": [],\n  "title": "x"\n}',
            "ci.yaml": "name: ci\non: push\njobs:\n  a: {}\n",
            "tsconfig.json": "{\n // a comment\n}",
            "drone.yaml": "kind: pipeline\nname: default\n",
            "broken.yaml": "a: [\n",
            "comment.yaml": "# kind: Secret\n---\n# fill this in\n",
            "empty.yaml": "",
            "00-assert.yaml": "apiVersion: apps/v1\nkind: Deployment\nstatus: {readyReplicas: 1}\n",
        }
    )

    assert files == ["a.yaml"]
    assert said == [
        "note[not-manifest] 11 files are not manifests: 2 compose files, 2 package files, 1 expectation of a test, "
        "1 dashboard, 1 CI workflow, 1 JSON patch, 1 file of Helm values, 2 other files"
    ]


@pytest.mark.parametrize(
    "head",
    [
        "apiVersion: skaffold/v4beta1\nkind: Config\n",
        "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n",
        "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n",
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
        "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n",
        "apiVersion: v1\nkind: Config\nclusters: []\n",
        "apiVersion: descheduler/v1alpha2\nkind: DeschedulerPolicy\n",
        "apiVersion: v1alpha5\nkind: Simple\n",
    ],
)
def test_configuration_of_a_tool_is_no_manifest(look: Look, head: str) -> None:
    files, said = look({"a.yaml": head})

    assert (files, said) == ([], ["note[not-manifest] 1 file is not a manifest: 1 configuration of a tool"])


def test_kind_whose_definition_is_here_is_no_configuration(look: Look) -> None:
    names = "spec: {group: install.istio.io, names: {kind: IstioOperator}}\n"

    files, said = look(
        {
            "crd.yaml": DEFINITION + names,
            "iop.yaml": "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n",
        }
    )

    assert (files, said) == (["crd.yaml", "iop.yaml"], [])


def test_kind_whose_definition_the_settings_name_is_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "iop.yaml").write_text("apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n")
    names = {"kind": "IstioOperator"}
    definition = {"kind": "CustomResourceDefinition", "spec": {"group": "install.istio.io", "names": names}}
    intake = Intake()

    intake.take_folder(str(tmp_path))
    intake.settle(api(), lambda: [definition])

    assert (len(intake.documents), intake.findings) == (1, [])


def test_misspelled_kind_stays_an_object(look: Look) -> None:
    files, _ = look({"a.yaml": "apiVersion: apps/v2\nkind: Deployment\n", "b.yaml": "apiVersion: v1\nkind: Pot\n"})

    assert files == ["a.yaml", "b.yaml"]


def test_what_is_no_manifest_is_an_error_when_it_is_named(look: Look) -> None:
    tool = {"kind.yaml": "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n"}

    assert look(tool, name="kind.yaml") == (
        [],
        ["error[not-manifest] Cluster of kind.x-k8s.io/v1alpha4 is read by a tool, and is not an object of a cluster"],
    )
    assert look({"kustomization.yaml": "kind: Kustomization\n"}, name="kustomization.yaml") == (
        [],
        ["error[kustomization] a kustomization is not an object of a cluster"],
    )
    assert look({"c.yaml": "# nothing\n"}, name="c.yaml")[1] == ["warning[no-documents] it contains no documents"]


def test_folder_of_templates_is_one_note(look: Look) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"

    files, said = look({"a.yaml": text, "b.yaml": f"{OBJECT}---\n{text}", "c.yaml": "{% if x %}\napiVersion: v1\n"})

    assert files == ["b.yaml"]
    assert said == ["note[template] 3 files are templates, and not YAML before rendering: not checked"]


def test_broken_manifest_stays_an_error(look: Look) -> None:
    files, said = look({"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: [\n"})

    assert files == []
    assert [text.partition("]")[0] for text in said] == ["error[yaml-syntax"]


def test_folders_of_others_are_not_looked_into(look: Look) -> None:
    names = (
        "a.yaml",
        "node_modules/x/a.yaml",
        "vendor/a.yaml",
        "deploy/vendor/a.yaml",
        "pkg/testdata/a.yaml",
        "snapshots/a.yaml",
    )
    files, said = look({**dict.fromkeys(names, OBJECT), ".hidden/a.yaml": OBJECT, "vendor/modules.txt": ""})

    assert files == ["a.yaml", "deploy/vendor/a.yaml", "snapshots/a.yaml"]
    assert said == ["note[test-data] a folder of test data is not looked into"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("a.yaml", ["k8s/b.yaml", "k8s/old/c.yaml"]),
        ("old", ["k8s/a.yaml", "k8s/b.yaml"]),
        ("old/", ["k8s/a.yaml", "k8s/b.yaml"]),
        ("k8s/old", ["k8s/a.yaml", "k8s/b.yaml"]),
        ("./k8s/o*", ["k8s/a.yaml", "k8s/b.yaml"]),
        ("**/c.yaml", ["k8s/a.yaml", "k8s/b.yaml"]),
        ("k8s/[ab].yaml", ["k8s/old/c.yaml"]),
        ("old/a.yaml", ["k8s/a.yaml", "k8s/b.yaml", "k8s/old/c.yaml"]),
        ("*", []),
    ],
)
def test_what_a_pattern_covers_is_left_out(look: Look, pattern: str, left: list[str]) -> None:
    files = dict.fromkeys(("k8s/a.yaml", "k8s/b.yaml", "k8s/old/c.yaml"), OBJECT)

    assert look(files, exclude=(pattern,)) == (left, [])


def test_exclusion_holds_for_named_files_too(look: Look) -> None:
    assert look({"k8s/a.yaml": OBJECT}, exclude=("a.yaml",), name="k8s/a.yaml") == ([], [])


def test_exclusions_of_two_folders_hold_together(tmp_path: Path) -> None:
    both = Exclusion(["old"], folder=str(tmp_path / "a")).plus(["k/new"], folder=str(tmp_path))

    covered = [both.covers(str(tmp_path / path)) for path in ("a/old/x", "k/new/y", "k/older", "new")]

    assert covered == [True, True, False, False]


def test_links_say_why_they_are_not_read(tmp_path: Path) -> None:
    for target, name in [("gone", "broken.yaml"), ("two.yaml", "one.yaml"), ("one.yaml", "two.yaml"), (".", "again")]:
        os.symlink(target, tmp_path / name)
    intake = Intake()

    intake.take_folder(str(tmp_path))
    intake.settle(api())

    assert [(os.path.basename(found.where.file), found.message) for found in intake.findings if found.where] == [
        ("again", "a symbolic link to a folder is not followed"),
        ("broken.yaml", "a symbolic link leads nowhere: there is no gone"),
        ("one.yaml", "symbolic links lead in a circle"),
        ("two.yaml", "symbolic links lead in a circle"),
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_folder_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0)

    assert [found.message for found in read_file(str(tmp_path / "shut")).errors] == [
        "the folder cannot be read: Permission denied"
    ]


def test_file_of_a_folder_that_is_named_too_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(OBJECT)
    intake = Intake()

    intake.take_folder(str(tmp_path))
    intake.take_file(str(tmp_path / "a.yaml"))
    intake.settle(api())

    assert len(intake.documents) == 1


def test_folder_without_anything_is_empty(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")

    assert not Intake().take_folder(str(tmp_path))
    assert Intake(Exclusion(["*.txt"])).take_folder(str(tmp_path))


def test_what_was_not_judged_can_be_counted(tmp_path: Path) -> None:
    for name in ("web/Chart.yaml", "k/kustomization.yaml", "values.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a: b\n")
    intake = Intake()

    intake.take_folder(str(tmp_path))
    intake.settle(api())

    assert intake.unjudged == {"charts": 1, "kustomizations": 1, "other files": 1}
