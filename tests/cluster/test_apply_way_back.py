"""`kpy apply git:REV` on a real server: the app of then, the history of now, and no migration twice."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cluster.commands import Kpy
from cluster.servers import Cluster
from kpy.cli.main import run

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("nodes")]

APP = """\
from kpy import App, Chart, ConfigMap, Container, Deployment, Job


def app(ns: str) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    chart.add(ConfigMap("only-{version}"))
    container = Container(image="web:{version}")
    job = Job("migrate", content_hash=True, restart_policy="Never", containers=[container])
    chart.add(Deployment("web", after=[chart.add(job)], containers=[container]))
    return app
"""


def git(*words: str) -> str:
    who = ["-c", "user.name=kpy", "-c", "user.email=kpy@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *words], check=True, capture_output=True, text=True).stdout


def test_way_back_leads_to_what_was(
    kpy: Kpy, cluster: Cluster, namespace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    git("init", "-q", "-b", "main")
    for version in ("1", "2"):
        Path("shop.py").write_text(APP.replace("{version}", version))
        git("add", ".")
        git("commit", "-qm", version)
        assert kpy("apply", "--yes", "--prune", "--wait")[0] == 0

    command, _, *words = kpy.words("apply", {})
    code = run([command, "git:HEAD~1:shop.py", *words, "--context=admin", "--yes", "--prune", "--wait"])
    out, err = capsys.readouterr()

    assert code == 0, err
    assert [line.split()[0] for line in out.splitlines()].count("deleted") == 2  # a ConfigMap and the newer Job
    assert kpy.get("deployment/web", "{..image}") == "web:1"
    assert "configmap/only-1" in cluster.names("configmaps", namespace)
    assert "configmap/only-2" not in cluster.names("configmaps", namespace)
    assert "has run with this content already, and is not made again\n" in err
    history = kpy("status", "--history")[1].splitlines()
    assert history[0].endswith(f"  from git:HEAD~1, {git('rev-parse', '--short=7', 'HEAD~1').strip()}")
    assert kpy("apply", "--yes", "--prune", "--wait")[0] == 0
    assert kpy.get("deployment/web", "{..image}") == "web:2"
