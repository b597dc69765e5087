"""Whether a custom resource has arrived where it should, by its conditions.

The table of custom kinds (`kpy.schema.custom`) says it for well-known projects, in the row `ready`:

    ready Ready                             conditions that have to be true
    ready Ready failed=Stalled              conditions that say that it has failed, once they are true
    ready Accepted in=status.parents        conditions of each item in a list: of a route, for each of its parents
    ready phase=Succeeded failed=Failed     a value of `status.phase`, and values that say that it has failed
    ready status=readyToUse                 a field of the status that has to be true
    ready argocd                            a judge of its own: `argocd`, `rollout`

Of all other kinds the first of some usual conditions counts that is there. What its controller said of an older
generation does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from kpy.kubectl.conditions import NOT_SEEN, State, Struct, condition_in, is_true, said
from kpy.objects import metadata_of
from kpy.schema.custom import custom_kind
from kpy.schema.custom.places import value_at

__all__ = ["custom_state"]

Tree = Mapping[str, Any]

#: The conditions that say of most custom resources whether they are ready, the best first.
_USUAL: Final = ("Ready", "Available", "Healthy", "Programmed")
#: The condition with which controllers say that they give up.
_STALLED: Final = "Stalled"


def custom_state(live: Tree, group: str, kind: str) -> State:
    """Return how far a custom resource is."""
    known = custom_kind(group, kind)
    row = known.ready if known is not None else ()
    spec, status = _struct(live, "spec"), _struct(live, "status")
    if spec.get("suspend") is True:
        return State("ready", "suspended")
    generation = metadata_of(live).get("generation", 0)
    if _is_behind(status, generation):
        return NOT_SEEN
    if len(row) == 1 and (judge := _JUDGES.get(row[0])) is not None:
        return judge(spec, status)
    options = dict(word.split("=", 1) for word in row if "=" in word)
    wanted = [word for word in row if "=" not in word]
    failing = options.get("failed", "").split(",")
    if "phase" in options:
        return _by_phase(status, options["phase"], failing)
    if "status" in options:
        is_ready = status.get(options["status"]) is True
        words = _in_words(options["status"])
        return State("ready", words) if is_ready else State("waiting", f"not {words} yet")
    if "in" in options:
        return _of_each(live, spec, options["in"], wanted, generation)
    return _by_conditions(status, wanted, failing, generation) if wanted else _by_usual(status, generation)


def _by_conditions(status: Struct, wanted: Iterable[str], failing: Iterable[str], generation: int) -> State:
    """Return how far an object is whose controller sets certain conditions."""
    for kind in failing:
        if is_true(status, kind):
            return State("failed", said(condition_in(status, kind)) or _in_words(kind))
    ready = ""
    for kind in wanted:
        condition = condition_in(status, kind)
        if not condition or _is_behind(condition, generation):
            return NOT_SEEN
        if condition.get("status") != "True":
            return State("waiting", said(condition) or f"not {_in_words(kind)}")
        ready = _in_words(kind)
    return State("ready", ready)


def _by_usual(status: Struct, generation: int) -> State:
    """Return how far an object is of which nobody knows what its controller says: it is there when it is there."""
    if is_true(status, _STALLED):
        return State("failed", said(condition_in(status, _STALLED)) or "stalled")
    kind = next((each for each in _USUAL if condition_in(status, each)), "")
    return _by_conditions(status, [kind], (), generation) if kind else State("ready", "there")


def _of_each(live: Tree, spec: Struct, way: str, wanted: list[str], generation: int) -> State:
    """Return how far an object is of which several controllers speak, such as a route with several parents."""
    found = value_at(live, way.split("."))
    items = [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
    parents = spec.get("parentRefs")
    number = len(parents) if isinstance(parents, list) else 0
    if way.endswith(".parents") and not number:
        return State("ready", "there")
    if len(items) < max(number, 1):
        return NOT_SEEN
    states = [_by_conditions(item, wanted, (), generation) for item in items]
    return next((state for state in states if state.phase != "ready"), states[0])


def _by_phase(status: Struct, wanted: str, failing: Iterable[str]) -> State:
    phase = str(status.get("phase") or "")
    message = str(status.get("message") or "")
    if phase and phase in failing:
        return State("failed", message or phase.lower())
    if phase == wanted:
        return State("ready", phase.lower())
    return State("waiting", ": ".join(part for part in (phase.lower(), message) if part)) if phase else NOT_SEEN


def _rollout(spec: Struct, status: Struct) -> State:
    """Return how far a Rollout of Argo is; one that waits for somebody to go on has done what it can."""
    phase, message = str(status.get("phase") or ""), str(status.get("message") or "")
    match phase:
        case "":
            return NOT_SEEN
        case "Healthy":
            return State("ready", "healthy")
        case "Paused":
            return State("ready", f"paused: {message}" if message else "paused")
        case "Degraded":
            return State("failed", message or "degraded")
    return State("waiting", message or phase.lower())


def _application(spec: Struct, status: Struct) -> State:
    """Return how far an Application of Argo CD is: synced, if it syncs by itself, and healthy."""
    operation = _struct(status, "operationState")
    sync, health = _struct(status, "sync"), _struct(status, "health")
    is_automated = isinstance(value_at(spec, ("syncPolicy", "automated")), Mapping)
    if not sync.get("status") or not _is_of_source(spec, _struct(sync, "comparedTo")):
        return NOT_SEEN
    if is_automated and sync["status"] != "Synced":
        if operation.get("phase") in ("Failed", "Error"):
            return State("failed", str(operation.get("message") or "the sync has failed"))
        return State("waiting", "not synced yet")
    if sync["status"] != "Synced":
        return State("ready", "there; it is synced by hand")
    if health.get("status") == "Healthy":
        return State("ready", "synced, healthy")
    if health.get("status") == "Suspended":
        return State("ready", "synced, suspended")
    words = (str(health.get("status") or "not healthy yet").lower(), str(health.get("message") or ""))
    return State("waiting", ": ".join(word for word in words if word))


def _is_of_source(spec: Struct, compared: Struct) -> bool:
    """Return whether Argo CD has compared what the Application says now, and not what it said before."""
    if not compared:
        return True
    sources, there = spec.get("sources"), compared.get("sources")
    if isinstance(sources, list):
        return isinstance(there, list) and len(sources) == len(there) and all(map(_is_source, sources, there))
    return _is_source(spec.get("source"), compared.get("source"))


def _is_source(wanted: object, there: object) -> bool:
    if not isinstance(wanted, Mapping) or not isinstance(there, Mapping):
        return True
    return all((wanted.get(field) or "") == (there.get(field) or "") for field in _OF_SOURCE)


def _is_behind(said_by: Struct, generation: int) -> bool:
    """Return whether something was said of an older generation of the object; some controllers write it as text."""
    seen = said_by.get("observedGeneration")
    if isinstance(seen, str) and seen.lstrip("-").isdigit():
        seen = int(seen)
    return isinstance(seen, int) and isinstance(generation, int) and seen < generation


def _in_words(name: str) -> str:
    """Return the name of a condition as people say it: `resolved refs` for `ResolvedRefs`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _struct(tree: Struct, field: str) -> Struct:
    value = tree.get(field)
    return value if isinstance(value, Mapping) else {}


#: What tells one source of an Application from another.
_OF_SOURCE: Final = ("repoURL", "targetRevision", "path", "chart")
_JUDGES: Final[Mapping[str, Callable[[Struct, Struct], State]]] = {"argocd": _application, "rollout": _rollout}
