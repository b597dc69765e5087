"""Matchers and assertions of the testing kit; a failure says what to look at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import kpy.testing
from kpy import App, Chart, Container, Deployment, NetworkPolicy
from kpy.errors import UsageError
from kpy.manifest import Manifest
from kpy.schema import NEWEST
from kpy.testing import (
    absent,
    any_value,
    assert_contains,
    assert_diagnostic,
    assert_valid,
    exactly,
    manifest_of,
    misses,
    report_of,
    selects,
)
from kpy.testing.plugin import Synth
from kpy.testing.strategies import names, quantities, resources
from kpy.units import Quantity

ACTUAL = {
    "kind": "Deployment",
    "spec": {"replicas": 2, "containers": [{"name": "web", "image": "web:1"}, {"name": "log", "image": "log:1"}]},
}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "a"}]}}


def web(**arguments: Any) -> Deployment:
    return Deployment("web", containers=[Container(image="web:1", ports={"http": 80})], **arguments)


def shop() -> Manifest:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="shop"))
    api = chart.add(web())
    chart.add(Deployment("db", containers=[Container(image="db:1")]))
    chart.add(api.expose())
    chart.add(NetworkPolicy("all", pod_selector={}))
    return app.synth()


# Matching


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"kind": "Deployment"},
        {"kind": any_value, "status": absent},
        {"spec": {"replicas": 2, "containers": [{"name": "log"}]}},
        {"spec": {"containers": [{"image": "log:1"}, {"image": any_value}]}},
        {"spec": {"containers": [{"name": any_value}, {"name": "log"}]}},
        {"spec": exactly({"replicas": 2, "containers": [{"name": "web", "image": "web:1"}, any_value]})},
    ],
)
def test_tree_contains_what_is_expected(expected: dict[str, object]) -> None:
    assert misses(ACTUAL, expected) == []


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"kind": "Pod"}, ["kind: expected 'Pod', there is 'Deployment'"]),
        ({"status": any_value}, ["status: expected any_value, there is nothing"]),
        ({"kind": absent}, ["kind: expected absent, there is 'Deployment'"]),
        ({"spec": {"replicas": True}}, ["spec.replicas: expected True, there is 2"]),
        (
            {"spec": {"containers": [{"name": "log", "image": "log:2"}]}},
            ["spec.containers[1].image: expected 'log:2', there is 'log:1'"],
        ),
        (
            {"spec": {"containers": [{"name": any_value}] * 3}},
            [f"spec.containers: expected [{{'name': any_value}}], there is {ACTUAL['spec']['containers']!r}"],  # type: ignore[index]
        ),
        (
            {"spec": {"containers": exactly([any_value])}},
            [f"spec.containers: expected exactly([any_value]), there is {ACTUAL['spec']['containers']!r}"],  # type: ignore[index]
        ),
        ({"metadata": {"labels": {"a/b": "c"}}}, ["metadata: expected {'labels': {'a/b': 'c'}}, there is nothing"]),
    ],
)
def test_miss_is_explained(expected: dict[str, object], said: list[str]) -> None:
    assert [str(miss) for miss in misses(ACTUAL, expected)] == said


def test_path_of_a_miss_keeps_keys_apart() -> None:
    (miss,) = misses({"labels": {"a/b": "c"}}, {"labels": {"a/b": "d"}})

    assert miss.path == "labels[a/b]"


def test_contained_objects_are_returned_and_counted() -> None:
    manifest = shop()

    assert [str(found) for found in assert_contains(manifest, {"kind": "Deployment"}, count=2)] == [
        'Deployment "shop/web"',
        'Deployment "shop/db"',
    ]
    assert assert_contains(manifest, {"kind": "Secret"}, count=0) == []


def test_nearest_miss_is_shown() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_contains(shop(), {"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 2}})

    assert str(failed.value) == (
        "at least one object with {'kind': 'Deployment', 'metadata': {'name': 'web'}, 'spec': {'replicas': 2}}: "
        "there are none\n"
        'nearest is Deployment "shop/web":\n'
        "  spec.replicas: expected 2, there is nothing"
    )


def test_wrong_count_names_those_that_match() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_contains(shop(), {"kind": "Deployment"}, count=1)

    assert str(failed.value) == (
        "1 object with {'kind': 'Deployment'}: there are 2\n"
        '  Deployment "shop/web" has it\n'
        '  Deployment "shop/db" has it'
    )


# Selection


def test_service_selects_its_deployment() -> None:
    manifest = shop()
    service, api, db = manifest.find("Service"), manifest.find("Deployment", "web"), manifest.find("Deployment", "db")

    assert selects(service, api)
    assert not selects(service, db)
    assert selects(manifest.find("NetworkPolicy"), db)
    assert repr(selects(service, db)) == (
        "<not selected: Service \"shop/web\" wants {'matchLabels': {'app.kubernetes.io/name': 'web'}}, "
        "the pods have {'app.kubernetes.io/name': 'db'}>"
    )


def test_nothing_is_selected_in_another_namespace() -> None:
    service = {"kind": "Service", "metadata": {"name": "a", "namespace": "x"}, "spec": {"selector": {"a": "b"}}}
    pod = {"kind": "Pod", "metadata": {"name": "a", "namespace": "y", "labels": {"a": "b"}}}

    assert repr(selects(service, pod)) == '<not selected: Service "x/a" is in another namespace than Pod "y/a">'


def test_what_selects_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="a ConfigMap selects no pods"):
        selects({"kind": "ConfigMap"}, {"kind": "Pod"})
    with pytest.raises(UsageError, match="a ConfigMap has no pods"):
        selects({"kind": "Service"}, {"kind": "ConfigMap"})


# Making and checking


def test_everything_can_be_synthesised(synth: Synth, tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("from kpy import *\n\napp = App('shop')\napp.add(Chart('shop')).add(ConfigMap('config'))\n")

    assert [str(found) for found in synth(web())] == ['Deployment "web"']
    assert [str(found) for found in synth(web)] == ['Deployment "web"']
    assert len(synth(Chart("empty"))) == 0
    assert len(synth(lambda: App("empty"))) == 0
    assert len(synth(file)) == len(synth(str(file))) == 1


def test_part_of_an_app_means_the_app() -> None:
    app = App("shop")
    chart = app.add(Chart("shop"))
    one = chart.add(web())

    assert manifest_of(one).app is app


def test_release_can_be_said(synth: Synth) -> None:
    assert synth(web()).release == NEWEST
    assert synth(web(), kubernetes="1.31").release == "1.31"


@pytest.mark.kubernetes("1.31", "1.36")
def test_marker_says_the_release(synth: Synth, kubernetes_release: str) -> None:
    assert synth(web()).release == kubernetes_release


def test_what_is_no_part_of_an_app_is_refused(synth: Synth) -> None:
    with pytest.raises(UsageError, match="None is not an app, chart or construct, and nothing that makes one"):
        synth(lambda: None)  # type: ignore[arg-type, return-value]


def test_report_is_given_of_anything() -> None:
    assert report_of(web()).ok
    assert report_of(shop()).ok
    assert report_of(shop(), kubernetes="1.30").ok
    assert [found.rule for found in report_of([POD]).errors] == ["container-image-required"]
    assert [found.rule for found in report_of(web(replicas=-1)).errors] != []


def test_diagnostic_is_asserted_by_rule_and_field() -> None:
    found = assert_diagnostic([POD], "container-image-required", "spec.containers[0].image")

    assert found.severity == "error"


def test_missing_diagnostic_shows_what_there_is() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_diagnostic([POD], "container-image-require")

    assert str(failed.value) == (
        "no finding of container-image-require (did you mean container-image-required?); there is:\n"
        '  container-image-required at spec.containers[0].image: container "a" has no `image`'
    )


def test_invalid_documents_are_shown() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_valid([POD])

    assert str(failed.value).startswith("1 error:\n\nerror[container-image-required]: container ")


# Strategies


@settings(max_examples=50)
@given(resources())
def test_generated_resources_are_valid(document: dict[str, Any]) -> None:
    report = assert_valid([document])

    assert [found for found in report if found.severity == "warning" and found.family != "reference"] == []


@given(quantities(min_value=1, max_value=5000))
def test_generated_quantities_keep_their_bounds(text: str) -> None:
    assert 1 <= Quantity(text) <= 5000


# The package


def test_names_are_those_that_type_checkers_see() -> None:
    source = Path(kpy.testing.__file__).read_text().partition("if TYPE_CHECKING:")[2].partition("_HOMES")[0]
    seen = [line.rpartition(" as ")[2] for line in source.splitlines() if " as " in line]

    assert sorted(seen) == kpy.testing.__all__
    assert all(getattr(kpy.testing, name) for name in kpy.testing.__all__)


def test_plugin_imports_nothing_that_is_not_used() -> None:
    code = "import sys, pytest; before = set(sys.modules); import kpy.testing.plugin; print(*set(sys.modules) - before)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.split()

    assert sorted(found) == ["kpy", "kpy.testing", "kpy.testing.places", "kpy.testing.plugin"]


@pytest.mark.parametrize(
    ("where", "expected", "message"),
    [
        (
            [POD],
            "kind: Pod",
            '\'kind: Pod\' is not what an object can contain: write a mapping, {"kind": "Deployment"}',
        ),
        ("shop.py", {}, "'shop.py' is not a manifest, resource or document: `assert_contains(synth(app), ...)`"),
        (7, {}, "7 is not a manifest, resource or document: `assert_contains(synth(app), ...)`"),
    ],
)
def test_wrong_use_of_a_matcher_is_said(where: Any, expected: Any, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        assert_contains(where, expected)

    assert str(refused.value) == message


def test_one_document_is_enough() -> None:
    assert assert_contains(POD, {"kind": "Pod"}) == [POD]
    assert assert_diagnostic(POD, "container-image-required").field == "spec.containers[0].image"


@given(name=names(max_size=1))
def test_name_can_have_one_letter(name: str) -> None:
    assert len(name) == 1
