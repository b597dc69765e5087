"""The rules of the house, each with what it refuses; the settings of the package select them."""

import pytest
from acme_kpy import WebService, acme_app

import kpy
from kpy import App, Chart, ConfigMap, Container, Deployment, Namespace, Raw, SynthError
from kpy.testing.plugin import Synth
from kpy.typing import Part

IMAGE = "registry.acme.example/shop/api:v2"
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "1"}}


def app_with(*parts: Part, waive: dict[str, str] | None = None) -> App:
    app = acme_app("shop", team="shop")
    chart = app.add(Chart("shop", namespace="shop", waive=waive))
    for part in parts:
        chart.add(part)
    return app


def found(report: kpy.Report) -> list[str]:
    return [f"{each.severity} {each.rule}" for each in report if each.rule.startswith("acme-")]


def test_image_of_another_registry_is_an_error_that_nobody_waives(synth: Synth) -> None:
    waive = {"acme-image-registry": "it is a good image"}
    deployment = Deployment("web", containers=[Container(image="docker.io/library/nginx:1.29")], waive=waive)

    with pytest.raises(SynthError) as error:
        synth(app_with(deployment))

    assert found(error.value.report) == ["error acme-image-registry"]


def test_object_without_a_team_is_an_error_that_nobody_waives(synth: Synth) -> None:
    app = App("shop")
    app.add(Chart("shop")).add(ConfigMap("settings", data={"a": "1"}, waive={"acme-team-label": "it is small"}))

    with pytest.raises(SynthError) as error:
        synth(app)

    assert found(error.value.report) == ["error acme-team-label"]


@pytest.mark.parametrize(
    ("part", "rules"),
    [
        (WebService("api", image=IMAGE, host="shop.acme.example", replicas=1), ["warning acme-replicas"]),
        (WebService("api", image=IMAGE, host="shop.acme.example"), []),
        (WebService("api", image=IMAGE, replicas=1), []),
        (Raw(CONFIG), ["warning acme-no-raw"]),
        (ConfigMap("settings", data={"a": "1"}), []),
    ],
)
def test_policy_warns_of_this_and_not_of_that(part: Part, rules: list[str], synth: Synth) -> None:
    assert found(synth(app_with(part)).report) == rules


def test_second_namespace_is_told(synth: Synth) -> None:
    assert found(synth(app_with(Namespace("shop"), Namespace("spare"))).report) == ["warning acme-one-namespace"]


def test_what_may_be_waived_is_waived_with_a_reason(synth: Synth) -> None:
    app = app_with(Raw(CONFIG), waive={"acme-no-raw": "the vendor makes it, until 2099-12-31"})

    assert found(synth(app).report) == []
