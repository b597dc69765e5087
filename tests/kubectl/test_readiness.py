"""How far an object is, by what its controller says."""

from __future__ import annotations

from typing import Any

import pytest

from kpy.kubectl.readiness import state_of

SEEN = {"observedGeneration": 2}


def tree(kind: str, spec: dict[str, Any] | None = None, status: dict[str, Any] | None = None) -> dict[str, Any]:
    api_version = {
        "ConfigMap": "v1",
        "PersistentVolumeClaim": "v1",
        "Namespace": "v1",
        "Pod": "v1",
        "Service": "v1",
        "Job": "batch/v1",
        "CustomResourceDefinition": "apiextensions.k8s.io/v1",
        "Widget": "example.com/v1",
    }.get(kind, "apps/v1")
    metadata = {"name": "web", "generation": 2}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, "spec": spec or {}, "status": status or {}}


def condition(kind: str, status: str = "True", **more: str) -> dict[str, Any]:
    return {"conditions": [{"type": kind, "status": status, **more}]}


@pytest.mark.parametrize(
    ("live", "phase", "message"),
    [
        (tree("ConfigMap"), "ready", "there"),
        (tree("Deployment"), "waiting", "not seen by its controller yet"),
        (tree("Deployment", status={"observedGeneration": 1}), "waiting", "not seen by its controller yet"),
        (tree("Deployment", {"replicas": 2}, {**SEEN, "updatedReplicas": 1, "replicas": 2}),
         "waiting", "1 of 2 replicas updated"),
        (tree("Deployment", {"replicas": 2}, {**SEEN, "updatedReplicas": 2, "replicas": 3}),
         "waiting", "1 old replicas are still there"),
        (tree("Deployment", {"replicas": 2}, {**SEEN, "updatedReplicas": 2, "replicas": 2, "availableReplicas": 1}),
         "waiting", "1 of 2 replicas available"),
        (tree("Deployment", {"replicas": 0}, SEEN), "ready", "0 of 0 replicas available"),
        (tree("Deployment", {"replicas": 1, "paused": True}, SEEN), "ready", "paused"),
        (tree("Deployment", status={**SEEN, **condition("ReplicaFailure", reason="FailedCreate", message="quota")}),
         "waiting", "FailedCreate: quota"),
        (tree("Deployment", status={
            **SEEN, **condition("Progressing", "False", reason="ProgressDeadlineExceeded", message="too late")}),
         "failed", "ProgressDeadlineExceeded: too late"),
        (tree("StatefulSet", {"replicas": 3},
              {**SEEN, "updatedReplicas": 1, "currentRevision": "a", "updateRevision": "b"}),
         "waiting", "1 of 3 replicas updated"),
        (tree("StatefulSet", {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}},
              {**SEEN, "updatedReplicas": 1, "availableReplicas": 3, "replicas": 3,
               "currentRevision": "a", "updateRevision": "b"}),
         "ready", "3 of 3 replicas available"),
        (tree("StatefulSet", {"replicas": 1}, {**SEEN, "availableReplicas": 1, "replicas": 2}),
         "waiting", "1 replicas too many are still there"),
        (tree("StatefulSet", {"updateStrategy": {"type": "OnDelete"}}, SEEN),
         "ready", "pods change when they are deleted"),
        (tree("DaemonSet", status={**SEEN, "desiredNumberScheduled": 3, "updatedNumberScheduled": 2}),
         "waiting", "2 of 3 pods updated"),
        (tree("DaemonSet", status={
            **SEEN, "desiredNumberScheduled": 3, "updatedNumberScheduled": 3, "numberAvailable": 3}),
         "ready", "3 of 3 pods available"),
        (tree("DaemonSet", status={**SEEN, "desiredNumberScheduled": 0}), "ready", "0 of 0 pods available"),
        (tree("Job", status={"active": 1}), "waiting", "pods: 1 active, 0 succeeded, 0 failed"),
        (tree("Job", status=condition("Complete")), "ready", "complete"),
        (tree("Job", status=condition("Failed", reason="DeadlineExceeded")), "failed", "DeadlineExceeded"),
        (tree("Job", {"suspend": True}), "ready", "suspended"),
        (tree("Pod", status={"phase": "Pending"}), "waiting", "pending"),
        (tree("Pod", status={"phase": "Running", **condition("Ready")}), "ready", "ready"),
        (tree("Pod", status={"phase": "Succeeded"}), "ready", "complete"),
        (tree("Pod", status={"phase": "Failed", "reason": "Evicted", "message": "low on memory"}),
         "failed", "Evicted: low on memory"),
        (tree("PersistentVolumeClaim", status={"phase": "Bound"}), "ready", "bound"),
        (tree("PersistentVolumeClaim", status={"phase": "Lost"}), "failed", "its volume is lost"),
        (tree("Service", {"type": "LoadBalancer"}), "waiting", "no load balancer yet"),
        (tree("Service", {"type": "LoadBalancer"}, {"loadBalancer": {"ingress": [{"ip": "1.2.3.4"}]}}),
         "ready", "there"),
        (tree("Service", {"type": "ClusterIP"}), "ready", "there"),
        (tree("Namespace", status={"phase": "Terminating"}), "waiting", "terminating"),
        (tree("CustomResourceDefinition", status=condition("Established")), "ready", "established"),
        (tree("CustomResourceDefinition"), "waiting", "not established yet"),
        (tree("CustomResourceDefinition", status=condition("NamesAccepted", "False", reason="Taken")),
         "failed", "Taken"),
        (tree("Widget", status=condition("Ready", "False", reason="Pending", message="no room")),
         "waiting", "Pending: no room"),
        (tree("Widget", status=condition("Ready")), "ready", "ready"),
        (tree("Widget", status={"observedGeneration": 1}), "waiting", "not seen by its controller yet"),
    ],
)  # fmt: skip
def test_object_is_as_far_as_its_status_says(live: dict[str, Any], phase: str, message: str) -> None:
    assert state_of(live) == (phase, message)


def test_object_that_is_missing_or_going_is_not_ready() -> None:
    going = tree("ConfigMap")
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"

    assert [state_of(None), state_of(going)] == [("waiting", "not there"), ("waiting", "being deleted")]
