"""Renamed and protected objects on a real API server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cluster.commands import Kpy
from cluster.servers import Cluster

pytestmark = pytest.mark.cluster

APP = """\
from kpy import App, Chart, ConfigMap, Construct, PersistentVolumeClaim


class Store(Construct):
    def build(self) -> None:
        self.add(ConfigMap(self.name, data={"a": "1"}))
        self.add(PersistentVolumeClaim(f"{self.name}-data", storage="1Gi"))


def app(ns: str, name: str = "old", alias: str = "", protect: bool = False, store: bool = True) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    chart.add(ConfigMap("kept", data={"a": "1"}))
    if store:
        chart.add(Store(name, aliases=[alias] if alias else [], protect=protect))
    return app
"""
RENAMED = {"name": "new", "alias": "old"}


@pytest.fixture(autouse=True)
def app(kpy: Kpy) -> None:
    """Put an app with a construct that is renamed in the place of the usual one."""
    Path("shop.py").write_text(APP)


def names(cluster: Cluster, namespace: str) -> list[str]:
    """Return what is there and not being deleted; nothing here lets claims go for good."""
    items = json.loads(cluster.kubectl("get", "configmap,pvc", "-n", namespace, "-o", "json").stdout)["items"]
    kept = [each for each in items if "deletionTimestamp" not in each["metadata"]]
    found = [f"{each['kind']}/{each['metadata']['name']}" for each in kept]
    return sorted(name for name in found if "/kube-root" not in name and "/kpy-" not in name)


def test_rename_is_one_replacement_that_needs_a_word_for_data(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    kpy("apply", "--yes")

    refused, out, _ = kpy("apply", "--yes", values=RENAMED)
    code, _, _ = kpy("apply", "--yes", "--allow-data-loss", values=RENAMED)

    assert (refused, code) == (1, 0)
    assert out == ""
    assert names(cluster, namespace) == [
        "ConfigMap/kept",
        "ConfigMap/new",
        "PersistentVolumeClaim/new-data",
    ]


def test_protection_holds_when_the_code_is_gone_until_an_apply_without_it(
    kpy: Kpy, cluster: Cluster, namespace: str
) -> None:
    kpy("apply", "--yes", values={"protect": True})

    pruned, _, _ = kpy("apply", "--yes", "--prune", "--allow-data-loss", values={"store": False})
    deleted, _, _ = kpy("delete", "--yes", "--allow-data-loss")
    renamed, _, _ = kpy("apply", "--yes", "--allow-data-loss", values=RENAMED)

    assert (pruned, deleted, renamed) == (1, 1, 1)
    assert len(names(cluster, namespace)) == 3
    assert kpy("apply", "--yes")[0] == 0
    assert kpy("apply", "--yes", "--prune", "--allow-data-loss", values={"store": False})[0] == 0
    assert names(cluster, namespace) == ["ConfigMap/kept"]
