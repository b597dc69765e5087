"""`kpy apply --wait` and `kpy status` with custom resources, whose conditions the tests set as a controller would."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cluster.commands import Kpy
from cluster.servers import Cluster

pytestmark = pytest.mark.cluster

APP = """\
from kpy import App, Chart, Raw


def app(ns: str, secret: str = "web-tls") -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    chart.add(
        Raw({
            "apiVersion": "cert-manager.io/v1",
            "kind": "Certificate",
            "metadata": {"name": "web"},
            "spec": {"secretName": secret, "issuerRef": {"name": "ca"}},
        })
    )
    return app
"""
#: How long a stand-in for a controller looks for what it is to judge, in seconds.
_LONG = 120


def definition(group: str, kind: str) -> dict[str, Any]:
    plural = f"{kind.lower()}s"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": {"kind": kind, "plural": plural},
            "scope": "Namespaced",
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }


@pytest.fixture(scope="module", autouse=True)
def defined(cluster: Cluster) -> Iterator[None]:
    """Give the cluster a kind of cert-manager, without its controller."""
    made = definition("cert-manager.io", "Certificate")
    cluster.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(made))
    cluster.kubectl("wait", "--for=condition=Established", f"crd/{made['metadata']['name']}", "--timeout=120s")
    yield
    cluster.kubectl("delete", "crd", made["metadata"]["name"], "--wait=true", check=False)


@pytest.fixture(autouse=True)
def app(kpy: Kpy) -> None:
    Path("shop.py").write_text(APP)


def judge(kpy: Kpy, status: str, generation: int, message: str = "") -> None:
    """Set the condition `Ready`, as said of a generation."""
    ready = {"type": "Ready", "status": status, "observedGeneration": generation, "message": message}
    patch = json.dumps({"status": {"conditions": [{**ready, "reason": "Test"}]}})
    kpy.cluster.kubectl(
        *("patch", "certificate", "web", "-n", kpy.namespace),
        *("--subresource=status", "--type=merge", "-p", patch),
    )


def generation(kpy: Kpy) -> int:
    return int(kpy.get("certificate/web", "{.metadata.generation}"))


def test_what_no_controller_has_seen_is_not_ready(kpy: Kpy) -> None:
    code, _, err = kpy("apply", "--yes", "--wait", "--timeout=2s")

    assert code == 1
    assert "not ready in time: not seen by its controller yet" in err


def test_what_its_controller_says_is_told(kpy: Kpy) -> None:
    kpy("apply", "--yes")
    judge(kpy, "False", generation(kpy), "the issuer is not ready")

    code, _, err = kpy("apply", "--yes", "--wait", "--timeout=2s")

    assert code == 1
    assert "not ready in time: Test: the issuer is not ready" in err


def test_condition_of_an_older_generation_does_not_count(kpy: Kpy) -> None:
    kpy("apply", "--yes")
    judge(kpy, "True", generation(kpy))
    assert kpy("apply", "--yes", "--wait", "--timeout=60s")[0] == 0

    code, _, err = kpy("apply", "--yes", "--wait", "--timeout=2s", values={"secret": "other-tls"})

    assert code == 1
    assert "not seen by its controller yet" in err
    judge(kpy, "True", generation(kpy))
    assert kpy("apply", "--yes", "--wait", "--timeout=60s", values={"secret": "other-tls"})[0] == 0


def test_apply_waits_until_the_condition_is_true(kpy: Kpy) -> None:
    def control() -> None:
        end = time.monotonic() + _LONG
        while time.monotonic() < end:
            there = kpy.cluster.kubectl("get", "certificate/web", "-n", kpy.namespace, check=False)
            if there.returncode == 0:
                judge(kpy, "True", generation(kpy))
                return
            time.sleep(0.2)

    controller = threading.Thread(target=control)
    controller.start()
    try:
        code, _, err = kpy("apply", "--yes", "--wait", f"--timeout={_LONG}s")
    finally:
        controller.join()

    assert code == 0
    assert err.endswith(f'ready     Certificate "{kpy.namespace}/web": ready\n')
