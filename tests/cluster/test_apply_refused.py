"""What must not happen on a real server: kpy replaces nothing that it did not make, and drops no stored version."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.commands import Kpy
from cluster.servers import Cluster

pytestmark = pytest.mark.cluster

APP = """\
from kpy import App, Chart, Raw


def app(ns: str, version: str = "v1alpha1", headless: bool = False, crd: bool = False) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    ports = [{"port": 80, "protocol": "TCP", "targetPort": 80, "name": "80-80"}]
    spec = {"selector": {"app": "web"}, "ports": ports, **({"clusterIP": "None"} if headless else {})}
    if headless:
        chart.add(Raw({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}))
    if crd:
        kind = "Shop" + ns.replace("-", "")
        names = {"kind": kind, "plural": f"{kind.lower()}s", "singular": kind.lower(), "listKind": f"{kind}List"}
        schema = {"openAPIV3Schema": {"type": "object"}}
        versions = [{"name": version, "served": True, "storage": True, "schema": schema}]
        spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": versions}
        head = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
        chart.add(Raw({**head, "metadata": {"name": f"{names['plural']}.example.com"}, "spec": spec}))
    return app
"""


@pytest.fixture(autouse=True)
def _app(kpy: Kpy) -> None:
    Path("shop.py").write_text(APP)


def test_object_that_people_made_is_not_replaced(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    cluster.kubectl("create", "service", "clusterip", "web", "--tcp=80:80", "-n", namespace)
    before = kpy.get("service/web", "{.metadata.uid}")

    code, out, err = kpy("apply", "--yes", "--replace", "--force-conflicts", values={"headless": True})

    assert (code, out) == (1, "")
    assert err.endswith(
        f'Service "{namespace}/web": not made by kpy, so --replace does not delete it without --adopt; '
        "nothing was changed\n"
    )
    assert kpy.get("service/web", "{.metadata.uid}") == before

    flags = ("--yes", "--replace", "--force-conflicts", "--adopt")
    assert kpy("apply", *flags, values={"headless": True})[0] == 0
    assert kpy.get("service/web", "{.spec.clusterIP}") == "None"


def test_stored_version_of_a_definition_is_not_dropped(kpy: Kpy, namespace: str) -> None:
    assert kpy("apply", "--yes", values={"crd": True})[0] == 0

    code, out, err = kpy("apply", "--yes", values={"crd": True, "version": "v1"})

    assert (code, out) == (1, "")
    assert "the API server refuses" in err
    assert "nothing was changed\n" in err
    name = f"shop{namespace.replace('-', '')}s.example.com"
    assert kpy.get(f"crd/{name}", "{.spec.versions[*].name}") == "v1alpha1"


@pytest.mark.parametrize("command", [["diff"], ["apply", "--yes"], ["status"], ["delete", "--yes"]])
def test_record_that_was_edited_is_explained_and_nothing_is_lost(
    kpy: Kpy, cluster: Cluster, namespace: str, command: list[str]
) -> None:
    kpy("apply", "--yes", values={"headless": True})
    note = "applyset.kubernetes.io/additional-namespaces=../x"
    cluster.kubectl("annotate", "--overwrite", "configmap/kpy-shop", note, "-n", namespace)

    code, _, err = kpy(command[0], *command[1:], values={"headless": True})

    assert code == 2
    assert "its annotation `applyset.kubernetes.io/additional-namespaces` has '../x'. Somebody has edited it" in err
    assert cluster.names("services", namespace) == ["service/web"]
