"""A zero that a server takes for nothing said is not a difference; `tests/cluster/test_compare.py` asks a real one."""

from __future__ import annotations

import pytest

from kpy.compare import compare
from kpy.schema import RELEASES, api
from kpy.schema.zeros import _KEPT, is_kept

from .cases import documents, with_zeros


@pytest.mark.parametrize("document", documents(), ids=lambda document: document["metadata"]["name"])
def test_zero_of_a_plain_value_is_no_difference(document: dict[str, object]) -> None:
    said = with_zeros(document, is_left=is_kept)

    assert said != document
    assert compare([document], [said]).is_same


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("PersistentVolumeClaim", {"storageClassName": ""}),
        ("PodDisruptionBudget", {"minAvailable": 0}),
        ("Ingress", {"ingressClassName": ""}),
        ("CronJob", {"timeZone": ""}),
        ("Deployment", {"replicas": 0}),
        ("Deployment", {"template": {"spec": {"hostUsers": False}}}),
        ("Deployment", {"template": {"spec": {"securityContext": {"runAsUser": 0}}}}),
    ],
)
def test_zero_that_says_something_is_a_difference(kind: str, spec: dict[str, object]) -> None:
    (known,) = [known for known in api().kinds if known.kind == kind and known.version == "v1"]
    head = {"apiVersion": f"{known.group}/v1".removeprefix("/"), "kind": kind, "metadata": {"name": "web"}}

    assert not compare([{**head, "spec": {}}], [{**head, "spec": spec}]).is_same


def test_kept_zeros_are_of_fields_that_there_are() -> None:
    known = {
        (type_name, field)
        for release in RELEASES
        for type_name in _KEPT
        for found in [api(release).type(type_name)]
        for field in (found.fields if found else ())
    }

    assert {(type_name, field) for type_name, fields in _KEPT.items() for field in fields} - known == set()


def test_zero_of_a_beta_type_is_a_difference() -> None:
    """Nothing is known of the Go types that come and go, so nothing is hidden."""
    head = {"apiVersion": "storage.k8s.io/v1beta1", "kind": "VolumeAttributesClass", "metadata": {"name": "gold"}}

    assert not compare([head], [{**head, "driverName": ""}]).is_same
