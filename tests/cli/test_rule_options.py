"""What a command line says about rules, beside the settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_validate import BAD, GOOD, Run, kpy

__all__ = ["kpy"]

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: web, image: web}]\n"
READER = POD.replace("image: web", "image: 'web:1', envFrom: [{secretRef: {name: db-main}}]")
APP = (
    "from kpy import *\n"
    "app = App('shop')\n"
    "app.add(Chart('shop')).add(Deployment('web', replicas=2, containers=[Container('web', image='web:1')]))\n"
)


def rules(out: str) -> list[str]:
    return [found["rule"] for found in json.loads(out)["diagnostics"]]


@pytest.mark.parametrize(
    "words",
    [
        ["--select", "image-tag-missing,probes", "--ignore", "liveness-*"],
        ["--select", "image-tag-missing", "--select", " probes ,", "--ignore=liveness-probe-missing"],
    ],
)
def test_rules_are_selected_and_ignored(kpy: Run, words: list[str]) -> None:
    Path("a.yaml").write_text(POD)

    found = rules(kpy("validate", "a.yaml", "--format", "json", *words)[1])

    assert "image-tag-missing" in found
    assert "liveness-probe-missing" not in found


def test_words_add_to_those_of_the_settings(kpy: Run) -> None:
    Path("pyproject.toml").write_text('[tool.kpy]\nselect = ["image-tag-missing"]\nignore = ["image-digest-missing"]\n')
    Path("a.yaml").write_text(POD)

    found = rules(kpy("validate", "a.yaml", "--format", "json", "--select", "images,memory-limit-missing")[1])

    assert {"image-tag-missing", "memory-limit-missing"} <= set(found)
    assert "image-digest-missing" not in found


def test_errors_can_be_ignored_by_rule_and_family(kpy: Run) -> None:
    Path("a.yaml").write_text(BAD)

    assert kpy("validate", "a.yaml")[0] == 1
    assert kpy("validate", "a.yaml", "--ignore", "unknown-field")[0] == 0
    assert kpy("validate", "a.yaml", "--ignore", "schema")[0] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--select", "image-tag-mising"],
            "--select image-tag-mising: there is no rule, group or family `image-tag-mising`; "
            "did you mean `image-tag-missing`?",
        ),
        (
            ["--ignore", "secret-*,nothing-*"],
            "--ignore secret-*,nothing-*: there is no rule, group or family `nothing-*`",
        ),
        (
            ["--external", "db"],
            '--external db: `external` names \'db\'; write "Kind/name", such as "db/*"',
        ),
        (["--crds", "nowhere"], "--crds nowhere: there is no such file or folder"),
    ],
)
@pytest.mark.parametrize("command", [["validate", "a.yaml"], ["synth", "app.py"]])
def test_word_that_means_nothing_is_refused(kpy: Run, command: list[str], words: list[str], message: str) -> None:
    Path("a.yaml").write_text(GOOD)
    Path("app.py").write_text(APP)

    assert kpy(*command, *words) == (2, "", f"error: {message}\n")


def test_mistake_in_the_settings_is_told_as_theirs(kpy: Run) -> None:
    Path("pyproject.toml").write_text('[tool.kpy]\nselect = ["imagez"]\n')
    Path("a.yaml").write_text(GOOD)

    err = kpy("validate", "a.yaml", "--select", "images")[2]

    assert "pyproject.toml: there is no rule, group or family `imagez`" in err


def test_what_lives_outside_is_not_missed(kpy: Run) -> None:
    Path("a.yaml").write_text(READER)

    assert rules(kpy("validate", "a.yaml", "--format", "json")[1]) == ["secret-missing"]
    assert rules(kpy("validate", "a.yaml", "--format", "json", "--external", "Secret/db-*")[1]) == []


def test_definitions_are_read_from_where_the_command_line_says(kpy: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the current folder, not from that of the settings."""
    Path("pyproject.toml").write_text("[tool.kpy]\n")
    Path("sub/defs").mkdir(parents=True)
    Path("sub/defs/crd.yaml").write_text(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: backups.shop.io}\n"
        "spec:\n  group: shop.io\n  scope: Namespaced\n  names: {kind: Backup, plural: backups}\n"
        "  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: "
        "{spec: {type: object, properties: {keep: {type: integer}}}}}}}]\n"
    )
    Path("sub/a.yaml").write_text("apiVersion: shop.io/v1\nkind: Backup\nmetadata: {name: b}\nspec: {keep: many}\n")
    monkeypatch.chdir("sub")

    assert rules(kpy("validate", "a.yaml", "--format", "json", "--crds", "defs")[1]) == ["custom-value-invalid"]


@pytest.mark.parametrize(("least", "code"), [("error", 0), ("warning", 1), ("note", 1)])
def test_least_severity_that_fails(kpy: Run, least: str, code: int) -> None:
    Path("a.yaml").write_text(READER)

    assert kpy("validate", "a.yaml", "--fail-on", least)[0] == code


def test_notes_fail_when_they_are_meant_to(kpy: Run) -> None:
    Path("k8s").mkdir()
    Path("k8s/kustomization.yaml").write_text("resources: []\n")

    assert kpy("validate", "k8s", "--fail-on", "warning")[0] == 0
    assert kpy("validate", "k8s", "--fail-on", "note")[0] == 1


def test_synth_writes_nothing_when_a_warning_shall_fail(kpy: Run) -> None:
    Path("app.py").write_text(APP)

    code, out, err = kpy("synth", "app.py", "-o", "out", "--select", "liveness-probe-missing", "--fail-on", "warning")

    assert (code, out) == (1, "")
    assert "warning[liveness-probe-missing]" in err
    assert err.endswith("1 warning; nothing was written, since --fail-on warning is met\n")
    assert not Path("out").exists()
    assert kpy("synth", "app.py", "-o", "out", "--select", "liveness-probe-missing")[0] == 0


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab"])
@pytest.mark.parametrize("words", [[], ["--select", "liveness-probe-missing"], ["-o", "out"], ["-o", "out", "--check"]])
def test_report_is_data_alone(kpy: Run, form: str, words: list[str]) -> None:
    Path("app.py").write_text(APP)

    _, out, err = kpy("synth", "app.py", "--report", form, *words)

    json.loads(err)
    assert ("kind: Deployment" in out) == ("-o" not in words)
    assert ("liveness-probe-missing" in err) == ("--select" in words)


@pytest.mark.parametrize("command", ["synth", "compare", "graph"])
def test_report_has_the_errors_of_an_app(kpy: Run, command: str) -> None:
    Path("app.py").write_text(APP.replace("replicas=2", "replicas=-1"))
    Path("a.yaml").write_text(GOOD)
    words = ["a.yaml", "app.py"] if command == "compare" else ["app.py"]

    code, out, err = kpy(command, *words, "--report", "json")

    assert (code, out) == (1, "")
    assert rules(err) == ["replicas-negative"]


def test_report_of_annotations_is_followed_by_what_happened(kpy: Run) -> None:
    Path("app.py").write_text(APP.replace("replicas=2", "replicas=-1"))

    _, _, err = kpy("synth", "app.py", "--report", "github")

    first, *_, last = err.splitlines()
    assert first.startswith("::error title=replicas-negative,file=app.py,line=3::")
    assert last == "1 error; nothing was written"
