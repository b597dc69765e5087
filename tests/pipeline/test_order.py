"""order: what others need comes first."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpy import (
    App,
    Chart,
    Claim,
    ConfigMap,
    Container,
    Deployment,
    Ingress,
    Namespace,
    PersistentVolume,
    Raw,
    ServiceAccount,
    UsageError,
)
from kpy.api.core.v1 import NFSVolumeSource
from kpy.pipeline import run


def names(*parts: Any) -> list[str]:
    app = App("shop")
    chart = app.add(Chart("shop"))
    for part in parts:
        chart.add(part)
    return [f"{resource.kind}/{resource.name}" for resource in run(app)]


def web(name: str = "web", **arguments: Any) -> Deployment:
    return Deployment(name, containers=[Container(image="nginx:1", ports=80)], **arguments)


def test_kinds_come_in_the_order_of_a_cluster() -> None:
    api = web()
    service = api.expose()
    edge = Ingress("edge", routes={"/": service})

    assert names(edge, api, service, ConfigMap("config"), ServiceAccount("api"), Namespace("shop")) == [
        "Namespace/shop",
        "ServiceAccount/api",
        "ConfigMap/config",
        "Service/web",
        "Deployment/web",
        "Ingress/edge",
    ]


def test_within_a_rank_declaration_decides() -> None:
    assert names(ConfigMap("z"), ConfigMap("a")) == ["ConfigMap/z", "ConfigMap/a"]


def test_custom_resources_come_after_services_and_before_workloads() -> None:
    issuer = Raw({"apiVersion": "cert-manager.io/v1", "kind": "Issuer", "metadata": {"name": "ca"}})

    assert names(web(), issuer, ConfigMap("config")) == ["ConfigMap/config", "Issuer/ca", "Deployment/web"]


def test_after_holds_within_and_across_ranks() -> None:
    late = ConfigMap("late")
    first = web("first")
    late.after = [first]

    assert names(late, web("second", after=[first]), first) == [
        "Deployment/first",
        "ConfigMap/late",
        "Deployment/second",
    ]


def test_references_in_a_circle_fall_back_to_declaration() -> None:
    claim = Claim("data", storage="1Gi")
    source = NFSVolumeSource(server="10.0.0.5", path="/")
    volume = PersistentVolume("disk", storage="1Gi", access_modes=["ReadWriteOnce"], nfs=source)
    claim.volume_name = volume

    assert names(claim, volume) == ["PersistentVolume/disk", "PersistentVolumeClaim/data"]


def test_after_in_a_circle_is_an_error() -> None:
    one, two = ConfigMap("one"), ConfigMap("two")
    one.after, two.after = [two], [one]

    with pytest.raises(UsageError) as caught:
        names(one, two)

    said = re.sub(r" \([^\s(]*test_order\.py:\d+\)", "", str(caught.value))
    assert (
        said.removeprefix(f"{one._where}: ")
        == '`after` goes round in a circle: ConfigMap "one" after ConfigMap "two" after ConfigMap "one"'
    )


@given(st.permutations(range(8)))
def test_long_chains_of_after_keep_their_order(order: list[int]) -> None:
    configs = [ConfigMap(f"c{number}") for number in range(8)]
    for before, config in pairwise(configs):
        config.after = [before]

    assert names(*(configs[number] for number in order)) == [f"ConfigMap/c{number}" for number in range(8)]


def test_a_thousand_steps_are_no_problem() -> None:
    configs = [ConfigMap(f"c{number}") for number in range(1500)]
    for before, config in pairwise(configs):
        config.after = [before]

    assert names(*reversed(configs)) == [f"ConfigMap/c{number}" for number in range(1500)]


@given(st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True))
def test_moving_a_construct_between_charts_changes_no_name_and_no_selector(moved: list[str]) -> None:
    def synth(where: dict[str, str]) -> list[dict[str, Any]]:
        app = App("shop")
        charts = {name: app.add(Chart(name)) for name in ("one", "two")}
        for name, chart in where.items():
            charts[chart].add(web(name))
        return sorted(run(app).to_dicts(), key=lambda tree: tree["metadata"]["name"])

    home = dict.fromkeys("abcd", "one")

    assert synth(home) == synth(home | dict.fromkeys(moved, "two"))
