"""The rights that `docs/cluster.md` names are those that `kpy apply` and its friends need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cluster.commands import Kpy, deeds
from cluster.servers import Cluster, eventually

pytestmark = pytest.mark.cluster

NAMED = [
    {"apiGroups": ["", "apps"], "resources": ["*"], "verbs": ["get", "list", "create", "patch", "delete"]},
    {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["update"]},
]
#: What fields that change hands need.
MORE = [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["update"]}]
STRATEGY = """\
from kpy import App, Chart, Container, Deployment


def app(ns: str, strategy: str = "RollingUpdate") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    chart.add(Deployment("web", containers=[Container(image="web:1")], strategy={"type": strategy}))
    return app
"""


@contextmanager
def granted(cluster: Cluster, namespace: str, rules: list[dict[str, Any]]) -> Iterator[None]:
    """Let the user "guest" do some things in a namespace for a while."""
    root, group = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}", "rbac.authorization.k8s.io"
    role = {"apiGroup": group, "kind": "Role", "name": "named"}
    subjects = [{"apiGroup": group, "kind": "User", "name": "guest"}]
    trees = {
        "roles": {"metadata": {"name": "named"}, "rules": rules},
        "rolebindings": {"metadata": {"name": "named"}, "roleRef": role, "subjects": subjects},
    }
    for plural, tree in trees.items():
        assert cluster.request("POST", f"{root}/{plural}", tree)[0] == 201
    yield
    for plural in trees:
        cluster.request("DELETE", f"{root}/{plural}/named")


def test_rights_that_the_page_names_are_enough(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    with granted(cluster, namespace, NAMED):
        eventually(lambda: kpy("diff", context="guest")[0] == 0)

        assert kpy("apply", "--yes", values={"extra": True}, context="guest")[0] == 0
        assert kpy("apply", "--yes", "--prune", "--allow-data-loss", context="guest")[0] == 0
        assert kpy("apply", "--yes", "--replace", values={"label": "shop"}, context="guest")[0] == 0
        code, out, _ = kpy("delete", "--yes", context="guest")

    assert (code, deeds(out)) == (0, ["deleted"] * 3)
    assert cluster.names("configmaps,secrets,deployments", namespace) == []


def test_fields_change_hands_with_the_right_to_update(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    Path("shop.py").write_text(STRATEGY)
    values = {"strategy": "Recreate"}
    with granted(cluster, namespace, NAMED):
        eventually(lambda: kpy("diff", context="guest")[0] == 0)
        kpy("apply", "--yes", context="guest")
        code, out, _ = kpy("apply", "--yes", values=values, context="guest")
    assert code == 1
    assert f'refused   Deployment "{namespace}/web": user "guest" may not update deployments' in out

    with granted(cluster, namespace, [*NAMED, *MORE]):
        eventually(lambda: kpy("apply", "--yes", values=values, context="guest")[0] == 0)
    assert kpy.get("deployment/web", "{.spec.strategy.type}") == "Recreate"
