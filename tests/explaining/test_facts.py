"""What is said of a field beside its meaning."""

from __future__ import annotations

import pytest

from kpy.explaining.accepted import ACCEPTED
from kpy.explaining.facts import facts_of_field
from kpy.explaining.texts import field_text, in_python
from tools.codegen.short_forms import FORMS
from tools.codegen.union import union


@pytest.mark.parametrize(
    ("type_name", "field", "said"),
    [
        ("apps/v1 DeploymentSpec", "replicas", "Default: 1. Must be 0 or more."),
        ("apps/v1 DeploymentSpec", "selector", "Required. It cannot be changed later."),
        ("apps/v1 StatefulSetSpec", "serviceName", "It cannot be changed later."),
        ("core/v1 ServiceSpec", "clusterIP", "Later it can be changed only in some cases."),
        ("core/v1 ConfigMapVolumeSource", "defaultMode", "Default: 0o644."),
        ("core/v1 ConfigMapVolumeSource", "name", "Required. Takes the name of a ConfigMap, or the object."),
        ("core/v1 Container", "restartPolicyRules", "At most 20 items. Kubernetes since 1.34."),
        ("core/v1 ServicePort", "port", "Required. Must be from 1 to 65535."),
        ("core/v1 ServiceSpec", "ports", "Its items must be unique by `name`."),
        ("core/v1 NodeStatus", "phase", "no longer used."),
        ("core/v1 EnvVar", "name", "Required. Must be an environment variable name."),
        ("core/v1 PodResourceClaim", "source", "Kubernetes 1.26 to 1.30."),
    ],
)
def test_facts_follow_the_meaning(type_name: str, field: str, said: str) -> None:
    assert field_text(type_name, field).endswith(said)


@pytest.mark.parametrize("field", ["replicas", "template", "updateStrategy"])
def test_what_may_change_is_not_called_fixed(field: str) -> None:
    assert facts_of_field("apps/v1 StatefulSetSpec", field).fixed == ""


def test_pod_of_a_workload_may_change() -> None:
    """A Pod's spec is fixed, but the type is also that of templates."""
    assert facts_of_field("core/v1 PodSpec", "nodeSelector").fixed == ""
    assert facts_of_field("core/v1 Pod", "spec").fixed != ""


def test_default_that_depends_on_other_fields_is_not_said() -> None:
    facts = facts_of_field("core/v1 Container", "imagePullPolicy")
    assert (facts.default, facts.has_default_by_others) == ("", True)


def test_what_kpy_makes_is_not_required() -> None:
    assert "Required" not in field_text("apps/v1 DeploymentSpec", "selector", is_made=True)


def test_unknown_field_has_no_facts() -> None:
    assert field_text("core/v1 Container", "images") == ""
    with pytest.raises(KeyError, match=r"core/v1 Container\.images"):
        facts_of_field("core/v1 Container", "images")


def test_names_of_fields_are_those_of_python() -> None:
    assert in_python("Within `minReadySeconds`, see `OnDelete` and `metadata.name`.") == (
        "Within `min_ready_seconds`, see `OnDelete` and `metadata.name`."
    )


def test_all_fields_can_be_told() -> None:
    for each in union().values():
        for field in each.fields:
            assert field_text(each.name, field), f"{each.name}.{field}"


def test_every_short_form_says_what_it_accepts() -> None:
    """But where it only takes `OFF`, a mapping, or an object beside what the API has."""
    silent = {
        ("core/v1 Container", "imagePullPolicy"),
        ("core/v1 Container", "securityContext"),
        ("core/v1 Container", "volumeMounts"),
        ("core/v1 PodSpec", "automountServiceAccountToken"),
        ("core/v1 PodSpec", "nodeSelector"),
        ("core/v1 PodSpec", "priorityClassName"),
        ("core/v1 PodSpec", "securityContext"),
        ("core/v1 PodSpec", "serviceAccount"),
        ("core/v1 PodSpec", "serviceAccountName"),
        ("core/v1 PodSpec", "tolerations"),
    }
    assert set(FORMS) - set(ACCEPTED) == silent
    assert set(ACCEPTED) <= set(FORMS)
