"""Hooks of a Helm chart on a real server, with the Job controller: before and after the other objects, in order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cluster import nodes
from cluster.commands import Kpy, deeds
from cluster.servers import Cluster
from tests.charts.samples import program, write

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("nodes")]

APP = """\
from kpy import App, Chart, Helm


def app(ns: str, tag: str = "1") -> App:
    app = App("shop")
    app.add(Chart("shop", namespace=ns)).add(Helm("web", "web", values={"tag": tag}, hooks="keep"))
    return app
"""
JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {{{{ .Release.Name }}}}-{name}
  annotations: {{helm.sh/hook: "{hook}", helm.sh/hook-weight: "{weight}"}}
spec:
  backoffLimit: 0
  template:
    spec: {{restartPolicy: Never, containers: [{{name: a, image: "a:{tag}"}}]}}
"""
CHART = {
    "web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/values.yaml": "tag: '1'\n",
    "web/templates/second.yaml": JOB.format(name="second", hook="pre-install,pre-upgrade", weight=1, tag="1"),
    "web/templates/first.yaml": JOB.format(
        name="first", hook="pre-install,pre-upgrade", weight=0, tag="{{ .Values.tag }}"
    ),
    "web/templates/last.yaml": JOB.format(name="last", hook="post-install", weight=0, tag="1"),
    "web/templates/config.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {tag: {{ .Values.tag | quote }}}\n"
    ),
    "shop.py": APP,
}


@pytest.fixture(autouse=True)
def chart(kpy: Kpy, tmp_path: Path, namespace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the app and its chart, and put the real helm on PATH."""
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "helm").symlink_to(program("helm"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'programs'}:{os.environ['PATH']}")
    write(Path(), CHART)
    nodes.USUAL.pop(namespace, None)


def jobs(cluster: Cluster, namespace: str) -> dict[str, str]:
    """Return when each Job was completed, by its name without the digest, newest last."""
    words = ("get", "jobs", "-n", namespace, "--sort-by=.metadata.creationTimestamp")
    form = r"jsonpath={range .items[*]}{.metadata.name} {.status.completionTime}{'\n'}{end}"
    lines = cluster.kubectl(*words, "-o", form).stdout.splitlines()
    return {line.partition(" ")[0].rpartition("-")[0]: line.partition(" ")[2] for line in lines}


def test_hooks_run_before_and_after(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    code, out, _ = kpy("apply", "--yes")

    assert (code, deeds(out)) == (0, ["created"] * 4)
    done = jobs(cluster, namespace)
    made = kpy.get("configmap/web", "{.metadata.creationTimestamp}")
    assert list(done) == ["web-first", "web-second", "web-last"]
    assert done["web-first"] <= done["web-second"] <= made <= done["web-last"]


def test_hooks_run_once_for_each_content(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    kpy("apply", "--yes")

    code, out, _ = kpy("apply", "--yes")
    assert (code, {*deeds(out)} - {"unchanged"}) == (0, set())

    code, out, _ = kpy("apply", "--yes", values={"tag": "2"})
    assert (code, sorted(deeds(out))) == (0, ["changed", "created", "deleted", "unchanged", "unchanged"])


def test_hook_that_fails_leaves_the_other_objects(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    kpy("apply", "--yes")
    nodes.USUAL[namespace] = "fail"
    try:
        code, _, err = kpy("apply", "--yes", values={"tag": "2"})
    finally:
        nodes.USUAL.pop(namespace, None)

    assert code == 1
    assert "BackoffLimitExceeded" in err
    assert kpy.get("configmap/web", "{.data.tag}") == "1"
