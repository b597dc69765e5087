"""`kpy explain` of fields: those of the API, and those of the project's definitions."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpy.cli.main import run

DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ovens.bakery.example}
spec:
  group: bakery.example
  scope: Namespaced
  names: {kind: Oven, plural: ovens, shortNames: [ov]}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          description: A place to bake.
          properties:
            spec:
              type: object
              required: [heat]
              properties:
                heat:
                  type: integer
                  minimum: 50
                  default: 180
                  description: How hot it gets.
                  x-kubernetes-validations: [{rule: "self <= 300", message: too hot}]
                fuelKind: {type: string, enum: [gas, wood]}
                trays: {type: array, maxItems: 4, items: {type: object, properties: {depth: {type: string}}}}
"""


def explain(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(["explain", *words])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def bakery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crds").mkdir()
    (tmp_path / "crds" / "ovens.yaml").write_text(DEFINITION)
    (tmp_path / "pyproject.toml").write_text('[tool.kpy]\ncrds = ["crds"]\n')


def test_field_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(capsys, "deployment.spec.strategy.type") == (
        0,
        "Deployment.spec.strategy.type: text\n\n"
        "`RollingUpdate` replaces pods a few at a time; `Recreate` ends all old pods before the first new one\n"
        "starts, an outage.\n\n"
        'Python   Deployment("web", strategy={"type": "Recreate"})\n'
        'Values   "Recreate", "RollingUpdate"\n'
        'Default  "RollingUpdate"\n'
        "Docs     https://kubernetes.io/docs/concepts/workloads/controllers/deployment/\n",
        "",
    )


def test_kind_is_explained_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = explain(capsys, "netpol")

    assert code == 0
    assert out.startswith(
        "NetworkPolicy: networking.k8s.io/v1, in a namespace, plural networkpolicies, short netpol\n\n"
        "Limits who may talk to some pods, and to whom they may talk;"
    )
    assert "\nFields:\n  apiVersion  " in out
    assert "\n  spec        Which pods are limited, and what stays allowed.\n" in out


def test_fields_below_are_shown_as_a_tree(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = explain(capsys, "Container.resources", "--recursive")

    assert code == 0
    assert out.startswith(
        "Container.resources\n"
        "  claims     Claims of the pod's devices that the container uses.\n"
        "    name     The name of"
    )


def test_type_within_itself_is_opened_once(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = explain(capsys, "JSONSchemaProps", "--recursive")

    assert code == 0
    assert len(out.splitlines()) < 300


def test_nothing_below_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(capsys, "Deployment.replicas", "--recursive")[1] == "Deployment.spec.replicas has no fields\n"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("Deployment.replicsa", "Deployment has no field replicsa; did you mean replicas?"),
        ("Deplyment.spec", "there is no rule, kind or type Deplyment.spec; did you mean Deployment.spec?"),
        ("qqqqq", "there is no rule, kind or type qqqqq; `kpy explain` lists all rules"),
    ],
)
def test_what_is_not_there_is_named_with_what_is_near(
    capsys: pytest.CaptureFixture[str], word: str, message: str
) -> None:
    assert explain(capsys, word) == (2, "", f"error: {message}\n")


@pytest.mark.usefixtures("bakery")
def test_field_of_a_definition_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(capsys, "Oven.spec.heat") == (
        0,
        "Oven.spec.heat: whole number\n\nHow hot it gets.\n\n"
        'Python      Oven("web", heat=180)\n'
        "Required    yes\n"
        "Default     180\n"
        "Limits      at least 50\n"
        "Rule        self <= 300 (too hot)\n"
        "Definition  crds/ovens.yaml\n",
        "",
    )


@pytest.mark.usefixtures("bakery")
@pytest.mark.parametrize(
    "word", ["Oven.fuel_kind", "ovens.spec.fuelKind", "ov.spec.fuelKind", "bakery.example/v1 Oven.spec.fuelKind"]
)
def test_field_of_a_definition_is_found_as_others_are(capsys: pytest.CaptureFixture[str], word: str) -> None:
    code, out, _ = explain(capsys, word)

    assert code == 0
    assert out.startswith("Oven.spec.fuelKind: text\n")
    assert 'Values      "gas", "wood"\n' in out


@pytest.mark.usefixtures("bakery")
def test_fields_of_a_definition_are_shown_as_a_tree(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(capsys, "Oven", "--recursive")[1] == (
        "Oven\n  spec        object\n    heat      How hot it gets.\n    fuelKind  text\n"
        "    trays     list of object\n      depth   text\n"
    )


@pytest.mark.usefixtures("bakery")
def test_field_that_a_definition_has_not_is_named_with_what_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(capsys, "Oven.spec.haet") == (
        2,
        "",
        "error: Oven.spec has no field haet; did you mean heat?\n",
    )


def test_definitions_that_are_not_there_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.kpy]\ncrds = ["crds"]\n')

    code, _, err = explain(capsys, "Oven.spec")

    assert code == 2
    assert err == "error: crds: there is no such file or folder; `crds` of [tool.kpy] names it\n"
