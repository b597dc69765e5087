"""What lives outside of an app: plain text and `existing(...)` speak of it, and slips are told."""

from __future__ import annotations

from typing import Any

import pytest

from kpy import (
    App,
    Chart,
    Claim,
    ConfigMap,
    Container,
    Deployment,
    HorizontalPodAutoscaler,
    Ingress,
    Namespace,
    PriorityClass,
    Role,
    RoleBinding,
    Secret,
    Service,
    ServiceAccount,
    StatefulSet,
)
from kpy.checking.choice import Choice
from kpy.pipeline import run


def _app(*parts: Any, namespace: str | Namespace | None = "shop") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=namespace))
    for part in parts:
        chart.add(part)
    return app


def _web(**said: Any) -> Deployment:
    return Deployment("web", containers=[Container(image="web:1", ports={"http": 80}, **said)])


def test_plain_text_in_an_app_speaks_of_what_lives_outside() -> None:
    first, second = (Deployment(name, service_account_name="robot", containers=[Container(image="a")]) for name in "ab")

    assert _app(first, second).synth().diagnostics == []


def test_plain_text_that_nearly_names_an_object_of_the_app_is_a_warning_and_said_once() -> None:
    first, second = (Deployment(name, service_account_name="robto", containers=[Container(image="a")]) for name in "ab")

    (found,) = _app(ServiceAccount("robot"), first, second).synth().diagnostics

    assert (found.severity, found.rule) == ("warning", "service-account-missing")
    assert found.message == 'ServiceAccount "robto" is not part of the app in namespace "shop"'
    assert found.fix == (
        'did you mean "robot"? If it lives outside, say so: `external = ["ServiceAccount/robto"]` under [tool.kpy]'
    )


def test_object_that_exists_outside_draws_no_finding() -> None:
    password = Secret.existing("mysql-credentials")["password"]

    assert _app(_web(env={"PASSWORD": password})).synth().diagnostics == []


@pytest.mark.parametrize(
    ("name", "other"),
    [("cache-1", "cache-2"), ("db-credentials", "app-credentials"), ("web", "api"), ("config", "web")],
)
def test_names_that_differ_on_purpose_are_not_taken_for_slips(name: str, other: str) -> None:
    parts = ConfigMap.from_literals(other, {"A": "b"}), _web(env_from=[ConfigMap.existing(name)])

    assert _app(*parts).synth().diagnostics == []


def test_settings_can_ask_for_all_that_an_app_does_not_have() -> None:
    app = _app(_web(env={"PASSWORD": Secret.existing("mysql-credentials")["password"]}))

    found = run(app, choice=Choice(severities={"secret-missing": "warning"})).diagnostics

    assert [(each.rule, each.severity) for each in found] == [("secret-missing", "warning")]


def test_existing_objects_of_all_kinds_draw_no_finding() -> None:
    account = ServiceAccount.existing("robot")
    web = Deployment(
        "web",
        service_account_name=account,
        image_pull_secrets=[Secret.existing("registry")],
        priority_class_name=PriorityClass.existing("high"),
        containers=[
            Container(
                image="web:1",
                ports={"http": 80},
                env={"LEVEL": ConfigMap.existing("config")["level"]},
                env_from=[Secret.existing("all")],
                mounts={"/data": Claim.existing("data"), "/etc/web": ConfigMap.existing("files")},
            )
        ],
    )
    ingress = Ingress(
        "web", host="shop.io", routes={"/": Service.existing("web")["http"]}, tls=Secret.existing("certificate")
    )
    scaler = HorizontalPodAutoscaler("db", max_replicas=3, scale_target_ref=StatefulSet.existing("db"))
    binding = RoleBinding("robot", role=Role.existing("reader"), subjects=[account])

    app = _app(web, ingress, scaler, binding, namespace=Namespace.existing("prod"))

    assert app.synth().diagnostics == []
