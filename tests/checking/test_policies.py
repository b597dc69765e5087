"""Policies: selecting, ignoring, severities, waivers, standards of an app, and policies of one's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import kpy
from kpy import App, Chart, Container, Defaults, Deployment, SynthError, UsageError
from kpy.checking.check import Check
from kpy.checking.plans import plan_of
from kpy.checking.registry import BUILT_IN
from kpy.paths import Path as Place
from kpy.validation import validate

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "web", "image": "web"}]},
}


def _found(document: dict[str, Any], **said: Any) -> list[tuple[str, str]]:
    return [(found.severity, found.rule) for found in validate([document], **said)]


def test_nothing_is_checked_until_it_is_selected() -> None:
    assert _found(POD) == []
    assert _found(POD, select=["image-tag-missing"]) == [("warning", "image-tag-missing")]


@pytest.mark.parametrize("words", [["images"], ["image-*"], ["policy"]])
def test_groups_patterns_and_the_family_select(words: list[str]) -> None:
    assert ("warning", "image-tag-missing") in _found(POD, select=words)


def test_ignoring_wins_over_selecting() -> None:
    found = _found(POD, select=["images"], ignore=["image-digest-missing", "image-reg*"])

    assert found == [("warning", "image-tag-missing")]


def test_severity_is_what_the_project_says() -> None:
    said = {"select": ["image-tag-missing"], "severities": {"image-tag-missing": "error"}}

    assert _found(POD, **said) == [("error", "image-tag-missing")]


def test_question_mark_stands_for_one_letter() -> None:
    assert _found(POD, select=["image-t?g-missing"]) == [("warning", "image-tag-missing")]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"select": ["image-tags-missing"]}, "there is no rule, group or family `image-tags-missing`; "
                                             "did you mean `image-tag-missing`?"),
        ({"ignore": ["xyz"]}, "there is no rule, group or family `xyz`"),
        ({"external": ["Secret"]}, "`external` names 'Secret'; write \"Kind/name\", such as \"Secret/*\""),
        ({"severities": {"image-tag-missing": "bad"}}, "the severity of image-tag-missing is 'bad'; "
                                                       'it can be "error", "warning", "note" or "off"'),
    ],
)  # fmt: skip
def test_unknown_words_are_refused(said: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        validate([], **said)

    assert str(error.value) == f"{error.value.where}: {message}"


def test_no_rule_is_too_far_down_the_list_to_be_meant() -> None:
    for name in ("zone-spread-missing", "wrong-typo", "admission-rule-operation"):
        with pytest.raises(UsageError, match="did you mean"):
            validate([], ignore=[name])


def test_annotation_waives_with_a_reason() -> None:
    waived = {**POD, "metadata": {"name": "web", "annotations": {"kpy.dev/waive.image-tag-missing": "set by CI"}}}

    assert _found(waived, select=["image-tag-missing"]) == []


@pytest.mark.parametrize("level", ["baseline", "restricted"])
def test_standard_of_an_app_is_held(level: Any) -> None:
    app = App("shop", defaults=Defaults(security=level))
    app.add(Chart("shop")).add(Deployment("web", host_network=True, containers=[Container(image="web:1")]))

    with pytest.raises(SynthError) as error:
        app.synth()

    assert [found.rule for found in error.value.report] == ["pod-security-host-namespaces"]


def test_standard_writes_what_it_asks_for() -> None:
    app = App("shop")
    app.add(Chart("shop")).add(Deployment("web", security="restricted", containers=[Container(image="web:1")]))

    assert app.synth().diagnostics == []


def test_namespace_that_enforces_a_standard_is_held_to_its_release() -> None:
    labels = {
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/enforce-version": "v1.28",
    }
    home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": labels}}
    sysctls = [{"name": "net.ipv4.tcp_fin_timeout", "value": "1"}]
    spec = {**POD["spec"], "securityContext": {"sysctls": sysctls}}
    pod = {**POD, "metadata": {"name": "web", "namespace": "shop"}, "spec": spec}

    assert [found.rule for found in validate([home, pod])] == ["pod-security-sysctls"]


def test_policy_of_ones_own_is_a_function() -> None:
    @kpy.policy("team-label-missing", on=["Deployment", "Pod"], severity="error", groups=["team"])
    def team_label(tree: Mapping[str, Any], at: Place, check: Check) -> None:
        """Everything says its team."""
        if "team" not in (tree["metadata"].get("labels") or {}):
            check.report(at + "metadata" + "labels", "there is no team", fix="add the label `team`")

    (found,) = validate([POD], select=["team"], policies=[team_label])

    assert (found.rule, found.severity, found.field) == ("team-label-missing", "error", "metadata.labels")
    assert (found.message, found.fix) == ("there is no team", "add the label `team`")


def test_policy_belongs_to_the_call_that_names_it() -> None:
    @kpy.policy("team-label-missing", on="Pod")
    def team_label(tree: Mapping[str, Any], at: Place, check: Check) -> None:
        """Everything says its team."""

    validate([POD], select=["team-label-missing"], policies=[team_label])

    with pytest.raises(UsageError, match="there is no rule, group or family `team-label-missing`"):
        validate([POD], select=["team-label-missing"])


def test_module_is_given_for_its_policies_and_those_of_its_package() -> None:
    policies, images = ModuleType("shop"), ModuleType("shop.images")
    images.__dict__["tag"] = kpy.policy("tag-missing", on="Container")(lambda container, at, check: None)
    policies.__dict__["images"] = images

    assert validate([POD], select=["tag-missing"], policies=[policies]).ok


def test_module_without_a_policy_is_refused() -> None:
    with pytest.raises(UsageError, match=r"the module shop has no policy: write `@kpy.policy\(...\)` above a function"):
        validate([POD], policies=[ModuleType("shop")])


def test_name_of_a_policy_has_several_words() -> None:
    with pytest.raises(UsageError, match="needs a name of several words"):
        kpy.policy("Team", on="Pod")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"severity": "bad"}, 'the severity of the policy own-rule is \'bad\'; it can be "error", "warning" or "note"'),
        ({"groups": "a"}, "`groups` of the policy own-rule is a list of texts, `groups=[\"house\"]`, not 'a'"),
    ],
)
def test_words_of_a_policy_are_checked_when_it_is_written(said: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        kpy.policy("own-rule", on="Pod", **said)
    assert str(error.value) == message

    with pytest.raises(UsageError) as error:
        kpy.policy_on_all("own-rule", **said)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("word", "meant"), [("containers", "Container"), ("deployment", "Deployment"), ("Ingresses", ""), ("Widget", "")]
)
def test_type_that_the_api_does_not_have_is_refused_where_it_is_surely_meant(word: str, meant: str) -> None:
    def look(value: Any, at: Place, check: Check) -> None:
        """Look."""

    if not meant:
        kpy.policy("own-rule", on=word)(look)  # it may be a custom kind
        return
    with pytest.raises(UsageError) as error:
        kpy.policy("own-rule", on=["Pod", word])(look)
    assert str(error.value) == (
        f"the policy own-rule is on '{word}', which the API does not have; did you mean '{meant}'?"
    )


@pytest.mark.parametrize("word", ["Pod", "core/v1 Pod", "v1 Pod"])
def test_type_is_written_as_people_have_it(word: str) -> None:
    @kpy.policy("own-rule", on=word)
    def look(pod: Any, at: Place, check: Check) -> None:
        """Look."""
        check.report(at, "seen")

    assert _found(POD, policies=[look], select=["own-rule"]) == [("warning", "own-rule")]


def test_group_is_written_as_in_objects() -> None:
    @kpy.policy("own-rule", on=["networking.k8s.io/v1 IngressRule", "rbac.authorization.k8s.io/v1 Role"])
    def look(value: Any, at: Place, check: Check) -> None:
        """Look."""
        check.report(at, "seen")

    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "a"},
        "spec": {"rules": [{"host": "shop.io"}], "defaultBackend": {"service": {"name": "a", "port": {"number": 80}}}},
    }
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "a"}, "rules": []}
    report = kpy.validate([ingress, role], policies=[look], select=["own-rule"], external=["Service/a"])

    assert [(found.rule, found.field) for found in report] == [("own-rule", "spec.rules[0]"), ("own-rule", "")]


@pytest.mark.parametrize(
    ("function", "takes"),
    [(lambda pod: None, 1), (lambda pod, at, check, more: None, 4), (lambda: None, 0)],
)
def test_function_of_a_policy_takes_the_value_its_place_and_the_check(function: Any, takes: int) -> None:
    with pytest.raises(UsageError) as error:
        kpy.policy("own-rule", on="Pod")(function)

    assert str(error.value) == (
        f"the function of the policy own-rule is called with 3 arguments, and takes {takes}: "
        "write `def <lambda>(value, at, check)`"
    )


def test_function_of_a_policy_may_take_more_if_it_need_not() -> None:
    for function in (lambda pod, *rest: None, lambda pod, at, check, more=1: None):
        kpy.policy("own-rule", on="Pod")(function)
    kpy.policy_on_all("own-rule")(lambda objects, check: None)


def test_settings_of_a_project_reach_the_command(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.kpy]\nselect = ["image-tag-missing", "own-rule"]\npolicies = ["rules.py"]\n'
        'external = ["Secret/*"]\n[tool.kpy.severities]\nimage-tag-missing = "error"\n'
    )
    (tmp_path / "rules.py").write_text(
        'import kpy\n\n@kpy.policy("own-rule", on="Container")\ndef own_rule(container, at, check):\n'
        '    """Say so."""\n    check.report(at + "name", "it has a name")\n'
    )
    (tmp_path / "pod.yaml").write_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
        "  imagePullSecrets: [{name: registry}]\n  containers:\n  - {name: web, image: web}\n"
    )

    done = subprocess.run(
        [sys.executable, "-m", "kpy", "validate", "pod.yaml"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(kpy.__file__).parents[1])},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1, done.stderr
    assert "pod.yaml:7:24: error[image-tag-missing]" in done.stdout
    assert "warning[own-rule]: it has a name" in done.stdout
    assert "1 object checked: 1 error, 1 warning" in done.stderr


def test_policies_are_not_imported_until_selected() -> None:
    code = (
        "import sys, kpy; kpy.validate([{'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'a'}}]);"
        "print([name for name in sys.modules"
        " if 'policies.' in name or name == 'jsonschema' or name.startswith('kpy.custom')])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_policies_of_ones_own_let_plans_stay() -> None:
    @kpy.policy("team-missing", on="Pod")
    def team(tree: Mapping[str, Any], at: Place, check: Check) -> None:
        """Everything says its team."""

    with_team = BUILT_IN.plus(team)

    assert plan_of(with_team, "1.36", "core/v1 Pod") is plan_of(BUILT_IN, "1.36", "core/v1 Pod")
    assert plan_of(BUILT_IN.without("name-missing"), "1.36", "core/v1 Pod") is not plan_of(
        BUILT_IN, "1.36", "core/v1 Pod"
    )
