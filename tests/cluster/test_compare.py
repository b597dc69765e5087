"""What `kpy compare` says of an update is what an API server and its controllers do."""

from __future__ import annotations

from typing import Any

import pytest
from compare.cases import Update, documents, updates, with_zeros

from cluster.servers import Cluster, eventually
from kpy.compare import compare
from kpy.schema import api
from kpy.schema.zeros import is_kept

pytestmark = pytest.mark.cluster

Tree = dict[str, Any]


@pytest.mark.parametrize("update", updates(), ids=lambda update: update.name)
def test_server_refuses_what_is_called_immutable(cluster: Cluster, namespace: str, update: Update) -> None:
    path = path_of(update.old, namespace)
    created, answer = apply(cluster, path, update.old)
    assert created in (200, 201), answer["message"]
    if update.old["kind"] == "CustomResourceDefinition":
        eventually(lambda: is_established(cluster, path))  # only then are its names immutable
    if update.status:
        status, answer = cluster.request("PATCH", f"{path}/status", {"status": update.status})
        assert status == 200, answer["message"]

    status, answer = apply(cluster, path, update.new)

    delete(cluster, path)
    is_refused = update.is_refused or (bool(update.since) and not cluster.is_at_least(update.since))
    assert is_refused == (status == 422), answer.get("message", status)


@pytest.mark.parametrize("document", documents(), ids=lambda document: document["kind"])
def test_what_a_server_fills_in_is_no_difference(cluster: Cluster, namespace: str, document: Tree) -> None:
    status, stored = apply(cluster, f"{path_of(document, namespace)}", document)
    assert status in (200, 201), stored["message"]
    delete(cluster, path_of(document, namespace))
    stored["metadata"].pop("namespace", None)

    (change,) = compare([document], [stored]).changes

    assert {difference.path for difference in change.differences if not is_chosen_by_server(difference.path)} == set()


@pytest.mark.parametrize("document", documents(), ids=lambda document: document["metadata"]["name"])
def test_server_takes_zeros_for_nothing_said(cluster: Cluster, namespace: str, document: Tree) -> None:
    path = path_of(document, namespace)
    status, plain = apply(cluster, path, document)
    assert status in (200, 201), plain["message"]

    status, zeros = apply(cluster, path, with_zeros(document, is_left=is_kept))

    delete(cluster, path)
    assert status == 200, zeros["message"]
    assert {**plain, "metadata": None, "status": None} == {**zeros, "metadata": None, "status": None}


@pytest.mark.usefixtures("controllers")
def test_reordered_variables_restart_pods(cluster: Cluster, namespace: str) -> None:
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    old, new = (deployment(env=variables) for variables in (env, env[::-1]))
    path = path_of(old, namespace)
    apply(cluster, path, old)
    eventually(lambda: len(cluster.names("replicasets", namespace)) == 1)

    apply(cluster, path, new)

    eventually(lambda: len(cluster.names("replicasets", namespace)) == 2)
    assert [change.effect for change in compare([old], [new]).changes] == ["rolling restart"]


def deployment(**container: object) -> Tree:
    spec = {"containers": [{"name": "web", "image": "nginx:1.29", **container}]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": spec}
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def is_chosen_by_server(path: str) -> bool:
    """Tell whether a field has no default that a manifest could say as well."""
    chosen = (
        "metadata.annotations",
        "metadata.finalizers",
        "metadata.labels",
        "spec.allocateLoadBalancerNodePorts",
        "spec.clusterIP",
        "spec.enableServiceLinks",
        "spec.ipFam",
        "spec.podCIDRs",
        "spec.ports",
        "spec.preemptionPolicy",
        "spec.priority",
        "spec.selector",
        "spec.taints",
        "spec.template.metadata.labels",
        "spec.tolerations",
    )
    return path.startswith(chosen)


def path_of(document: Tree, namespace: str) -> str:
    kind = api().kind(document["apiVersion"], document["kind"])
    assert kind is not None
    root = "/apis" if kind.group else "/api"
    inside = f"/namespaces/{namespace}" if kind.namespaced else ""
    return f"{root}/{document['apiVersion']}{inside}/{kind.plural}/{document['metadata']['name']}"


def apply(cluster: Cluster, path: str, document: Tree) -> tuple[int, Tree]:
    """Apply on the server's side, as one who owns all fields."""
    return cluster.request("PATCH", f"{path}?fieldManager=kpy&force=true", document, patch="apply-patch+yaml")


def is_established(cluster: Cluster, path: str) -> bool:
    """Tell whether a definition is served."""
    _, definition = cluster.request("GET", path)
    conditions = definition.get("status", {}).get("conditions") or ()  # it is null at first
    return any(condition["type"] == "Established" and condition["status"] == "True" for condition in conditions)


def delete(cluster: Cluster, path: str) -> None:
    """Delete the object and wait until it is gone: the next case makes it again."""
    cluster.request("DELETE", path, {"gracePeriodSeconds": 0})
    eventually(lambda: is_gone(cluster, path))


def is_gone(cluster: Cluster, path: str) -> bool:
    """Tell whether a deleted object is no more, after taking off the finalizers that nobody here may serve."""
    status, _ = cluster.request("PATCH", path, {"metadata": {"finalizers": None}})
    return status == 404
