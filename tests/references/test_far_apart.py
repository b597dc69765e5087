"""What objects in different folders say about each other: the farther apart, the less it is proved."""

from __future__ import annotations

import pytest
import yaml

from kpy.checking.choice import EVERYDAY
from kpy.schema import api
from kpy.validation import find_faults

_SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: lamp}
spec: {selector: {app: lamp}, ports: [{port: 80, targetPort: light}]}
"""
_POD = """
apiVersion: v1
kind: Pod
metadata: {name: lamp, labels: {app: lamp}}
spec: {containers: [{name: main, image: "lamp:1", ports: [{name: bulb, containerPort: 80}]}]}
"""


def _found(*files_and_texts: tuple[str, str]) -> list[tuple[str, str]]:
    documents = [yaml.safe_load(text) for _, text in files_and_texts]
    files = [file for file, _ in files_and_texts]
    found = find_faults(documents, api(None), EVERYDAY, files=files)
    return [(each.diagnostic.severity, each.diagnostic.rule) for each in found]


@pytest.mark.parametrize(
    ("file", "severity"),
    [
        ("house/lamp.yaml", "error"),
        ("house/pods/lamp.yaml", "warning"),
        ("garage/lamp.yaml", "warning"),
        ("garage/pods/lamp.yaml", "note"),
    ],
)
def test_a_port_of_pods_far_away_is_proved_by_nothing(file: str, severity: str) -> None:
    assert _found(("house/service.yaml", _SERVICE), (file, _POD)) == [(severity, "target-port-unknown")]


def _in(namespace: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: lamp, namespace: {namespace}}}"


_NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: kitchen}"


@pytest.mark.parametrize(
    ("file", "namespace", "is_told"),
    [
        ("house/namespace.yaml", "cellar", True),
        ("garage/namespace.yaml", "cellar", False),
        ("garage/namespace.yaml", "kitchn", True),
    ],
)
def test_a_namespace_is_missed_beside_another_or_when_it_is_misspelled(
    file: str, namespace: str, *, is_told: bool
) -> None:
    found = _found((file, _NAMESPACE), ("house/lamp.yaml", _in(namespace)))

    assert found == ([("warning", "namespace-missing")] if is_told else [])


@pytest.mark.parametrize(("file", "severity"), [("house/pods/lamp.yaml", "warning"), ("garage/pods/lamp.yaml", "note")])
def test_a_selector_far_from_all_pods_is_for_pods_of_others(file: str, severity: str) -> None:
    service = _SERVICE.replace("{app: lamp}", "{app: torch}")

    assert _found(("house/service.yaml", service), (file, _POD)) == [(severity, "service-selects-no-pod")]


_READER = """
apiVersion: v1
kind: Pod
metadata: {name: lamp}
spec: {containers: [{name: main, image: "lamp:1", envFrom: [{secretRef: {name: switch}}]}]}
"""


@pytest.mark.parametrize(
    ("file", "severity"),
    [
        ("house/lamp.yaml", "warning"),
        ("house/examples/lamp.yaml", "note"),
        ("docs/house/lamp.yaml", "note"),
        ("test_files/lamp.yaml", "note"),
        ("house/examples.yaml", "warning"),
        ("/home/anna/examples/lamp.yaml", "warning"),
    ],
)
def test_examples_leave_out_what_their_readers_bring(file: str, severity: str) -> None:
    assert _found((file, _READER)) == [(severity, "secret-missing")]


def test_routes_of_examples_lead_somewhere() -> None:
    ingress = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: lamp}
spec: {defaultBackend: {service: {name: lamp, port: {number: 80}}}}
"""
    assert _found(("examples/lamp.yaml", ingress)) == [("warning", "dangling-route")]


@pytest.mark.parametrize(("replicas", "severity"), [(1, "note"), (2, "warning")])
def test_a_single_pod_hardly_needs_a_name_of_its_own(replicas: int, severity: str) -> None:
    lamps = f"""
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: lamp}}
spec:
  replicas: {replicas}
  serviceName: lamp
  selector: {{matchLabels: {{app: lamp}}}}
  template:
    metadata: {{labels: {{app: lamp}}}}
    spec: {{containers: [{{name: main, image: "lamp:1", ports: [{{name: light, containerPort: 80}}]}}]}}
"""
    found = _found(("house/lamps.yaml", lamps), ("house/service.yaml", _SERVICE))

    assert found == [(severity, "stateful-set-service-not-headless")]
