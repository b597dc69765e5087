"""`kpy.validate`: any documents in, a report out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpy import App, Chart, Container, Deployment, Service, Yaml
from kpy.errors import SynthError, UsageError
from kpy.schema import api
from kpy.validation import find_faults, validate

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "shop"},
    "spec": {"containers": [{"name": "shop", "image": "shop:1"}]},
}


def _said(*documents: Any, kubernetes: str | None = None) -> list[str]:
    return [f"{found.field}: {found.message}" for found in validate(documents, kubernetes=kubernetes)]


def _named(name: str) -> dict[str, Any]:
    return {**POD, "metadata": {"name": name}}


def test_sound_documents_have_no_findings() -> None:
    assert _said(POD, None, {"apiVersion": "v1", "kind": "List", "items": [_named("other")]}) == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([1], [": a document must be a mapping, not a list"]),
        ("text", [": a document must be a mapping, not text"]),
        ({}, [": there is neither `apiVersion` nor `kind`: this is not a Kubernetes object"]),
        ({1: 2}, [": there is neither `apiVersion` nor `kind`: this is not a Kubernetes object"]),
        ({"apiVersion": ["v1"], "kind": "Pod"}, ["apiVersion: `apiVersion` must be text, not a list"]),
        ({**POD, "metadata": "shop"}, ['metadata: `metadata` must be a mapping, not the text "shop"']),
        ({**POD, "kind": "pod"}, ["kind: Kubernetes 1.36 has no pod in v1"]),
        ({**POD, 1: 2}, ["1: Pod has no field `1`"]),
    ],
)
def test_bad_document_is_reported_and_not_raised(document: Any, expected: list[str]) -> None:
    assert _said(document, kubernetes="1.36") == expected


def test_document_that_contains_itself_is_reported() -> None:
    schema: dict[str, Any] = {"type": "object"}
    schema["properties"] = {"again": schema}
    versions = [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]
    spec = {"group": "example.com", "names": {"kind": "Shop", "plural": "shops"}, "scope": "Cluster"}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "shops.example.com"},
        "spec": {**spec, "versions": versions},
    }

    assert _said(definition) == [": the document contains itself, or is nested too deeply to be read"]


def test_list_stands_for_its_items() -> None:
    items = [POD, {**POD, "metadata": {"name": "A"}}, None]
    found = list(find_faults([{"apiVersion": "v1", "kind": "List", "items": items}], api()))

    assert [(finding.diagnostic.field, finding.steps) for finding in found] == [
        ("items[1].metadata.name", ("items", 1, "metadata", "name")),
        ("items[2]", ("items", 2)),
    ]


def test_items_of_a_typed_list_need_not_say_their_kind() -> None:
    item = {"metadata": {"name": "shop"}, "data": {"a": 1}}

    assert _said({"apiVersion": "v1", "kind": "ConfigMapList", "items": [item]}) == [
        "items[0].data[a]: `data[a]` must be text, not the number 1"
    ]


def test_finding_knows_the_real_place_of_what_a_server_calls_otherwise() -> None:
    labelled = {**POD, "metadata": {"name": "shop", "labels": {"a.b/c": "d e"}}}
    (found,) = find_faults([_named("other"), labelled], api())

    assert (found.number, found.diagnostic.field, found.steps) == (
        1,
        "metadata.labels",
        ("metadata", "labels", "a.b/c"),
    )


def test_nulls_and_keys_that_yaml_made_numbers_are_read_as_a_server_does() -> None:
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "shop", "creationTimestamp": None, "labels": None},
        "data": {2: "two", True: "yes", "empty": None},
    }

    assert _said(config) == []


def test_text_that_a_template_left_is_called_so() -> None:
    labels = {"chart": '{{ include "chart" . }}', "host": "${HOST:=web}", "other": "$5"}
    report = validate([{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "${NAME}", "labels": labels}}])

    assert [(found.rule, found.fix) for found in report] == [
        ("name-format", "this is a template: render it first"),
        ("label-value", "this is a template: render it first"),
        ("label-value", "this is a template: render it first"),
        ("label-value", ""),
    ]


def test_list_of_null_is_empty() -> None:
    assert not list(validate([{"apiVersion": "v1", "kind": "List", "items": None}]))


def test_custom_resources_have_one_note_and_their_metadata_checked() -> None:
    shop = {"apiVersion": "example.com/v1", "kind": "Shop", "metadata": {"name": "Shop"}, "spec": [1]}
    report = validate([shop, {**shop, "metadata": {"name": "Other"}}])

    assert [(found.severity, found.rule) for found in report] == [
        ("error", "name-format"),
        ("error", "name-format"),
        ("note", "custom-resource"),
    ]


def test_diagnostics_name_the_object() -> None:
    (found,) = validate([{**POD, "metadata": {"name": "a b", "namespace": "shop"}}])

    assert found.resource == 'Pod "shop/a b"'


def test_unknown_release_is_refused() -> None:
    with pytest.raises(UsageError):
        validate([], kubernetes="2.0")


@pytest.mark.parametrize(("claims", "rules"), [(None, []), ([None], []), (5, ["wrong-type"]), ([5], ["wrong-type"])])
def test_rule_that_looks_aside_does_not_stumble(claims: object, rules: list[str]) -> None:
    """Rules on containers look at claims of the pod, which may be null or of a wrong type when these come later."""
    container = {"name": "shop", "image": "shop:1", "resources": {"claims": [{"name": "gpu"}]}}

    found = validate([{**POD, "spec": {"containers": [container], "resourceClaims": claims}}])

    assert not found.ok
    assert [each.rule for each in found if each.family == "schema"] == rules


HUGE = 10**5000


@pytest.mark.parametrize("amount", ["1e2000000000", "9" * 400 + "e99999999", "1e-2000000000", "-1e2000000000", 10**300])
def test_amounts_of_any_size_are_judged(amount: object) -> None:
    """As a whole number each would take minutes, and more memory than there is."""
    names = ("cpu", "memory", "example.com/gpu", "hugepages-2Mi")
    resources = {"limits": dict.fromkeys(names, amount), "requests": {"memory": "1e1999999999"}}
    pod = {**POD, "spec": {"containers": [{**POD["spec"]["containers"][0], "resources": resources}]}}
    ranged = {"type": "Container", "min": {"cpu": "1"}, "max": {"cpu": amount}, "maxLimitRequestRatio": {"cpu": amount}}
    limits = {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "x"}, "spec": {"limits": [ranged]}}
    hard = {"pods": amount, "requests.cpu": amount}
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "x"}, "spec": {"hard": hard}}
    volume = {"capacity": {"storage": amount}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/data"}}
    volume = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "x"}, "spec": volume}

    said = _said(pod, limits, quota, volume)

    assert any("must not be negative" in line for line in said) is str(amount).startswith("-")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            {"activeDeadlineSeconds": HUGE},
            "activeDeadlineSeconds: `activeDeadlineSeconds` is a number of more than 4983 digits; it must be from",
        ),
        ({"hostname": HUGE}, "hostname: `hostname` must be text, not a number of more than 4983 digits"),
        (
            {"overhead": {"cpu": HUGE}},
            "overhead[cpu]: `overhead[cpu]` must be a quantity, not a number of more than 4983 digits",
        ),
    ],
)
def test_numbers_of_any_length_are_judged(spec: dict[str, object], message: str) -> None:
    """Python writes no number of more than 4,300 digits."""
    (said,) = _said({**POD, "spec": {**POD["spec"], **spec}})

    assert said.startswith(f"spec.{message}")


def test_workload_that_nobody_added_is_told_once() -> None:
    app = App("shop")
    web = Deployment("web", containers=[Container(image="nginx:1.29")])
    app.add(Chart("shop")).add(Service("web", selector=web, ports=[80]))

    with pytest.raises(SynthError) as error:
        app.synth()

    assert [finding.rule for finding in error.value.report] == ["forgotten-add"]


def test_file_that_cannot_be_read_is_told_at_the_line_that_names_it(tmp_path: Path) -> None:
    app = App("shop")
    app.add(Chart("shop")).add(Yaml(tmp_path / "nope.yaml"))

    with pytest.raises(SynthError) as error:
        app.synth()

    (finding,) = error.value.report
    assert finding.message == f"{tmp_path / 'nope.yaml'}: the file cannot be read: No such file or directory"
    assert finding.where is not None
    assert finding.where.file.endswith("test_validate.py")
