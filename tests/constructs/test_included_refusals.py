"""What is said wrongly of objects that somebody else has written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from constructs.vendor import shop, shortened, write_vendor
from kpy import (
    ArgumentError,
    ConfigMap,
    Ingress,
    LoadError,
    Raw,
    SynthError,
    UsageError,
    Yaml,
)
from kpy.api.core import v1 as core_v1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_vendor(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"without": ["Deployment/metric"]},
            "FILE: `without` of Yaml \"vendor.yaml\" (FILE): there is no 'Deployment/metric'; "
            "did you mean 'Deployment/metrics'?",
        ),
        (
            {"without": ["Job/*"]},
            "FILE: `without` of Yaml \"vendor.yaml\" (FILE): there is no 'Job/*'; there is: Service/metrics, "
            "Deployment/metrics, ConfigMap/settings",
        ),
        (
            {"patch": {"deployment/metrics": {}}},
            "FILE: `patch` of Yaml \"vendor.yaml\" (FILE): there is no 'deployment/metrics'; "
            "did you mean 'Deployment/metrics'?",
        ),
        (
            {"images": {"vendor/metrics": ":v2"}},
            "FILE: `images` of Yaml \"vendor.yaml\" (FILE): no object has the image 'vendor/metrics'; "
            "did you mean 'docker.io/vendor/metrics'?",
        ),
        (
            {"images": {"redis": ":8"}},
            "FILE: `images` of Yaml \"vendor.yaml\" (FILE): no object has the image 'redis'; "
            "there is: 'docker.io/vendor/metrics'",
        ),
    ],
)
def test_misspelt_names_are_errors_with_near_misses(file: Path, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        shop(Yaml(file, **arguments)).synth()

    assert shortened(error.value) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"without": "Deployment/web"},
            "FILE: `without` of Yaml: objects to leave out must be a list, not 'Deployment/web': write `[...]`, "
            "even around one element",
        ),
        (
            {"without": ["Deployment"]},
            "FILE: `without` of Yaml: 'Deployment' names no object: expected `\"Kind/name\"`, such as "
            '`"Deployment/web"`, or `"Kind/namespace/name"`; `*` stands for any text',
        ),
        (
            {"patch": {"Deployment/web": 5}},
            "FILE: `patch` of Yaml: the patch of 'Deployment/web' is a mapping in the names of the API, "
            '`{"Deployment/web": {"spec": {...}}}`, not 5',
        ),
        (
            {"images": {"nginx": 1.29}},
            "FILE: `images` of Yaml: 'nginx': 1.29 is no image: expected a name and an image, "
            '`{"nginx": "registry.local/nginx:1.29"}`, or a tag, `{"nginx": ":1.29"}`',
        ),
    ],
)
def test_wrong_arguments_are_refused_at_once(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as error:
        Yaml("vendor.yaml", **arguments)

    assert shortened(error.value) == message


def test_what_is_not_found_is_said_with_what_there_is(file: Path) -> None:
    vendor = Yaml(file)

    with pytest.raises(UsageError) as none:
        vendor.find("Service", "metric")
    with pytest.raises(UsageError) as part:
        vendor.add(ConfigMap("a"))

    assert shortened(none.value) == (
        'FILE: Yaml "vendor.yaml" (FILE) has no Service "metric"; there is: Service "metrics"'
    )
    assert shortened(part.value) == ('FILE: Yaml "vendor.yaml" (FILE) takes no parts: add them to the chart beside it')


def test_objects_of_one_name_are_told_apart_by_their_namespaces() -> None:
    two = [f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: {each}}}\n" for each in ("x", "z")]
    vendor = Yaml.text("---\n".join(two))

    with pytest.raises(UsageError) as several:
        vendor.find("ConfigMap", "a")

    assert vendor.find("ConfigMap", "a", namespace="z").namespace == "z"
    assert shortened(several.value) == (
        'FILE: Yaml "text" (FILE) has several ConfigMap "a"; there is: ConfigMap "x/a", ConfigMap "z/a"'
    )
    assert len(shop(Yaml.text("---\n".join(two), without=["ConfigMap/x/a"])).synth()) == 1


def test_object_of_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    file = tmp_path / "vendor.yaml"
    file.write_text("a: ]\n")

    with pytest.raises(LoadError) as broken:
        Yaml(file).find("Service", "metrics")

    assert shortened(broken.value).startswith(
        'FILE: Yaml "vendor.yaml" (FILE) has no Service "metrics"; there is: nothing; '
        "not all of it can be read: vendor.yaml:1:4: "
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [("- a\n", "not-a-mapping"), ("hello\n", "not-a-mapping"), ("resources: [a.yaml]\n", "kustomization")],
)
def test_documents_that_are_no_objects_are_refused(tmp_path: Path, text: str, rule: str) -> None:
    file = tmp_path / "vendor.yaml"
    file.write_text(text)

    with pytest.raises(SynthError) as error:
        shop(Yaml(file)).synth()

    assert [finding.rule for finding in error.value.report] == [rule]


def test_pattern_that_names_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SynthError) as error:
        shop(Yaml(tmp_path / "*.yaml")).synth()

    (finding,) = error.value.report
    assert finding.message == f"{tmp_path / '*.yaml'}: no file has such a name"


def test_object_whose_file_was_never_added_is_told(file: Path) -> None:
    vendor = Yaml(file)
    app = shop(Ingress("metrics", host="m.shop.io", routes={"/": vendor.find("Service")}))

    with pytest.raises(SynthError) as error:
        app.synth()

    (finding,) = error.value.report
    assert shortened(Exception(finding.message)).endswith('and nobody added Yaml "vendor.yaml" (FILE)')


def test_malformed_object_is_a_raw_part_and_the_rules_say_why(tmp_path: Path) -> None:
    file = tmp_path / "vendor.yaml"
    file.write_text("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: 5}\n")
    vendor = Yaml(file)

    assert isinstance(vendor.find("Deployment", "a"), Raw)
    with pytest.raises(SynthError):
        shop(vendor).synth()


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        ("deployment", '; did you mean "Deployment"?'),
        ("Service/metrics", '; write `find("Service", "metrics")`'),
        (core_v1.Service, "; the objects here are constructs: give `kpy.Service`"),
        ("Job", ""),
    ],
)
def test_kind_that_is_not_there_is_told_with_what_is_meant(file: Path, kind: Any, end: str) -> None:
    with pytest.raises(UsageError) as error:
        Yaml(file).find(kind)

    there = 'there is: Service "metrics", Deployment "metrics", ConfigMap "settings"'
    assert shortened(error.value).endswith(there + end)


def test_patch_that_cannot_be_merged_names_the_object(file: Path) -> None:
    patch = {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}

    with pytest.raises(UsageError) as error:
        shop(Yaml(file, patch={"Deployment/*": patch})).synth()

    assert shortened(error.value).startswith("FILE: patch: `spec.template.spec.containers`: ")
    assert error.value.__notes__ == ['on Deployment "metrics"']


def test_kustomization_is_refused_with_what_renders_it(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [a.yaml]\n")

    with pytest.raises(SynthError) as error:
        shop(Yaml(tmp_path)).synth()

    (finding,) = error.value.report
    assert finding.fix == f'render it, `Kustomize("{tmp_path}")`, or name the files that you want'
