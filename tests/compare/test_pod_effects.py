"""What a change does to the pods that run: rollouts that are held back and let go, Jobs that stop, numbers of pods."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.compare import compare

Tree = dict[str, Any]


def workload(kind: str, image: str = "web:1", *, status: Tree | None = None, **spec: Any) -> Tree:
    pods = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": image}]}}
    selected = {"selector": {"matchLabels": {"app": "web"}}, "template": pods}
    tree = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": {**selected, **spec}}
    return tree if status is None else {**tree, "status": {"observedGeneration": 1, **status}}


def deployment(image: str = "web:1", **spec: Any) -> Tree:
    return workload("Deployment", image, **spec)


def rolling(**spec: Any) -> Tree:
    return {"type": "RollingUpdate", "rollingUpdate": spec}


def job(kind: str = "Job", *, status: Tree | None = None, **spec: Any) -> Tree:
    pods = {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a:1"}]}}
    inner = (
        {"template": pods} if kind == "Job" else {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": pods}}}
    )
    tree = {"apiVersion": "batch/v1", "kind": kind, "metadata": {"name": "a"}, "spec": {**inner, **spec}}
    return tree if status is None else {**tree, "status": status}


def judged(old: Tree, new: Tree) -> tuple[str, tuple[str, ...]]:
    (change,) = compare([old], [new]).changes
    return change.effect, change.reasons


ON_DELETE = {"type": "OnDelete"}
PENDING = {"replicas": 2, "updatedReplicas": 0}
DONE = {"replicas": 2, "updatedReplicas": 2}
RESUMED = "the Deployment is resumed: pods restart"
MAKE_WAY = "of its pods make way for others, with claims of their own: their numbers were 0 to 2, and become"
PARTITION = "`partition` lets more pods go: pods restart"


@pytest.mark.parametrize(
    ("old", "new", "effect", "reason"),
    [
        pytest.param(
            deployment(paused=True),
            deployment(),
            "rolling restart",
            f"{RESUMED} now if the template changed while it was paused",
            id="resumed, and nobody knows what changed meanwhile",
        ),
        pytest.param(
            deployment(paused=True, status=PENDING),
            deployment(paused=False),
            "rolling restart",
            f"{RESUMED}, since the template changed while it was paused",
            id="resumed with changes",
        ),
        pytest.param(
            deployment(paused=True, status=DONE), deployment(), "update in place", "", id="resumed without changes"
        ),
        pytest.param(
            deployment(paused=True, replicas=0),
            deployment(replicas=0),
            "update in place",
            "",
            id="resumed without pods",
        ),
        pytest.param(
            deployment(paused=True), deployment("web:2"), "rolling restart", "", id="resumed with another template"
        ),
        pytest.param(
            deployment(paused=True, strategy={"type": "Recreate"}),
            deployment(strategy={"type": "Recreate"}),
            "outage",
            f"{RESUMED} now if the template changed while it was paused",
            id="resumed, with all pods at once",
        ),
        pytest.param(
            deployment(),
            deployment("web:2", paused=True),
            "update in place",
            "the Deployment is paused: pods restart when it is resumed",
            id="paused with another template",
        ),
        pytest.param(deployment(), deployment(paused=True), "update in place", "", id="paused"),
        pytest.param(
            deployment(replicas=4),
            deployment("web:2", replicas=4, strategy=rolling(maxUnavailable="100%")),
            "outage",
            "all pods may stop before new ones start: `maxUnavailable` is 100%",
            id="all pods unavailable",
        ),
        pytest.param(
            deployment(replicas=2),
            deployment("web:2", replicas=2, strategy=rolling(maxUnavailable=2)),
            "outage",
            "all pods may stop before new ones start: `maxUnavailable` is 2",
            id="as many unavailable as there are",
        ),
        pytest.param(
            deployment(),
            deployment("web:2", strategy=rolling(maxSurge=0, maxUnavailable="25%")),
            "outage",
            "all pods may stop before new ones start: `maxUnavailable` is 25%",
            id="the only pod, and none beside it",
        ),
        pytest.param(deployment(), deployment("web:2"), "rolling restart", "", id="the only pod, after its successor"),
        pytest.param(
            deployment(replicas=4),
            deployment("web:2", replicas=4, strategy=rolling(maxUnavailable="50%")),
            "rolling restart",
            "",
            id="half of the pods",
        ),
        pytest.param(
            workload("DaemonSet"),
            workload("DaemonSet", "web:2", updateStrategy=rolling(maxUnavailable="100%")),
            "outage",
            "all pods may stop before new ones start: `maxUnavailable` is 100%",
            id="daemons of all nodes",
        ),
        pytest.param(
            workload("DaemonSet"),
            workload("DaemonSet", "web:2", updateStrategy=rolling(maxUnavailable=3)),
            "rolling restart",
            "",
            id="daemons of some nodes",
        ),
        pytest.param(
            workload("DaemonSet", updateStrategy=ON_DELETE),
            workload("DaemonSet"),
            "rolling restart",
            "the update strategy is not OnDelete any more: pods restart now if the template changed while it was",
            id="daemons let go",
        ),
        pytest.param(
            workload(
                "DaemonSet",
                updateStrategy=ON_DELETE,
                status={"currentNumberScheduled": 2, "updatedNumberScheduled": 2},
            ),
            workload("DaemonSet"),
            "update in place",
            "",
            id="daemons let go that are all new",
        ),
        pytest.param(
            workload("DaemonSet"),
            workload("DaemonSet", "web:2", updateStrategy=ON_DELETE),
            "update in place",
            "pods change when they are deleted: the update strategy is OnDelete",
            id="daemons held back",
        ),
        pytest.param(
            workload("StatefulSet", replicas=3, updateStrategy=ON_DELETE),
            workload("StatefulSet", replicas=3),
            "rolling restart",
            "the update strategy is not OnDelete any more: pods restart now if the template changed while it was",
            id="stateful pods let go",
        ),
        pytest.param(
            workload("StatefulSet", replicas=3, updateStrategy=rolling(partition=3)),
            workload("StatefulSet", replicas=3, updateStrategy=rolling(partition=1)),
            "rolling restart",
            f"{PARTITION} now if the template changed while it held them back",
            id="partition lowered",
        ),
        pytest.param(
            workload(
                "StatefulSet",
                replicas=3,
                updateStrategy=rolling(partition=3),
                status={"currentRevision": "a", "updateRevision": "b"},
            ),
            workload("StatefulSet", replicas=3),
            "rolling restart",
            f"{PARTITION}, since the template changed while it held them back",
            id="partition taken away with changes",
        ),
        pytest.param(
            workload(
                "StatefulSet",
                replicas=3,
                updateStrategy=rolling(partition=3),
                status={"currentRevision": "a", "updateRevision": "a"},
            ),
            workload("StatefulSet", replicas=3),
            "update in place",
            "",
            id="partition taken away without changes",
        ),
        pytest.param(
            workload("StatefulSet", replicas=3),
            workload("StatefulSet", "web:2", replicas=3, updateStrategy=rolling(partition=3)),
            "update in place",
            "no pod restarts: `partition` 3 holds all of them back",
            id="partition holds all back",
        ),
        pytest.param(
            workload("StatefulSet", replicas=3),
            workload("StatefulSet", "web:2", replicas=3, updateStrategy=rolling(partition=2)),
            "rolling restart",
            "`partition` holds back all pods below the 3rd",
            id="partition holds some back",
        ),
        pytest.param(
            workload("StatefulSet"),
            workload("StatefulSet", "web:2"),
            "rolling restart",
            "its only pod stops before the new one starts",
            id="the only stateful pod",
        ),
        pytest.param(
            workload("ReplicaSet"),
            workload("ReplicaSet", "web:2"),
            "update in place",
            "the pods that run stay as they are: only new ones follow the template",
            id="replica set",
        ),
        pytest.param(job(), job(suspend=True), "outage", "its pods stop: the Job is suspended", id="job suspended"),
        pytest.param(
            job(status={"conditions": [{"type": "Complete", "status": "True"}]}),
            job(suspend=True),
            "update in place",
            "",
            id="job suspended that is complete",
        ),
        pytest.param(job(suspend=True), job(), "update in place", "", id="job resumed"),
        pytest.param(
            job(parallelism=3), job(parallelism=0), "outage", "its pods stop: `parallelism` becomes 0", id="job stopped"
        ),
        pytest.param(
            job(parallelism=3),
            job(parallelism=1),
            "scale down",
            "from 3 to 1 pods at once",
            id="job with fewer pods at once",
        ),
        pytest.param(
            job(parallelism=3, suspend=True),
            job(parallelism=1, suspend=True),
            "update in place",
            "",
            id="job that does not run",
        ),
        pytest.param(
            job("CronJob"),
            job("CronJob", suspend=True),
            "outage",
            "no Jobs start any more: it is suspended",
            id="cron job suspended",
        ),
        pytest.param(deployment(), deployment(minReadySeconds=9), "update in place", "", id="seconds until ready"),
        pytest.param(deployment(), deployment(revisionHistoryLimit=0), "update in place", "", id="history"),
    ],
)
def test_what_becomes_of_pods(old: Tree, new: Tree, effect: str, reason: str) -> None:
    found, reasons = judged(old, new)

    assert (found, reasons[:1]) == (effect, (reason,) if reason else ())


def test_image_of_a_pod_restarts_its_container() -> None:
    def pod(image: str) -> Tree:
        spec = {"containers": [{"name": "a", "image": image}]}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}

    assert judged(pod("a:1"), pod("a:2")) == (
        "rolling restart",
        ("the containers with another image restart in place",),
    )


@pytest.mark.parametrize(
    ("old", "new", "effect", "reason"),
    [
        ((0, 3), (0, 2), "scale down", "from 3 to 2 pods"),
        (
            (0, 3),
            (1, 3),
            "scale down",
            f"some {MAKE_WAY} 1 to 3",
        ),
        (
            (0, 3),
            (5, 3),
            "outage",
            f"all {MAKE_WAY} 5 to 7",
        ),
        ((5, 3), (5, 4), "update in place", ""),
    ],
)
def test_numbers_of_stateful_pods(old: tuple[int, int], new: tuple[int, int], effect: str, reason: str) -> None:
    before, after = (workload("StatefulSet", ordinals={"start": at}, replicas=count) for at, count in (old, new))

    found, reasons = judged(before, after)

    assert (found, reasons) == (effect, (reason,) if reason else ())


def test_claims_of_stateful_pods_that_make_way_can_go_with_them() -> None:
    claims = {
        "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
        "persistentVolumeClaimRetentionPolicy": {"whenScaled": "Delete"},
    }
    before, after = (workload("StatefulSet", ordinals={"start": at}, replicas=2, **claims) for at in (0, 2))

    assert judged(before, after)[0] == "data loss"


def test_replacement_that_takes_claims_along_says_so() -> None:
    claims = {
        "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"},
    }

    effect, reasons = judged(
        workload("StatefulSet", serviceName="a", **claims), workload("StatefulSet", serviceName="b", **claims)
    )

    assert effect == "immutable field changed"
    assert reasons[1:] == ("its claims go with it, since `persistentVolumeClaimRetentionPolicy.whenDeleted` is Delete",)
