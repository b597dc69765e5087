"""The most important deeds with real kubectls, old and new; all other tests run with one of them."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest

from cluster.commands import Kpy, deeds
from cluster.servers import STRANGER, Cluster
from tests.kubectl.real import RELEASES, kubectl_of

pytestmark = pytest.mark.cluster


@pytest.fixture(params=RELEASES)
def each(kpy: Kpy, request: pytest.FixtureRequest) -> Kpy:
    """Run commands of kpy with one kubectl after the other."""
    return attrs.evolve(kpy, kubectl=kubectl_of(request.param))


def test_life_of_an_app(each: Kpy, cluster: Cluster, namespace: str) -> None:
    code, out, err = each("apply", "--yes", values={"extra": True})
    assert (code, deeds(out), "warning" in err) == (0, ["created"] * 5, False)
    assert each("apply", "--yes", values={"extra": True}) == (0, "", "5 no change\n")

    _, out, _ = each("diff", values={"image": "web:2"})
    assert out.endswith("1 data loss, 1 delete, 1 rolling restart, 2 update in place\n")
    code, out, _ = each("apply", "--yes", "--prune", values={"image": "web:2"})
    assert (code, deeds(out)) == (0, ["changed"] * 3 + ["deleted"])

    assert "Deployment" in each("status")[1]
    code, out, _ = each("delete", "--yes", "--allow-data-loss")
    assert (code, deeds(out)) == (0, ["deleted"] * 4)
    assert cluster.names("configmaps,secrets,deployments", namespace) == []


def test_conflict_names_its_owner(each: Kpy, cluster: Cluster, namespace: str) -> None:
    each("apply", "--yes")
    cluster.kubectl("set", "image", "deployment/web", "web=web:3", "-n", namespace)

    code, _, err = each("apply", "--yes", values={"image": "web:2"})

    assert code == 1
    assert '    spec.template.spec.containers[name="web"].image belongs to "kubectl-set"\n' in err
    assert each("apply", "--yes", "--force-conflicts", values={"image": "web:2"})[0] == 0


def test_immutable_field_is_named_and_replaced(each: Kpy) -> None:
    each("apply", "--yes")

    _, _, err = each("apply", "--yes", values={"label": "shop"})
    assert "the API server refuses to change spec.selector.matchLabels[app]" in err

    code, out, _ = each("apply", "--yes", "--replace", values={"label": "shop"})
    assert (code, deeds(out)) == (0, ["unchanged", "unchanged", "replaced"])


def test_what_kubectl_applied_is_taken_over(each: Kpy, cluster: Cluster, namespace: str) -> None:
    tree = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "config"}, "data": {"old": "1"}}
    cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=json.dumps(tree))

    code, out, err = each("apply", "--yes", "--adopt")

    assert (code, deeds(out)) == (0, ["changed", "created", "created"])
    assert "applied by kubectl so far" in err
    assert each.get("configmap/config", "{.data}") == '{"image":"web:1"}'


@pytest.mark.parametrize(
    ("context", "message"),
    [
        (STRANGER, "error: the cluster does not accept the credentials, which may have expired"),
        ("guest", 'error: user "guest" may not get configmaps in API group "" in the namespace'),
    ],
)
def test_who_may_not_is_told_so(each: Kpy, context: str, message: str) -> None:
    code, _, err = each("apply", "--yes", context=context)

    assert (code, err[: len(message)]) == (2, message)


def test_kind_and_namespace_that_the_cluster_lacks_are_named(each: Kpy, namespace: str) -> None:
    Path("shop.py").write_text(LACKING)

    code, _, err = each("apply", "--yes")

    assert code == 1
    assert 'Widget "' in err
    assert "the cluster does not know Widget of example.com/v1" in err
    assert f'there is no namespace "{namespace}-gone" in the cluster' in err


LACKING = """\
from kpy import App, Chart, ConfigMap, Raw


def app(ns: str) -> App:
    app = App("shop")
    here = app.add(Chart("here", namespace=ns))
    here.add(Raw({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "a"}}))
    app.add(Chart("gone", namespace=f"{ns}-gone")).add(ConfigMap.from_literals("config", {"a": "b"}))
    return app
"""


def test_many_objects_come_change_and_go(each: Kpy) -> None:
    """So many that they are read, tried and deleted in parts."""
    Path("shop.py").write_text(MANY)

    code, out, _ = each("apply", "--yes")
    assert (code, deeds(out)) == (0, ["created"] * 300)
    assert each("apply", "--yes") == (0, "", "300 no change\n")
    code, out, _ = each("apply", "--yes", "--prune", values={"count": 200, "text": "c"})
    assert (code, deeds(out)) == (0, ["changed"] * 200 + ["deleted"] * 100)
    code, out, _ = each("delete", "--yes")
    assert (code, deeds(out)) == (0, ["deleted"] * 200)


MANY = """\
from kpy import App, Chart, ConfigMap


def app(ns: str, count: int = 300, text: str = "b") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    for number in range(count):
        chart.add(ConfigMap.from_literals(f"config-{number}", {"a": text}))
    return app
"""
