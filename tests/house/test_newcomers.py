"""Mistakes that newcomers made: each is found, where it would have been silent or puzzling."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kpy import (
    App,
    Chart,
    Claim,
    ConfigMap,
    Construct,
    Container,
    Defaults,
    Deployment,
    Grant,
    Ingress,
    KpyError,
    NetworkPolicy,
    Probe,
    RoleBinding,
    ServiceAccount,
    StatefulSet,
    SynthError,
    UsageError,
)
from kpy.loading import load_app


def web() -> Deployment:
    return Deployment("web", containers=[Container(image="nginx:1", ports={"http": 8080})])


def said(error: BaseException) -> str:
    return re.sub(r"[^\s(]*test_newcomers\.py:\d+", "FILE", str(error))


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (
            lambda: Deployment("a", image_pull_secrets="regcred"),
            "FILE: `image_pull_secrets` of Deployment: names of Secrets to pull images with must be a list, "
            "not 'regcred': write `[...]`, even around one element",
        ),
        (
            lambda: NetworkPolicy("a").allow_from(web(), ports="http"),
            "FILE: ports of a NetworkPolicy must be a list, not 'http': write `[...]`, even around one element",
        ),
        (
            lambda: NetworkPolicy("a").allow_from_cidr("10.0.0.0/8", except_="10.1.0.0/16"),
            "FILE: `except_` must be a list, not '10.1.0.0/16': write `[...]`, even around one element",
        ),
        (
            lambda: Deployment("a", security="restrict"),
            "FILE: `security` of Deployment: 'restrict' is not a security level: "
            'expected "baseline", "restricted" or OFF',
        ),
        (
            lambda: Defaults(security="restrict"),
            "FILE: `security` of Defaults: 'restrict' is not a security level: "
            'expected "baseline", "restricted" or OFF',
        ),
        (
            lambda: web().spread_across("zones"),
            "FILE: 'zones' is not a topology; did you mean 'zone'? A node label of your own is named with its prefix, "
            "such as `example.com/rack`",
        ),
        (
            lambda: web().budget(),
            'FILE: a budget for Deployment "web" (FILE) says `min_available=` or `max_unavailable=`',
        ),
        (
            lambda: App("x", kubernetes=1.33).synth(),
            'FILE: Kubernetes release 1.33 must be text: write "1.33"',
        ),
    ],
)
def test_mistake_is_explained(mistake: Callable[[], Any], message: str) -> None:
    with pytest.raises(KpyError) as caught:
        mistake()

    assert said(caught.value) == message


def test_single_elements_where_lists_belong_are_explained() -> None:
    with pytest.raises(KpyError, match="`env` of Container: variables must be a list, not 'A=1'"):
        Container(image="a", env="A=1")
    with pytest.raises(KpyError, match="`subjects` of RoleBinding: subjects must be a list"):
        RoleBinding("a", role="reader", subjects=ServiceAccount("api"))
    with pytest.raises(KpyError, match="`env_from` must be a list"):
        Container(image="a", env_from=ConfigMap("config"))
    with pytest.raises(KpyError, match="`volume_claim_templates` must be a list"):
        StatefulSet("a", volume_claim_templates=Claim("data"))
    with pytest.raises(KpyError, match="`to` of a Grant must be a list"):
        Grant("a", to=ServiceAccount("a"))


def test_labels_that_are_no_mapping_are_found_by_validation() -> None:
    app = App("shop")
    app.add(Chart("shop")).add(Deployment("web", labels=["a"], containers=[Container(image="a:1")]))

    with pytest.raises(SynthError) as caught:
        app.synth()

    assert "metadata.labels" in {found.field for found in caught.value.report}


def test_attribute_that_is_no_field_cannot_be_set() -> None:
    with pytest.raises(KpyError, match="Deployment has no field `replcas`; did you mean `replicas`"):
        web().replcas = 3  # type: ignore[attr-defined]  # the mistake under test


def test_field_that_hides_a_method_is_refused() -> None:
    with pytest.raises(UsageError, match="has a field `parts`, and that is what Part calls something else"):

        class Kit(Construct):
            parts: int = 3


def test_variable_that_is_none_is_not_said() -> None:
    assert Container(image="a", env={"A": None, "B": "c"}).to_dict()["env"] == [{"name": "B", "value": "c"}]


def test_timings_may_be_durations() -> None:
    probe = Probe.http("/", port=80, period_seconds=timedelta(minutes=1))

    assert probe.to_dict()["periodSeconds"] == 60


def test_forgotten_add_points_to_the_object_that_refers() -> None:
    app = App("shop")
    chart = app.add(Chart("shop"))
    api = chart.add(web())
    service = api.expose()
    edge = chart.add(Ingress("edge", routes={"/": service}))

    with pytest.raises(SynthError) as caught:
        app.synth()

    (found,) = caught.value.report.errors
    assert found.rule == "forgotten-add"
    assert found.where == edge._where


def load(tmp_path: Path, text: str) -> App:
    file = tmp_path / "shop.py"
    file.write_text("from kpy import *\n" + text)
    return load_app(str(file))


def test_what_nobody_added_is_named(tmp_path: Path) -> None:
    app = load(tmp_path, """
