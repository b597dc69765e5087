"""The shop, as it is written, for each environment and every release that our clusters run."""

import pytest
from acme_kpy import Environment
from app import app

from kpy import DaemonSet
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


def test_production_survives_the_loss_of_a_node(synth: Synth) -> None:
    spec = synth(app("prod")).one(Deployment, "api").spec

    assert spec is not None
    assert (spec.replicas or 1) > 1


def test_agent_of_the_vendor_is_as_the_vendor_made_it(synth: Synth) -> None:
    template = synth(app()).find(DaemonSet, "agent").tree["spec"]["template"]

    assert "securityContext" not in template["spec"]
    assert "annotations" not in template["metadata"]
