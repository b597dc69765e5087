"""Every construct of one's own takes labels, annotations, defaults, waivers and an order for all its parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from kpy import (
    App,
    ArgumentError,
    Chart,
    ConfigMap,
    Construct,
    Container,
    Deployment,
    Job,
    Manifest,
    Raw,
    Service,
    field,
)
from kpy.api.core.v1 import ConfigMap as ConfigMapModel
from kpy.api.meta.v1 import ObjectMeta


class Inner(Construct):
    def build(self) -> None:
        self.add(ConfigMap(self.name, data={"A": "1"}, labels={"own": "config"}))
        self.add(Raw({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"{self.name}-raw"}}))
        self.add(ConfigMapModel(metadata=ObjectMeta(name=f"{self.name}-model")))


class Outer(Construct):
    inner: Mapping[str, Any] = field(factory=dict)

    def build(self) -> None:
        self.add(Inner("inner", **self.inner))


def synth(part: Any, **chart: Any) -> Manifest:
    app = App("shop", labels={"app": "shop", "who": "app"})
    app.add(Chart("main", **chart)).add(part)
    return app.synth()


def test_labels_and_annotations_reach_all_objects_and_the_nearest_wins() -> None:
    manifest = synth(
        Outer(
            "outer",
            labels={"outer": "yes", "who": "outer", "own": "outer"},
            annotations={"a": "outer"},
            inner={"labels": {"who": "inner"}, "annotations": {"b": "inner"}},
        ),
        labels={"chart": "main", "who": "chart"},
    )

    common = {"app": "shop", "chart": "main", "outer": "yes", "who": "inner"}
    for resource in manifest:
        assert resource.metadata["labels"] == {**common, "own": "config" if resource.name == "inner" else "outer"}
        assert resource.metadata["annotations"] == {"a": "outer", "b": "inner"}


def test_labels_of_a_construct_never_enter_a_selector() -> None:
    class Api(Construct):
        def build(self) -> None:
            api = self.add(Deployment("api", containers=[Container(image="a:1", ports=80)]))
            self.add(api.expose())

    manifest = synth(Api("api", labels={"team": "shop"}))

    assert manifest.find(Deployment).tree["spec"]["selector"] == {"matchLabels": {"app.kubernetes.io/name": "api"}}
    assert manifest.find(Service).tree["spec"]["selector"] == {"app.kubernetes.io/name": "api"}
    assert "team" not in manifest.find(Deployment).tree["spec"]["template"]["metadata"]["labels"]


def test_class_that_declares_such_a_field_keeps_it_for_itself() -> None:
    class Api(Construct):
        labels: dict[str, str] = field(factory=dict)
        after: str = "noon"
        waive: bool = False
        defaults: int = 5

        def build(self) -> None:
            self.add(ConfigMap("config", data={"A": self.after}, labels=self.labels))
            self.add(ConfigMap("other", data={"A": str(self.defaults)}))

    manifest = synth(Api("api", labels={"a": "b"}, after="night", waive=True, defaults=7))

    assert "a" in manifest.find("ConfigMap", "config").metadata["labels"]
    assert "a" not in manifest.find("ConfigMap", "other").metadata["labels"]
    assert manifest.find("ConfigMap", "other").tree["data"] == {"A": "7"}


def test_class_may_have_a_method_of_such_a_name() -> None:
    class Api(Construct):
        def after(self) -> str:
            return "noon"

        @property
        def labels(self) -> dict[str, str]:
            return {"a": "b"}

        def build(self) -> None:
            self.add(ConfigMap("config", data={"A": self.after()}, labels=self.labels))

    assert synth(Api("api")).find("ConfigMap").tree["data"] == {"A": "noon"}
    with pytest.raises(ArgumentError, match="Api has no argument `after`"):
        Api("api", after=[])


def test_waivers_reach_all_objects() -> None:
    def findings(**arguments: Any) -> list[str]:
        app = App("shop")
        chart = app.add(Chart("main", **arguments.pop("chart", {})))
        chart.add(Api("api", **arguments))
        return [found.rule for found in app.synth().report]

    class Api(Construct):
        def build(self) -> None:
            self.add(Service("api", selector={"app": "nothing"}, ports=80))

    reasons = {"service-selects-no-pod": "the pods come from an operator"}

    assert "service-selects-no-pod" in findings()
    assert "service-selects-no-pod" not in findings(waive=reasons)
    assert "service-selects-no-pod" not in findings(chart={"waive": reasons})
    assert "service-selects-no-pod" in findings(waive={"service-selects-no-pod": ""}, chart={"waive": reasons})


def test_order_holds_for_all_objects_and_a_construct_stands_for_all_of_its() -> None:
    class Migration(Construct):
        def build(self) -> None:
            self.add(Job("migrate", restart_policy="Never", containers=[Container(image="a:1")]))

    class Api(Construct):
        def build(self) -> None:
            self.add(ConfigMap("config", data={"A": "1"}))

    app = App("shop")
    chart = app.add(Chart("main"))
    migration = Migration("migration")
    chart.add(Api("api", after=[migration]))
    chart.add(migration)
    other = app.add(Chart("other", after=[chart]))
    other.add(ConfigMap("a", data={"A": "1"}))

    assert [resource.name for resource in app.synth()] == ["migrate", "config", "a"]


def test_objects_come_after_constructs_too() -> None:
    app = App("shop")
    chart = app.add(Chart("main"))
    inner = Inner("inner")
    chart.add(ConfigMap("a", data={"A": "1"}, after=[inner]))
    chart.add(inner)

    assert [resource.name for resource in app.synth()] == ["inner", "inner-raw", "inner-model", "a"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"labels": 5}, '`labels` of Inner: expected labels as a mapping, `{"team": "shop"}`, not 5'),
        (
            {"annotations": "a"},
            '`annotations` of Inner: expected annotations as a mapping, `{"owner": "shop"}`, not \'a\'',
        ),
        (
            {"after": "x"},
            "`after` of Inner: objects to come first must be a list, not 'x': write `[...]`, even around one element",
        ),
        ({"after": ["x"]}, "`after` of Inner: 'x' is not an object of the app: give the value that was added"),
        (
            {"waive": ["x"]},
            '`waive` of Inner: expected rules with reasons, `{"rule-name": "why it may be"}`, not [\'x\']',
        ),
    ],
)
def test_wrong_values_are_refused(arguments: Any, text: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Inner("inner", **arguments)

    assert re.sub(r"^[^\s]*:\d+", "FILE", str(caught.value)) == f"FILE: {text}"
