"""What is planned where fields change hands first: all of it is shown, and all that a server would refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.commands import Kpy

pytestmark = pytest.mark.cluster

APP = """\
from kpy import App, Chart, Raw


def app(ns: str, new: bool = False) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    probe = {} if new else {"readinessProbe": {"httpGet": {"path": "/", "port": 80}}}
    volume = {"configMap": {"name": "c"}} if new else {"emptyDir": {}}
    pod = {"containers": [{"name": "main", "image": "web:1", **probe}], "volumes": [{"name": "data", **volume}]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    for kind, field, last in (
        ("Deployment", "strategy", "Recreate"),
        ("StatefulSet", "updateStrategy", "OnDelete"),
        ("DaemonSet", "updateStrategy", "OnDelete"),
    ):
        said = {**spec, field: {"type": last}} if new else spec
        said = {**said, "serviceName": "web"} if kind == "StatefulSet" else said
        chart.add(Raw({"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": said}))
    service = {"ports": [{"port": 80}], "selector": {"app": "web"}}
    said = {} if new else {"sessionAffinity": "ClientIP", "publishNotReadyAddresses": True}
    tree = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {**service, **said}}
    chart.add(Raw(tree))
    return app
"""


@pytest.fixture(autouse=True)
def app(kpy: Kpy) -> None:
    Path("shop.py").write_text(APP)


def test_what_is_left_out_at_the_same_time_is_shown(kpy: Kpy) -> None:
    assert kpy("apply", "--yes")[0] == 0

    _, out, _ = kpy("diff", values={"new": True})

    pod = "    spec.template.spec"
    assert out.count(f"{pod}.containers[name=main].readinessProbe: ") == 3
    assert out.count(f"{pod}.volumes[name=data].emptyDir: ") == 3
    assert '    spec.strategy.type: "RollingUpdate" -> "Recreate"\n' in out
    assert out.count('    spec.updateStrategy.type: "RollingUpdate" -> "OnDelete"\n') == 2
    assert '    spec.sessionAffinity: "ClientIP" -> ' in out
    assert "    spec.publishNotReadyAddresses: true -> not set\n" in out

    assert kpy("apply", "--yes", values={"new": True})[0] == 0
    assert kpy("diff", values={"new": True})[:2] == (0, "4 no change\n")
    for kind in ("deployment", "statefulset", "daemonset"):
        assert kpy.get(f"{kind}/web", "{..readinessProbe}") == ""
