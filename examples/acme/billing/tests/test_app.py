"""Billing, as it is written, for each environment and every release that our clusters run."""

import pytest
from acme_kpy import Environment
from app import app

from kpy.api.apps.v1 import Deployment
from kpy.testing.plugin import Synth
from kpy.testing.snapshots import ManifestSnapshot


@pytest.mark.kubernetes("1.32", "1.34", "1.36")
@pytest.mark.parametrize("env", ["dev", "prod"])
def test_manifest_is_as_in_its_snapshot(env: Environment, synth: Synth, manifest_snapshot: ManifestSnapshot) -> None:
    assert synth(app(env)) == manifest_snapshot


@pytest.mark.parametrize("env", ["dev", "prod"])
def test_nothing_is_found(env: Environment, synth: Synth) -> None:
    assert [found for found in synth(app(env)).report if found.severity != "note"] == []


def test_booking_knows_the_rates(synth: Synth) -> None:
    spec = synth(app()).one(Deployment, "booking").to_dict()["spec"]["template"]["spec"]

    source = {"configMapKeyRef": {"name": "rates", "key": "vat"}}
    assert {"name": "VAT", "valueFrom": source} in spec["containers"][0]["env"]
