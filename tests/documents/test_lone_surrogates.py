"""Half a character, which JSON can hold and UTF-8 cannot, stops no rule."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.validation import validate

HALF = "\ud800"


def _object(kind: str, api_version: str = "v1", **fields: Any) -> dict[str, Any]:
    metadata = {"name": HALF, "labels": {HALF: HALF}, "annotations": {HALF: HALF * 70_000}}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


@pytest.mark.parametrize(
    "document",
    [
        _object("ConfigMap", data={HALF: HALF}),
        _object("Secret", stringData={HALF: HALF}),
        _object("Secret", type="kubernetes.io/tls", stringData={"tls.crt": HALF, "tls.key": HALF}),
        _object("Secret", type="kubernetes.io/dockerconfigjson", stringData={".dockerconfigjson": HALF}),
        _object("Job", "batch/v1", spec={"managedBy": HALF}),
        _object("CronJob", "batch/v1", spec={"schedule": HALF}),
        _object("Event", "events.k8s.io/v1", eventTime="2024-01-01T00:00:00.000000Z", reason=HALF, note=HALF),
        _object("StorageClass", "storage.k8s.io/v1", provisioner=HALF, parameters={HALF: HALF}),
        _object("CSINode", "storage.k8s.io/v1", spec={"drivers": [{"name": HALF, "nodeID": HALF}]}),
        _object("PersistentVolume", spec={"iscsi": {"targetPortal": HALF, "iqn": HALF, "initiatorName": HALF}}),
        _object("Pod", spec={"containers": [{"name": HALF, "image": HALF, "env": [{"name": HALF, "value": HALF}]}]}),
    ],
    ids=lambda document: document["kind"],
)
def test_half_a_character_stops_no_rule(document: dict[str, Any]) -> None:
    assert not validate([document]).ok
