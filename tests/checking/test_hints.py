"""What kpy says about names that are not there: kinds, versions and fields."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.checking.hints import near_word
from kpy.checking.walk import check_document
from kpy.schema import api


def _said(document: dict[str, Any], release: str = "1.37") -> list[tuple[str, str, str]]:
    return [(found.rule, found.message, found.fix) for found in check_document(document, api(release)).diagnostics]


def _deployment(**spec: Any) -> dict[str, Any]:
    container = {"name": "shop", "image": "shop:1", **spec.pop("container", {})}
    template = {
        "metadata": {"labels": {"app": "shop"}},
        "spec": {"containers": [container]},
        **spec.pop("template", {}),
    }
    spec = {"selector": {"matchLabels": {"app": "shop"}}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "shop"}, "spec": spec}


@pytest.mark.parametrize(
    ("document", "fix"),
    [
        (_deployment(replica=2), "did you mean `replicas`?"),
        (_deployment(Replicas=2), "did you mean `replicas`?"),
        (_deployment(containers=[]), "move it to `spec.template.spec.containers`"),
        (_deployment(matchLabels={}), "move it to `spec.selector.matchLabels`"),
        (_deployment(template={"replicas": 2}), "move it to `spec.replicas`: it is a field of DeploymentSpec"),
        (_deployment(container={"limits": {}}), "move it to `spec.template.spec.containers[0].resources.limits`"),
        (
            _deployment(container={"volumes": []}),
            "move it to `spec.template.spec.volumes`: it is a field of PodSpec",
        ),
        ({**_deployment(), "labels": {}}, "move it to `metadata.labels`"),
        (_deployment(container={"colour": "red"}), ""),
    ],
)
def test_unknown_field_has_a_hint(document: dict[str, Any], fix: str) -> None:
    ((rule, _, said),) = _said(document)

    assert (rule, said) == ("unknown-field", fix)


@pytest.mark.parametrize(
    ("api_version", "kind", "release", "message", "fix"),
    [
        ("v1", "Deployment", "1.37", "", "use `apiVersion: apps/v1`"),
        ("v1", "pod", "1.37", "", "did you mean `kind: Pod`?"),
        ("apps/v2", "Deploymnet", "1.37", "", "did you mean `kind: Deployment`?"),
        ("extensions/v1beta1", "Ingress", "1.37", ": it was removed in 1.22", "use `apiVersion: networking.k8s.io/v1`"),
        ("batch/v1beta1", "CronJob", "1.37", ": it was removed in 1.25", "use `apiVersion: batch/v1`"),
        ("policy/v1beta1", "PodSecurityPolicy", "1.30", ": it was removed in 1.25", ""),
        (
            "autoscaling/v2beta2",
            "HorizontalPodAutoscaler",
            "1.26",
            ": it was removed in 1.26",
            "use `apiVersion: autoscaling/v2`",
        ),
        ("networking.k8s.io/v1", "ServiceCIDR", "1.32", ": it is new in 1.33", ""),
    ],
)
def test_kind_that_is_not_there_has_a_reason_and_a_hint(
    api_version: str, kind: str, release: str, message: str, fix: str
) -> None:
    ((_, said, hint),) = _said({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}}, release)

    assert (said, hint) == (f"Kubernetes {release} has no {kind} in {api_version}{message}", fix)


def test_kind_that_must_be_switched_on_is_refused() -> None:
    document = {"apiVersion": "networking.k8s.io/v1beta1", "kind": "ServiceCIDR", "metadata": {"name": "x"}}

    assert _said(document, "1.36") == [
        (
            "kind-off-by-default",
            "ServiceCIDR of networking.k8s.io/v1beta1 is not served unless somebody switches it on",
            "use `apiVersion: networking.k8s.io/v1`",
        )
    ]


def test_field_of_another_release_says_which() -> None:
    document = _deployment(template={"spec": {"containers": [{"name": "a", "image": "b"}], "resources": {}}})

    assert _said(document, "1.31") == [
        ("field-not-in-release", "PodSpec has no field `resources` in Kubernetes 1.31: it is new in 1.32", "")
    ]


def test_misplaced_field_is_not_reported_as_missing_too() -> None:
    autoscaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "shop"},
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"}},
        "maxReplicas": 3,
    }

    assert [rule for rule, _, _ in _said(autoscaler)] == ["unknown-field"]


def test_nothing_is_near_a_very_long_word_and_of_many_words_the_first_are_looked_at() -> None:
    words = [f"word{number}" for number in range(100_000)]

    assert near_word("wurd10", words) == "word10"
    assert near_word("wordy", ["a"] * 5000 + ["words"]) is None
    assert near_word("a" * 1_000_000, ["a" * 1_000_000]) is None


def test_rule_that_is_meant_is_found_among_more_names_than_are_looked_at() -> None:
    names = [f"a-{number:04}" for number in range(1000)]

    assert near_word("image-tags", [*names, "image-tag-missing", "images"]) == "images"
