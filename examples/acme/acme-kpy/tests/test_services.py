"""The constructs: what they make, for whom they are meant, and what they refuse."""

import pytest
from acme_kpy import Database, WebService, Worker, acme_app

from kpy import App, ArgumentError, Chart, PodDisruptionBudget
from kpy.api.apps.v1 import Deployment
from kpy.api.networking.v1 import Ingress
from kpy.testing import selects
from kpy.testing.plugin import Synth

IMAGE = "registry.acme.example/shop/api:v2"


def app_with(*parts: WebService | Worker | Database) -> App:
    app = acme_app("shop", team="shop")
    chart = app.add(Chart("shop", namespace="shop"))
    for part in parts:
        chart.add(part)
    return app


@pytest.mark.kubernetes("1.32", "1.34", "1.36")
def test_all_constructs_have_no_finding(synth: Synth) -> None:
    orders = Database("orders")
    manifest = synth(
        app_with(
            orders,
            WebService("api", image=IMAGE, host="shop.acme.example", metrics=9090, env=orders.env()),
            Worker("mail", image=IMAGE, size="large", metrics=9090),
        )
    )

    assert [found for found in manifest.report if found.severity != "note"] == []


def test_service_reaches_the_pods(synth: Synth) -> None:
    manifest = synth(app_with(WebService("api", image=IMAGE)))

    assert selects(manifest.find("Service", "api"), manifest.find("Deployment", "api"))


def test_host_makes_an_ingress_with_a_certificate(synth: Synth) -> None:
    manifest = synth(app_with(WebService("api", image=IMAGE, host="shop.acme.example")))

    spec = manifest.one(Ingress).spec
    assert spec is not None
    assert spec.tls is not None
    assert spec.tls[0].secret_name == "api-tls"


@pytest.mark.parametrize(("replicas", "budgets"), [(1, 0), (2, 1)])
def test_what_has_several_pods_has_a_budget(replicas: int, budgets: int) -> None:
    service = WebService("api", image=IMAGE, replicas=replicas)

    assert len(list(service.walk(PodDisruptionBudget))) == budgets


def test_pods_with_metrics_are_scraped_and_no_others(synth: Synth) -> None:
    manifest = synth(app_with(Worker("mail", image=IMAGE, metrics=9090), Worker("quiet", image=IMAGE)))

    templates = [manifest.one(Deployment, name).to_dict()["spec"]["template"] for name in ("mail", "quiet")]
    assert [template["metadata"].get("annotations") for template in templates] == [
        {"prometheus.io/scrape": "true", "prometheus.io/port": "9090"},
        None,
    ]


def test_no_replica_at_all_is_refused_at_the_line_of_the_team() -> None:
    with pytest.raises(ArgumentError, match=r"test_services\.py:\d+: replicas=0: expected one or more"):
        Worker("mail", image=IMAGE, replicas=0)
