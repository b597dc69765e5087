"""Traps of server-side apply: what is left out or excluded ends as the plan said, on a real API server."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.commands import Kpy

pytestmark = pytest.mark.cluster

APP = """\
from kpy import App, Chart, ConfigMap, Container, Deployment, DaemonSet, Raw, Secret, Service, Volume


def app(
    ns: str, auto: bool = False, recreate: bool = False, old_key: bool = True, sticky: bool = False,
    on_delete: bool = False, config: bool = False, image: str = "web:1", egress: bool = False,
) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    web = chart.add(
        Deployment(
            "web",
            replicas=8,
            strategy="Recreate" if recreate else None,
            containers=[Container(image=image, ports={"http": 80})],
        )
    )
    if auto:
        chart.add(web.scale(4, 10, cpu=80))
    chart.add(Secret.from_literals("login", {"user": "me", **({"revoked": "old"} if old_key else {})}))
    chart.add(Service("web", selector=web, ports=[80], session_affinity="ClientIP" if sticky else None))
    chart.add(
        DaemonSet(
            "logs",
            containers=[Container(image="logs:1")],
            update_strategy="OnDelete" if on_delete else None,
            volumes=[{"name": "data", **({"configMap": {"name": "c"}} if config else {})}],
        )
    )
    spec = {"podSelector": {}, "ingress": [{"ports": [{"port": 80}]}]}
    if egress:
        spec["egress"] = [{"ports": [{"port": 53}]}]
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    chart.add(Raw({**kind, "metadata": {"name": "web"}, "spec": spec}))
    return app
