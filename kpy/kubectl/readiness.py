"""Whether an object of a cluster has arrived where it should: rolled out, complete, bound, established."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kpy.kubectl.conditions import NOT_SEEN, State, Struct, condition_in, is_true, said
from kpy.kubectl.objects import Tree
from kpy.objects import key_of, metadata_of
from kpy.schema import api

__all__ = ["State", "state_of"]


def state_of(live: Tree | None) -> State:
    """Return how far an object is by what its controller says in its status."""
    if live is None:
        return State("waiting", "not there")
    if metadata_of(live).get("deletionTimestamp"):
        return State("waiting", "being deleted")
    key = key_of(live)
    if "." in key.group and key.group not in api().groups:
        from kpy.kubectl.custom_readiness import custom_state

        return custom_state(live, key.group, key.kind)
    judge = _TABLE.get((key.group, key.kind), _judge_other)
    status = live.get("status")
    spec = live.get("spec")
    seen = status.get("observedGeneration") if isinstance(status, dict) else None
    is_behind = isinstance(seen, int) and seen < metadata_of(live).get("generation", 0)
    if is_behind or (seen is None and judge in _OBSERVED):
        return NOT_SEEN
    return judge(spec if isinstance(spec, dict) else {}, status if isinstance(status, dict) else {})


Judge = Callable[[Struct, Struct], State]


def _judge_deployment(spec: Struct, status: Struct) -> State:
    progressing, wanted = condition_in(status, "Progressing"), spec.get("replicas", 1)
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return State("failed", said(progressing))
    if spec.get("paused"):
        return State("ready", "paused")
    updated, total = status.get("updatedReplicas", 0), status.get("replicas", 0)
    if is_true(status, "ReplicaFailure"):
        return State("waiting", said(condition_in(status, "ReplicaFailure")))
    if updated < wanted:
        return State("waiting", f"{updated} of {wanted} replicas updated")
    if total > updated:
        return State("waiting", f"{total - updated} old replicas are still there")
    return _available(status.get("availableReplicas", 0), wanted)


def _available(available: int, wanted: int) -> State:
    if available < wanted:
        return State("waiting", f"{available} of {wanted} replicas available")
    return State("ready", f"{available} of {wanted} replicas available")


def _judge_stateful_set(spec: Struct, status: Struct) -> State:
    wanted = spec.get("replicas", 1)
    strategy = spec.get("updateStrategy", {})
    if strategy.get("type") == "OnDelete":
        return State("ready", "pods change when they are deleted")
    updated = status.get("updatedReplicas", 0)
    expected = wanted - (strategy.get("rollingUpdate") or {}).get("partition", 0)
    if status.get("currentRevision") != status.get("updateRevision") and updated < expected:
        return State("waiting", f"{updated} of {max(expected, 0)} replicas updated")
    if status.get("replicas", 0) > wanted:
        return State("waiting", f"{status['replicas'] - wanted} replicas too many are still there")
    return _available(status.get("availableReplicas", status.get("readyReplicas", 0)), wanted)


def _judge_daemon_set(spec: Struct, status: Struct) -> State:
    wanted = status.get("desiredNumberScheduled", 0)
    if spec.get("updateStrategy", {}).get("type") == "OnDelete":
        return State("ready", "pods change when they are deleted")
    if (updated := status.get("updatedNumberScheduled", 0)) < wanted:
        return State("waiting", f"{updated} of {wanted} pods updated")
    available = status.get("numberAvailable", 0)
    return State("waiting" if available < wanted else "ready", f"{available} of {wanted} pods available")


def _judge_replica_set(spec: Struct, status: Struct) -> State:
    return _available(status.get("availableReplicas", 0), spec.get("replicas", 1))


def _judge_job(spec: Struct, status: Struct) -> State:
    if is_true(status, "Failed"):
        return State("failed", said(condition_in(status, "Failed")))
    if is_true(status, "Complete"):
        return State("ready", "complete")
    if spec.get("suspend"):
        return State("ready", "suspended")
    counts = ", ".join(f"{status.get(field, 0)} {field}" for field in ("active", "succeeded", "failed"))
    return State("waiting", f"pods: {counts}")


def _judge_pod(spec: Struct, status: Struct) -> State:
    phase = status.get("phase", "Pending")
    if phase == "Failed":
        return State("failed", said(status) or "failed")
    if phase == "Succeeded":
        return State("ready", "complete")
    return State("ready", "ready") if is_true(status, "Ready") else State("waiting", str(phase).lower())


def _judge_claim(spec: Struct, status: Struct) -> State:
    phase = status.get("phase", "Pending")
    if phase == "Lost":
        return State("failed", "its volume is lost")
    return State("ready" if phase == "Bound" else "waiting", str(phase).lower())


def _judge_service(spec: Struct, status: Struct) -> State:
    if spec.get("type") == "LoadBalancer" and not status.get("loadBalancer", {}).get("ingress"):
        return State("waiting", "no load balancer yet")
    return State("ready", "there")


def _judge_definition(spec: Struct, status: Struct) -> State:
    names = condition_in(status, "NamesAccepted")
    if names.get("status") == "False":
        return State("failed", said(names))
    return State("ready", "established") if is_true(status, "Established") else State("waiting", "not established yet")


def _judge_namespace(spec: Struct, status: Struct) -> State:
    phase = status.get("phase", "Active")
    return State("ready" if phase == "Active" else "waiting", str(phase).lower())


def _judge_api_service(spec: Struct, status: Struct) -> State:
    available = condition_in(status, "Available")
    is_ready = available.get("status") == "True"
    return State("ready" if is_ready else "waiting", "available" if is_ready else said(available) or "not available")


def _judge_other(spec: Struct, status: Struct) -> State:
    """Other kinds are there when they are there, unless they say themselves whether they are ready."""
    ready = condition_in(status, "Ready")
    if ready.get("status") in ("False", "Unknown"):
        return State("waiting", said(ready) or "not ready")
    return State("ready", "ready" if ready else "there")


_OBSERVED = frozenset({_judge_deployment, _judge_stateful_set, _judge_daemon_set, _judge_replica_set})
_TABLE: Mapping[tuple[str, str], Judge] = {
    ("", "Namespace"): _judge_namespace,
    ("", "PersistentVolumeClaim"): _judge_claim,
    ("", "Pod"): _judge_pod,
    ("", "ReplicationController"): _judge_replica_set,
    ("", "Service"): _judge_service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _judge_definition,
    ("apiregistration.k8s.io", "APIService"): _judge_api_service,
    ("apps", "DaemonSet"): _judge_daemon_set,
    ("apps", "Deployment"): _judge_deployment,
    ("apps", "ReplicaSet"): _judge_replica_set,
    ("apps", "StatefulSet"): _judge_stateful_set,
    ("batch", "Job"): _judge_job,
}
