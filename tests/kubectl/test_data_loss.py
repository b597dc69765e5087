"""What holds data is deleted, pruned or replaced only when that is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Kpy
from .fake import FakeKubectl

APP = """\
from kpy import App, Chart, ConfigMap, Raw

TREES = {trees!r}


def app(kind: str = "", text: str = "a") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace="default"))
    chart.add(ConfigMap.from_literals("config", {{"a": text}}))
    if kind:
        chart.add(Raw(TREES[kind]))
    return app
"""
SCHEMA = {"openAPIV3Schema": {"type": "object"}}
TREES = {
    "PersistentVolumeClaim": {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    },
    "PersistentVolume": {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "1Gi"},
            "nfs": {"server": "nfs.example.com", "path": "/"},
        },
    },
    "Namespace": {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "data"}},
    "CustomResourceDefinition": {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "data.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Data", "plural": "data", "singular": "data", "listKind": "DataList"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": SCHEMA}],
        },
    },
}
KINDS = pytest.mark.parametrize("kind", list(TREES))


@pytest.fixture(autouse=True)
def app(kubectl: FakeKubectl) -> None:
    Path("shop.py").write_text(APP.format(trees=TREES))


def applied(kpy: Kpy, kubectl: FakeKubectl, kind: str) -> str:
    """Apply the app with an object of the kind, in a cluster where it is at work at once; return its title."""
    tree = TREES[kind]
    kubectl.refusals.clear()
    status = {"phase": "Active", "conditions": [{"type": "Established", "status": "True"}]}
    real = kubectl.put

    def put(tree: dict[str, object], manager: str = "kubectl") -> object:
        return real({**tree, "status": status} if tree["kind"] in TREES else tree, manager)

    kubectl.put = put  # type: ignore[method-assign, assignment]
    assert kpy("apply", "--yes", "--set", f"kind={kind}")[0] == 0
    name = tree["metadata"]["name"]  # type: ignore[index]
    return f'{kind} "default/{name}"' if kind == "PersistentVolumeClaim" else f'{kind} "{name}"'


@KINDS
def test_it_is_not_pruned_unless_allowed(kpy: Kpy, kubectl: FakeKubectl, kind: str) -> None:
    title = applied(kpy, kubectl, kind)

    _, _, err = kpy("apply", "--yes", "--prune")
    assert f"{title}: no longer declared, but it holds data: it stays without --allow-data-loss\n" in err
    assert len(kubectl.names(kind)) == 1 + (kind == "Namespace")

    _, out, _ = kpy("apply", "--yes", "--prune", "--allow-data-loss")
    assert out.splitlines()[-1] == f"deleted   {title}"


@KINDS
def test_it_is_not_deleted_unless_allowed(kpy: Kpy, kubectl: FakeKubectl, kind: str) -> None:
    title = applied(kpy, kubectl, kind)

    _, out, err = kpy("delete", "--yes", "--set", f"kind={kind}")
    assert f"{title}: it holds data: it stays without --allow-data-loss\n" in err
    assert out == 'deleted   ConfigMap "default/config"\n'

    assert kpy("delete", "--yes", "--set", f"kind={kind}", "--allow-data-loss")[1] == f"deleted   {title}\n"


@KINDS
def test_it_is_not_replaced_unless_allowed(kpy: Kpy, kubectl: FakeKubectl, kind: str) -> None:
    title = applied(kpy, kubectl, kind)
    name = TREES[kind]["metadata"]["name"]  # type: ignore[index]
    kubectl.refusals[f"dry:{name}"] = f'The {kind} "{name}" is invalid: spec: Forbidden: field is immutable\n'
    words = ("apply", "--yes", "--set", f"kind={kind}", "--set", "text=b", "--replace")

    code, out, err = kpy(*words)
    assert (code, out) == (1, "")
    assert f"{title}: this can lose data; allow it with --allow-data-loss; nothing was changed\n" in err

    code, out, _ = kpy(*words, "--allow-data-loss")
    assert (code, f"replaced  {title}\n" in out) == (0, True)
