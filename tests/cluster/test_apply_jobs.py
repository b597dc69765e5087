"""Jobs of a release on a real server, with the Job controller: each content runs once, and others wait for it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster import nodes
from cluster.commands import Kpy, deeds
from cluster.servers import Cluster, eventually

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("nodes")]

APP = """\
from kpy import App, Chart, Container, Deployment, Job


def app(ns: str, image: str = "web:1", seed: bool = False) -> App:
    app = App("shop")
    chart = app.add(Chart("shop", namespace=ns))
    container = Container(image=image)
    jobs = [Job("migrate", content_hash=True, restart_policy="Never", backoff_limit=0, containers=[container])]
    if seed:
        jobs.append(Job("seed", content_hash=True, restart_policy="Never", after=jobs[:1], containers=[container]))
    for job in jobs:
        chart.add(job)
    chart.add(Deployment("web", after=jobs, containers=[container]))
    return app
"""


@pytest.fixture(autouse=True)
def outcomes(kpy: Kpy, namespace: str) -> Iterator[dict[str, str]]:
    """Write the app, and return what says how the pods of Jobs end."""
    Path("shop.py").write_text(APP)
    nodes.USUAL.pop(namespace, None)
    yield nodes.USUAL
    nodes.USUAL.pop(namespace, None)


def jobs(cluster: Cluster, namespace: str) -> list[str]:
    """Return the names of the Jobs, oldest first."""
    words = ("get", "jobs", "-n", namespace, "--sort-by=.metadata.creationTimestamp", "-o", "name")
    return [name.partition("/")[2] for name in cluster.kubectl(*words).stdout.split()]


def test_pods_come_when_the_migration_is_complete(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    code, out, err = kpy("apply", "--yes")

    (job,) = jobs(cluster, namespace)
    assert code == 0
    assert out == f'created   Job "{namespace}/{job}"\ncreated   Deployment "{namespace}/web"\n'
    assert f'ready     Job "{namespace}/{job}": complete\n' in err
    completed = kpy.get(f"job/{job}", "{.status.completionTime}")
    assert completed <= kpy.get("deployment/web", "{.metadata.creationTimestamp}")


def test_one_migration_comes_after_another(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    code, out, _ = kpy("apply", "--yes", values={"seed": True})

    first, second = (name for name in sorted(jobs(cluster, namespace)))
    assert (code, deeds(out)) == (0, ["created"] * 3)
    assert (first.partition("-")[0], second.partition("-")[0]) == ("migrate", "seed")
    completed = kpy.get(f"job/{first}", "{.status.completionTime}")
    assert completed <= kpy.get(f"job/{second}", "{.metadata.creationTimestamp}")


def test_migration_that_fails_leaves_the_old_pods(
    kpy: Kpy, cluster: Cluster, namespace: str, outcomes: dict[str, str]
) -> None:
    kpy("apply", "--yes")
    (old,) = jobs(cluster, namespace)
    outcomes[namespace] = "fail"

    code, _, err = kpy("apply", "--yes", values={"image": "web:2"})

    new = next(name for name in jobs(cluster, namespace) if name != old)
    assert code == 1
    assert f'error: Job "{namespace}/{new}": BackoffLimitExceeded: Job has reached the specified backoff limit\n' in err
    assert 'container "migrate": Error: exit code 1\n' in err
    assert (
        f"    its logs: kubectl logs --context admin --namespace {namespace} --selector job-name={new} --tail=-1\n"
        "    the next kpy apply runs it again\n"
        "1 applied, 0 refused, 1 not applied\n"
        f'not applied: Deployment "{namespace}/web"\n'
    ) in err
    assert kpy.get("deployment/web", "{..image}") == "web:1"


def test_migration_that_failed_runs_again(kpy: Kpy, cluster: Cluster, namespace: str, outcomes: dict[str, str]) -> None:
    outcomes[namespace] = "fail"
    kpy("apply", "--yes")
    (job,) = jobs(cluster, namespace)
    before = kpy.get(f"job/{job}", "{.metadata.uid}")
    del outcomes[namespace]

    code, out, _ = kpy("apply", "--yes")

    assert (code, deeds(out)) == (0, ["replaced", "created"])
    assert kpy.get(f"job/{job}", "{.metadata.uid}") != before
    assert kpy.get(f"job/{job}", "{.status.succeeded}") == "1"


def test_old_migration_goes_when_all_is_applied(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    kpy("apply", "--yes")
    (old,) = jobs(cluster, namespace)

    code, out, err = kpy("apply", "--yes", values={"image": "web:2"})

    assert (code, deeds(out)) == (0, ["created", "changed", "deleted"])
    eventually(lambda: old not in jobs(cluster, namespace))
    (new,) = jobs(cluster, namespace)
    assert f'- Job "{namespace}/{old}": delete\n    Job "{namespace}/{new}" takes its place\n' in err


def test_same_content_does_not_run_again_when_its_time_is_over(kpy: Kpy, cluster: Cluster, namespace: str) -> None:
    kpy("apply", "--yes", "--wait")
    (job,) = jobs(cluster, namespace)
    cluster.kubectl("patch", f"job/{job}", "-n", namespace, "-p", '{"spec": {"ttlSecondsAfterFinished": 0}}')
    eventually(lambda: jobs(cluster, namespace) == [])

    code, out, err = kpy("apply", "--yes")

    assert (code, out) == (0, "")
    assert err == f'2 no change\nJob "{namespace}/{job}": has run with this content already, and is not made again\n'
    assert jobs(cluster, namespace) == []
    assert kpy("status")[:2] == (
        0,
        f'ready     Job "{namespace}/{job}": complete, and gone since\n'
        f'ready     Deployment "{namespace}/web": 1 of 1 replicas available\n',
    )


def test_apply_that_is_killed_while_it_waits_is_completed_by_the_next(
    kpy: Kpy, cluster: Cluster, namespace: str, outcomes: dict[str, str]
) -> None:
    outcomes[namespace] = "pending"
    process = subprocess.Popen(kpy.process("apply", "--yes"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: len(jobs(cluster, namespace)) == 1)
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert cluster.names("deployments", namespace) == []
    del outcomes[namespace]
    eventually(lambda: kpy.get("jobs", "{.items[0].status.completionTime}") != "")

    code, out, _ = kpy("apply", "--yes")

    assert (code, deeds(out)) == (0, ["unchanged", "created"])
