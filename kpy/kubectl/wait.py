"""Waiting until objects are rolled out, complete or bound, or have failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kpy.kubectl.cluster import Cluster
from kpy.kubectl.jobs import completions_of
from kpy.kubectl.objects import Tree
from kpy.kubectl.readiness import State, state_of
from kpy.kubectl.reasons import trouble_of
from kpy.objects import Key, key_of

__all__ = ["states_of", "wait_for", "wait_until_gone"]

#: How often the cluster is asked, and how often about the pods of what takes long; in seconds.
_INTERVAL, _PODS_INTERVAL = 1.0, 5.0

States = Mapping[Key, State]


def states_of(cluster: Cluster, live: Mapping[Key, Tree], keys: Iterable[Key]) -> dict[Key, State]:
    """Return how far each object is; a claim whose volume is made for its first pod only is as far as it can be."""
    states = {key: state_of(live.get(key)) for key in keys}
    for key, state in states.items():
        if key.kind == "PersistentVolumeClaim" and state.phase == "waiting" and _binds_late(cluster, live.get(key)):
            states[key] = State("ready", "waits for its first pod")
    return states


def wait_for(
    cluster: Cluster,
    trees: Iterable[Mapping[str, Any]],
    *,
    timeout: float,
    show: Callable[[States], None],
    renew: Callable[[], None] = lambda: None,
    are_jobs: bool = False,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> dict[Key, State]:
    """Wait until all objects are ready, one has failed, or the time is over; return how far each is.

    What is not ready when the time is over has failed. With `are_jobs`, they are Jobs whose completion others wait for.
    Only what is not ready is looked at again and again, and all of them once more when that is ready too.
    """
    trees = asking = list(trees)
    start = asked = clock()
    troubles: dict[Key, str] = {}
    states: dict[Key, State] = {}
    while True:
        live = cluster.get(asking)
        keys = map(key_of, asking)
        states |= completions_of(live, keys) if are_jobs else states_of(cluster, live, keys)
        waiting = {key for key, state in states.items() if state.phase == "waiting"}
        if clock() - asked > _PODS_INTERVAL:
            asked = clock()
            troubles = {key: trouble_of(cluster, live[key]) for key in waiting if key in live}
        for key in waiting:
            if trouble := troubles.get(key):
                states[key] = State("waiting", f"{states[key].message}; {trouble}")
        if waiting and clock() - start > timeout:
            late = {key: State("failed", f"not ready in time: {states[key].message}") for key in waiting}
            states |= late
        show(states)
        if _has_failed(states) or (not waiting and len(asking) == len(trees)):
            return states
        asking = [tree for tree in trees if key_of(tree) in waiting] or trees
        if asking is trees:
            continue
        renew()
        pause(_INTERVAL)


def wait_until_gone(
    cluster: Cluster,
    trees: Iterable[Tree],
    *,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> list[Key]:
    """Wait until objects are gone; return those that are still there when the time is over."""
    left = list(trees)
    start = clock()
    while True:
        live = cluster.get(left)
        left = [tree for tree in left if _uid(live.get(key_of(tree))) == _uid(tree)]
        if not left or clock() - start > timeout:
            return [key_of(tree) for tree in left]
        pause(_INTERVAL)


def _has_failed(states: States) -> bool:
    return any(state.phase == "failed" for state in states.values())


def _uid(tree: Tree | None) -> object:
    return (tree or {}).get("metadata", {}).get("uid")


def _binds_late(cluster: Cluster, claim: Tree | None) -> bool:
    name = (claim or {}).get("spec", {}).get("storageClassName")
    if not name:
        return False
    found = cluster.peek({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name}})
    return (found or {}).get("volumeBindingMode") == "WaitForFirstConsumer"