app = App("shop")
chart = app.add(Chart("shop"))
chart.add(ConfigMap("used"))
data = Claim("data", storage="1Gi")
chart.add(StatefulSet("db", headless=True, volume_claim_templates=[data], containers=[
    Container(image="a:1", mounts={"/data": data})]))
Secret.existing("elsewhere")
Chart("lost").add(ConfigMap("inside"))
ConfigMap("forgotten")
""")  # fmt: skip

    with pytest.raises(SynthError) as error:
        app.synth()
    found = [(each.rule, each.severity, each.where.line) for each in error.value.report if each.where]

    assert found == [("never-added", "error", 10), ("never-added", "warning", 11)]


def test_chart_that_nobody_added_is_the_one_mistake_of_an_empty_app(tmp_path: Path) -> None:
    app = load(tmp_path, 'app = App("shop")\nChart("web").add(ConfigMap("config"))')

    with pytest.raises(SynthError) as error:
        app.synth()

    (found,) = error.value.report
    assert found.message.startswith('Chart "web"')
    assert found.message.endswith("was made and never added, so it is not in the output")
    assert found.fix == "`app.add(...)` it, or do not make it"


def test_app_without_objects_is_an_error_of_commands(tmp_path: Path) -> None:
    with pytest.raises(SynthError) as error:
        load(tmp_path, 'app = App("shop")').synth()

    (found,) = error.value.report
    assert (found.rule, found.severity) == ("empty-app", "error")
    assert found.fix == (
        "add a chart with objects, `app.add(chart)`; if it is meant to be empty, "
        'write `empty-app = "warning"` under [tool.kpy.severities]'
    )
    assert [(each.rule, each.severity) for each in App("shop").synth().report] == [("empty-app", "warning")]


def test_mistakes_of_readme_and_tutorial_are_told_together_and_once(tmp_path: Path) -> None:
    app = load(tmp_path, """
app = App("hello")
chart = app.add(Chart("hello", namespace="hello"))
config = chart.add(ConfigMap.from_literals("settings", {"GREETING": "hello"}))
web = chart.add(Deployment("web", containers=[Container(
    image="web:1",
    ports={"http": 80800},
    env={"GREETING": config["GREETNG"]},
    liveness_probe=Probe.http("/healthz", port="htp"),
    resources=Resources(memory="128MB"),
)]))
service = chart.add(web.expose())
chart.add(Ingress("web", host="hello.example.com", routes={"/": service}))
""")  # fmt: skip

    with pytest.raises(SynthError) as error:
        app.synth()

    assert sorted(each.rule for each in error.value.report) == [
        "bad-quantity",
        "config-map-key-missing",
        "container-port-out-of-range",
        "probe-port-unknown",
    ]


def test_wrong_name_of_a_workload_is_told_once(tmp_path: Path) -> None:
    app = load(tmp_path, """
app = App("shop")
chart = app.add(Chart("shop", namespace="shop"))
web = chart.add(Deployment("Web_1", labels={"team": "a b"}, containers=[Container(
    image="web:1", ports=80, resources=Resources(cpu="100m"),
)]))
service = chart.add(web.expose())
chart.add(web.scale(1, 3))
chart.add(web.budget(min_available=1))
chart.add(Ingress("web", host="shop.io", routes={"/": service}))
""")  # fmt: skip

    with pytest.raises(SynthError) as error:
        app.synth()

    assert [each.rule for each in error.value.report] == ["name-format", "label-value"]


@pytest.mark.parametrize("said", ['namespace="Shop"', 'namespace="shop", labels={"team": "a b"}'])
def test_wrong_metadata_of_a_chart_is_told_once(tmp_path: Path, said: str) -> None:
    app = load(tmp_path, f"""
app = App("shop")
chart = app.add(Chart("shop", {said}))
for name in ("a", "b", "c"):
    chart.add(ConfigMap(name))
""")  # fmt: skip

    with pytest.raises(SynthError) as error:
        app.synth()

    assert len(error.value.report) == 1


def test_file_that_is_not_there_is_the_one_mistake_of_an_app_without_objects(tmp_path: Path) -> None:
    app = load(tmp_path, 'app = App("shop")\napp.add(Chart("shop")).add(Yaml("nope.yaml"))')

    with pytest.raises(SynthError) as error:
        app.synth()

    assert [each.rule for each in error.value.report] == ["file-unreadable"]
