"""`kpy apply --wait`, `kpy status` and `kpy delete` with controllers and a stand-in for nodes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cluster.commands import Kpy, deeds
from cluster.servers import Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("nodes")]

WORK = """\
from kpy import App, Chart, ConfigMap, Container, Deployment, Job


def app(ns: str, outcome: str = "ready", extra: bool = False) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    said = {"kpy.test/outcome": outcome, "kpy.test/logs": "no such table: users"}
    container = Container(image="web:1")
    if extra:
        chart.add(ConfigMap("extra"))
    chart.add(Deployment("web", containers=[container], pod_annotations=said, progress_deadline_seconds=600))
    return app
"""
JOB = """\
from kpy import App, Chart, Container, Job


def app(ns: str, outcome: str = "complete") -> App:
    app = App("shop")
    said = {"kpy.test/outcome": outcome, "kpy.test/logs": "no such table: users"}
    container = Container(image="a:1")
    job = Job("once", restart_policy="Never", backoff_limit=0, pod_annotations=said, containers=[container])
    app.add(Chart("shop", namespace=ns)).add(job)
    return app
"""


def test_rollout_is_waited_for(kpy: Kpy) -> None:
    Path("shop.py").write_text(WORK)

    code, _, err = kpy("apply", "--yes", "--wait")

    assert code == 0
    assert err.endswith(f'ready     Deployment "{kpy.namespace}/web": 1 of 1 replicas available\n')
    assert kpy.get("deployment/web", "{.status.availableReplicas}") == "1"


def test_rollout_that_fails_is_explained(kpy: Kpy) -> None:
    Path("shop.py").write_text(WORK)

    code, _, err = kpy("apply", "--yes", "--wait", "--timeout=8s", values={"outcome": "crash"})

    assert code == 1
    assert f'error: Deployment "{kpy.namespace}/web": not ready in time: 0 of 1 replicas available; Pod "web-' in err
    for part in (
        "event BackOff: back-off 40s restarting failed container\n",
        'container "web": CrashLoopBackOff: back-off 40s restarting failed container; it ended before: Error: exit',
        'last lines of container "web":\n',
        "no such table: users\n",
    ):
        assert part in err
    assert err.endswith("everything was applied, but not everything is ready\n")


def test_job_is_waited_for(kpy: Kpy) -> None:
    Path("shop.py").write_text(JOB)

    code, _, err = kpy("apply", "--yes", "--wait")

    assert (code, err.splitlines()[-1]) == (0, f'ready     Job "{kpy.namespace}/once": complete')


def test_job_that_fails_is_explained_at_once(kpy: Kpy) -> None:
    Path("shop.py").write_text(JOB)

    code, _, err = kpy("apply", "--yes", "--wait", values={"outcome": "fail"})

    assert code == 1
    assert (
        f'error: Job "{kpy.namespace}/once": BackoffLimitExceeded: Job has reached the specified backoff limit' in err
    )
    assert 'container "once": Error: exit code 1\n' in err
    assert "no such table: users\n" in err


def test_nothing_is_pruned_before_the_rollout_is_done(kpy: Kpy, cluster: Cluster) -> None:
    Path("shop.py").write_text(WORK)
    kpy("apply", "--yes", values={"extra": True})

    code, _, err = kpy("apply", "--yes", "--wait", "--prune", "--timeout=3s", values={"outcome": "crash"})

    assert code == 1
    assert err.endswith("everything was applied, but not everything is ready; nothing was pruned\n")
    assert "configmap/extra" in cluster.names("configmaps", kpy.namespace)

    code, out, _ = kpy("apply", "--yes", "--wait", "--prune")
    assert (code, deeds(out)) == (0, ["changed", "deleted"])


def test_claim_is_waited_for_until_it_is_bound(kpy: Kpy, cluster: Cluster) -> None:
    source = {"hostPath": {"path": "/srv"}, "claimRef": {"namespace": kpy.namespace, "name": "data"}}
    spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], **source}
    cluster.request("POST", "/api/v1/persistentvolumes", {"metadata": {"name": f"for-{kpy.namespace}"}, "spec": spec})

    code, _, err = kpy("apply", "--yes", "--wait", values={"extra": True})

    assert code == 0
    assert f'ready     PersistentVolumeClaim "{kpy.namespace}/data": bound\n' in err


def test_claim_without_a_volume_says_why(kpy: Kpy) -> None:
    code, _, err = kpy("apply", "--yes", "--wait", "--timeout=4s", values={"extra": True})

    assert code == 1
    assert f'error: PersistentVolumeClaim "{kpy.namespace}/data": not ready in time: pending' in err


def test_status_says_how_far_the_objects_are(kpy: Kpy, cluster: Cluster) -> None:
    assert kpy("status")[:2] == (
        1,
        f'waiting   ConfigMap "{kpy.namespace}/config": not there\n'
        f'waiting   Secret "{kpy.namespace}/creds": not there\n'
        f'waiting   Deployment "{kpy.namespace}/web": not there\n',
    )
    kpy("apply", "--yes", "--wait", values={"extra": False})
    cluster.kubectl("patch", "configmap", "config", "-n", kpy.namespace, "-p", '{"data": {"image": "x"}}')

    code, out, err = kpy("status")

    assert (code, out) == (
        0,
        f'ready     ConfigMap "{kpy.namespace}/config": there; it differs from the app in data[image]\n'
        f'ready     Secret "{kpy.namespace}/creds": there\n'
        f'ready     Deployment "{kpy.namespace}/web": 1 of 1 replicas available\n',
    )
    assert err.startswith("3 ready; last applied 20")


def test_status_is_for_programs_too(kpy: Kpy) -> None:
    kpy("apply", "--yes", "--wait")

    _, out, _ = kpy("status", "--format=json")

    said = json.loads(out)
    assert (said["app"], said["namespace"], said["holder"]) == ("shop", kpy.namespace, None)
    assert [each["phase"] for each in said["objects"]] == ["ready"] * 3


def test_delete_removes_what_apply_made_and_nothing_else(kpy: Kpy, cluster: Cluster) -> None:
    cluster.kubectl("create", "configmap", "theirs", "-n", kpy.namespace)
    kpy("apply", "--yes")

    code, out, _ = kpy("delete", "--yes", "--wait")

    assert (code, deeds(out)) == (0, ["deleted"] * 3)
    assert cluster.names("deployments,secrets,configmaps", kpy.namespace) == [
        "configmap/theirs",
    ]


def test_delete_keeps_claims_unless_told_otherwise(kpy: Kpy, cluster: Cluster) -> None:
    kpy("apply", "--yes", values={"extra": True})

    _, _, err = kpy("delete", "--yes")
    assert f'PersistentVolumeClaim "{kpy.namespace}/data": it holds data: it stays without --allow-data-loss\n' in err
    assert cluster.names("pvc", kpy.namespace) == ["persistentvolumeclaim/data"]

    assert kpy("delete", "--yes", "--wait", "--allow-data-loss")[0] == 0
    assert cluster.names("pvc", kpy.namespace) == []
    assert "configmap/kpy-shop" not in cluster.names("configmaps", kpy.namespace)


def test_deleting_what_was_never_applied_says_so(kpy: Kpy) -> None:
    code, out, err = kpy("delete", "--yes")

    assert (code, out) == (0, "")
    assert err.splitlines()[-1] == (
        f'the app "shop" has never been applied from namespace "{kpy.namespace}": there is nothing to delete'
    )
