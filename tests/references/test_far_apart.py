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
