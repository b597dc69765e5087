"""Jobs of a release, such as migrations: each content runs once, and what comes after them waits until they complete.

A Job with `content_hash=True` has a name by its content, `migrate-3f2a91c04d`. That it has run is remembered in the
inventory, since the Job itself may be gone by then: its `ttlSecondsAfterFinished` removes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kpy.kubectl.objects import Tree
from kpy.kubectl.readiness import State, state_of
from kpy.objects import Key

__all__ = ["completions_of", "has_failed", "is_complete", "is_job", "is_running", "successor_of"]

_DIGEST = re.compile(r"-[0-9a-f]{10}")


def is_job(key: Key) -> bool:
    """Tell whether this is a Job."""
    return (key.group, key.kind) == ("batch", "Job")


def is_complete(live: Tree | None) -> bool:
    """Tell whether a Job has run to its end, and well, even if it is being deleted by now."""
    return _has(live, "Complete")


def has_failed(live: Tree | None) -> bool:
    """Tell whether a Job has failed for good."""
    return _has(live, "Failed")


def is_running(live: Tree | None) -> bool:
    """Tell whether a Job is at work, or will be."""
    return live is not None and not is_complete(live) and state_of(live).phase == "waiting"


def completions_of(live: Mapping[Key, Tree], keys: Iterable[Key]) -> dict[Key, State]:
    """Return how far Jobs are that were made before: only what is complete is ready."""
    return {key: _completion(live.get(key)) for key in keys}


def successor_of(old: Key, bases: Mapping[Key, str]) -> Key | None:
    """Return the Job that takes the place of an old one; `bases` are the names, without digests, of those declared."""
    for key, base in bases.items():
        is_alike = is_job(old) and old.namespace == key.namespace and old.name.startswith(base)
        if is_alike and key != old and _DIGEST.fullmatch(old.name[len(base) :]):
            return key
    return None


def _completion(live: Tree | None) -> State:
    if live is None:
        return State(
            "failed",
            "it was gone before kpy saw how it ended: it was deleted, or its `ttl_seconds_after_finished` is too short",
        )
    state = State("ready", "complete") if is_complete(live) else state_of(live)
    is_done = is_complete(live) or state.phase == "failed"
    return state if is_done else State("waiting", state.message)


def _has(live: Tree | None, kind: str) -> bool:
    status = (live or {}).get("status")
    conditions = status.get("conditions") if isinstance(status, Mapping) else None
    return any((each.get("type"), each.get("status")) == (kind, "True") for each in conditions or ())