"""


@pytest.fixture(autouse=True)
def _app(kpy: Kpy) -> None:
    Path("shop.py").write_text(APP)


def apply(kpy: Kpy, **values: object) -> str:
    """Apply with values, hold that nothing is left to do, and return what the plan said."""
    code, out, err = kpy("apply", "--yes", values=values)
    assert code == 0, out + err
    assert kpy("diff", values=values)[1].endswith(" no change\n")
    return err


def test_replicas_stay_when_an_autoscaler_takes_over(kpy: Kpy) -> None:
    apply(kpy)
    kpy.cluster.kubectl("scale", "deployment/web", "--replicas=6", "-n", kpy.namespace)
    kpy("apply", "--yes", "--force-conflicts")

    said = apply(kpy, auto=True)

    assert kpy.get("deployment/web", "{.spec.replicas}") == "8"
    assert "scale down" not in said
    kpy.cluster.kubectl("scale", "deployment/web", "--replicas=5", "-n", kpy.namespace)
    apply(kpy, auto=True, image="web:2")
    assert kpy.get("deployment/web", "{.spec.replicas}") == "5"


def test_strategy_becomes_recreate_and_rolling_again(kpy: Kpy) -> None:
    apply(kpy)

    apply(kpy, recreate=True)
    assert kpy.get("deployment/web", "{.spec.strategy}") == '{"type":"Recreate"}'

    apply(kpy)
    assert kpy.get("deployment/web", "{.spec.strategy.type}") == "RollingUpdate"


def test_update_strategy_becomes_on_delete(kpy: Kpy) -> None:
    apply(kpy)

    apply(kpy, on_delete=True)

    assert kpy.get("daemonset/logs", "{.spec.updateStrategy}") == '{"type":"OnDelete"}'


def test_key_that_leaves_a_secret_is_gone(kpy: Kpy) -> None:
    apply(kpy)

    said = apply(kpy, old_key=False)

    assert "data[revoked]: (hidden) -> not set" in said
    assert kpy.get("secret/login", "{.data}") == '{"user":"bWU="}'


def test_session_affinity_goes_with_its_settings(kpy: Kpy) -> None:
    apply(kpy, sticky=True)

    apply(kpy)

    assert kpy.get("service/web", "{.spec.sessionAffinity} {.spec.sessionAffinityConfig}") == "None "


def test_volume_changes_its_source(kpy: Kpy) -> None:
    apply(kpy)

    apply(kpy, config=True)

    assert kpy.get("daemonset/logs", "{.spec.template.spec.volumes[0].emptyDir}") == ""
    assert kpy.get("daemonset/logs", "{.spec.template.spec.volumes[0].configMap.name}") == "c"


def test_object_that_somebody_makes_after_the_plan_stays_theirs(kpy: Kpy, monkeypatch: pytest.MonkeyPatch) -> None:
    def agree(question: str) -> bool:
        kpy.cluster.kubectl("create", "secret", "generic", "login", "--from-literal=human=data", "-n", kpy.namespace)
        return True

    monkeypatch.setattr("kpy.cli.apply.ask", agree)

    code, out, err = kpy("apply")

    assert code == 0, out + err
    assert "somebody else made it after the plan was shown" in out
    assert kpy.get("secret/login", "{.metadata.labels}") == ""
    kpy("delete", "--yes")
    assert kpy.get("secret/login", "{.data.human}") == "ZGF0YQ=="


def test_app_of_another_project_is_left_alone(kpy: Kpy) -> None:
    Path("pyproject.toml").write_text('[tool.kpy]\nproject = "payments"\n')
    apply(kpy)
    Path("pyproject.toml").write_text('[tool.kpy]\nproject = "checkout"\n')

    assert kpy("apply", "--yes", "--prune", "--prune-all")[0] == 2
    assert kpy("delete", "--yes")[0] == 2
    assert kpy.get("secret/login", "{.data.user}") == "bWU="


def test_record_that_is_gone_is_written_anew(kpy: Kpy) -> None:
    apply(kpy)
    kpy.cluster.kubectl("delete", "configmap", "kpy-shop", "-n", kpy.namespace)

    assert kpy("apply", "--yes")[0] == 0

    assert kpy.get("configmap/kpy-shop", "{.data.app}") == "shop"
    kpy.cluster.kubectl("delete", "configmap", "kpy-shop", "-n", kpy.namespace)
    assert kpy("delete", "--yes")[0] == 0
    assert kpy.cluster.names("deployment,secret,service", kpy.namespace) == []


def test_directions_of_a_network_policy_follow_its_rules(kpy: Kpy) -> None:
    """A server fills them in once: rules that come later would be ignored, and rules that go would close all."""
    apply(kpy)

    said = apply(kpy, egress=True)
    assert '    spec.policyTypes[1]: not set -> "Egress"\n' in said
    assert kpy.get("networkpolicy/web", "{.spec.policyTypes}") == '["Ingress","Egress"]'

    said = apply(kpy)
    assert "outage" not in said
    assert kpy.get("networkpolicy/web", "{.spec.policyTypes}") == '["Ingress"]'


HEADLESS = """\
from kpy import App, Chart, Raw


def app(ns: str, kind: str = "") -> App:
    app = App("shop")
    spec = {"ports": [{"port": 80}], "selector": {"app": "web"}, **({"type": kind} if kind else {"clusterIP": "None"})}
    tree = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}
    app.add(Chart("shop", namespace=ns)).add(Raw(tree))
    return app
"""


@pytest.mark.parametrize("kind", ["NodePort", "LoadBalancer"])
def test_headless_service_that_is_exposed_is_made_anew(kpy: Kpy, kind: str) -> None:
    """It keeps that it has no address, which such a Service must have; nobody but the server says so."""
    Path("shop.py").write_text(HEADLESS)
    apply(kpy)

    code, _, err = kpy("apply", "--yes", values={"kind": kind})
    assert code == 1
    assert err.endswith("cannot be changed in place: --replace deletes and creates anew; nothing was changed\n")

    code, out, _ = kpy("apply", "--yes", "--replace", values={"kind": kind})
    assert (code, out) == (0, f'replaced  Service "{kpy.namespace}/web"\n')
    assert kpy("diff", values={"kind": kind})[1].endswith("1 no change\n")
