"""Typed custom resources before a real API server: it takes what they say, and gives the definitions back."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cluster.servers import Cluster
from kpy.cli.main import run
from kpy.loading import load_app
from kpy.project import Project

pytestmark = pytest.mark.cluster

EXAMPLE = Path(__file__).parents[2] / "examples" / "queues"


@pytest.fixture(scope="module")
def defined(cluster: Cluster) -> Cluster:
    """Return a cluster that has the definitions of the example."""
    cluster.kubectl("apply", "--server-side", "-R", "-f", str(EXAMPLE / "crds"))
    cluster.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=120s")
    return cluster


def documents() -> list[dict[str, Any]]:
    app = load_app(str(EXAMPLE / "app.py"))
    return Project.of_app(app).synth(app).to_dicts()


def test_server_takes_what_the_types_say(defined: Cluster, namespace: str) -> None:
    for tree in documents():
        tree["metadata"]["namespace"] = namespace
        defined.kubectl(
            *("create", "-f", "-", "--dry-run=server", "--validate=strict", "-n", namespace), stdin=json.dumps(tree)
        )


def test_server_refuses_what_kpy_refuses(defined: Cluster, namespace: str) -> None:
    broker = next(tree for tree in documents() if tree["kind"] == "Broker")
    broker["metadata"]["namespace"] = namespace
    broker["spec"]["replicas"] = 4

    done = defined.kubectl("create", "-f", "-", "--dry-run=server", stdin=json.dumps(broker), check=False)

    assert "replicas must be odd" in done.stderr
    findings = Project.load(EXAMPLE).validate([broker])
    assert [(found.rule, found.field) for found in findings] == [("custom-rule-broken", "spec.replicas")]


def test_definitions_come_from_the_cluster(
    defined: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    kubectl = ("--kubectl", str(defined.program("kubectl")), "--kubeconfig", str(defined.kubeconfig))

    code = run(["crds", "add", "--cluster", "--context", "admin", "--group", "mq.example.com", *kubectl])

    assert code == 0, capsys.readouterr().err
    definitions = tomllib.loads(Path("kpy.lock").read_text())["definitions"]
    assert {name: entry["from"] for name, entry in definitions.items()} == {
        "brokers.mq.example.com": "cluster admin",
        "queues.mq.example.com": "cluster admin",
    }
    module = "infra/crds/mq_example_com/v1.py"
    assert Path(module).read_text() == (EXAMPLE / module).read_text()
