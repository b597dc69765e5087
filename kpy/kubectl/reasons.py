"""Why an object is not ready: what its pods, its containers and the events about them say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kpy.kubectl.cluster import Cluster
from kpy.kubectl.objects import Tree
from kpy.objects import key_of, metadata_of

__all__ = ["reasons_for", "trouble_of"]

#: How many pods are looked into, and how many events each may have.
_PODS, _EVENTS = 3, 3

Struct = Mapping[str, Any]


def trouble_of(cluster: Cluster, live: Tree) -> str:
    """Return in a few words what keeps a pod of this object from being ready; empty when nothing is known."""
    for pod in _unready(_pods(cluster, live)):
        for trouble in _troubles(pod):
            return f'Pod "{metadata_of(pod).get("name")}": {cluster.mask.hide(trouble)}'
    return ""


def reasons_for(cluster: Cluster, live: Tree) -> list[str]:
    """Return everything that explains why an object is not ready, as lines."""
    lines = _events(cluster, live)
    for pod in _unready(_pods(cluster, live))[:_PODS]:
        if metadata_of(pod).get("uid") != metadata_of(live).get("uid"):
            lines.append(
                f'Pod "{metadata_of(pod).get("name")}" is {pod.get("status", {}).get("phase", "unknown").lower()}'
            )
            lines += [f"  {line}" for line in _events(cluster, pod)]
        lines += [f"  {trouble}" for trouble in _troubles(pod)]
        lines += [f"  {line}" for line in _logs(cluster, pod)]
    return [cluster.mask.hide(line) for line in lines]


def _pods(cluster: Cluster, live: Tree) -> list[Tree]:
    """Return the pods of a workload, or the pod itself, newest first."""
    key = key_of(live)
    if (key.group, key.kind) == ("", "Pod"):
        return [live]
    spec = live.get("spec")
    selector = spec.get("selector") if isinstance(spec, dict) and "template" in spec else None
    labels = selector.get("matchLabels") if isinstance(selector, dict) else None
    if not labels:
        return []
    pods = cluster.pods(key.namespace, labels)
    return sorted(pods, key=lambda pod: str(metadata_of(pod).get("creationTimestamp")), reverse=True)


def _unready(pods: list[Tree]) -> list[Tree]:
    def is_fine(pod: Tree) -> bool:
        status = pod.get("status", {})
        conditions = {each["type"]: each["status"] for each in status.get("conditions", ())}
        return status.get("phase") == "Succeeded" or conditions.get("Ready") == "True"

    return [pod for pod in pods if not is_fine(pod)]


def _troubles(pod: Tree) -> Iterator[str]:
    """Iterate over what the containers of a pod say, those that start first, and over why it has no node."""
    status = pod.get("status", {})
    for condition in status.get("conditions", ()):
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            yield f"not scheduled: {condition.get('message') or condition.get('reason')}"
    for container in _containers(pod):
        state = container.get("state", {})
        before = container.get("lastState", {}).get("terminated")
        said = _said(state.get("waiting") or state.get("terminated") or {})
        if said and state.get("terminated", {}).get("exitCode") != 0 and said != "PodInitializing":
            ended = f"; it ended before: {_said(before)}" if before else ""
            yield f'container "{container.get("name")}": {said}{ended}'


def _containers(pod: Tree) -> list[Struct]:
    status = pod.get("status", {})
    return [*status.get("initContainerStatuses", ()), *status.get("containerStatuses", ())]


def _said(state: Struct) -> str:
    parts = [str(state[field]) for field in ("reason", "message") if state.get(field)]
    if "exitCode" in state:
        parts.insert(1, f"exit code {state['exitCode']}")
    return ": ".join(parts)


def _logs(cluster: Cluster, pod: Tree) -> list[str]:
    """Return the last lines of the containers that have ended."""
    lines: list[str] = []
    metadata = metadata_of(pod)
    for container in _containers(pod):
        state, name = container.get("state", {}), str(container.get("name"))
        has_restarted = "waiting" in state and bool(container.get("lastState", {}).get("terminated"))
        if not has_restarted and state.get("terminated", {}).get("exitCode") in (None, 0):
            continue
        text = cluster.logs(str(metadata["namespace"]), str(metadata["name"]), name, previous=has_restarted)
        if text:
            lines += [f'last lines of container "{name}":', *(f"  {line}" for line in text.splitlines())]
    return lines


def _events(cluster: Cluster, live: Tree) -> list[str]:
    metadata = metadata_of(live)
    events = cluster.events(str(metadata.get("uid")), str(metadata.get("namespace") or ""))
    said = [f"{event.get('reason')}: {event.get('message')}" for event in events]
    return [f"event {text}" for text in list(dict.fromkeys(said))[-_EVENTS:]]
