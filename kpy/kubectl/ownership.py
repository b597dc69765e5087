"""Fields whose ownership has to change hands before an object is applied, so that applying does what was planned.

Server-side apply removes what its manager owned and no longer sends, and leaves everything else. Two things go wrong
with that. What kpy itself stops sending, such as `replicas` under an autoscaler, is removed and set to a default. And
what the server had filled in belongs to nobody, so it stays beside what excludes it, such as `rollingUpdate` beside
`type: Recreate`, and the object is refused for ever. The list of owners, `metadata.managedFields`, can be written; no
value changes by it.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from kpy.compare.replicas import Scaled
from kpy.kubectl.cluster import MANAGER
from kpy.kubectl.objects import Tree
from kpy.objects import Key, metadata_of
from kpy.schema.templates import TEMPLATES

__all__ = ["Handover", "after_rehearsal", "handover_for", "is_as_planned", "rehearsal", "rewritten", "simulated"]

#: The way to a field: names, and for an element of a list the name that is its key.
Steps = tuple[str | tuple[str, str], ...]
_REPLICAS: Steps = ("spec", "replicas")
_AFFINITY: Steps = ("spec", "sessionAffinity")
_POLICY_TYPES: Steps = ("spec", "policyTypes")


class Handover(NamedTuple):
    """What kpy must own, or no longer own, before an object is applied."""

    #: Fields of nobody, which go when they are owned and not sent.
    taken: tuple[Steps, ...] = ()
    #: Fields of kpy, whose values stay.
    given_up: tuple[Steps, ...] = ()


def handover_for(key: Key, live: Mapping[str, Any], tree: Mapping[str, Any], scaled: Scaled) -> Handover | None:
    """Return what must change hands before `tree` is applied onto `live`; nothing in the usual case.

    `scaled` are the workloads that autoscalers of the app scale.
    """
    taken = tuple(steps for steps in _excluded(key, live, tree))
    is_scaled = (key.kind, key.namespace, key.name) in scaled and _at(tree, _REPLICAS) is None
    given_up = (_REPLICAS,) if is_scaled and _owns(live, _REPLICAS) else ()
    return Handover(taken, given_up) if taken or given_up else None


def simulated(live: Mapping[str, Any], result: Tree, handover: Handover) -> Tree:
    """Return what applying gives after the handover, from what it would give before."""
    after = deepcopy(result)
    for steps in handover.taken:
        parent = _at(after, steps[:-1])
        if isinstance(parent, dict):
            parent.pop(str(steps[-1]), None)
            if steps == _POLICY_TYPES:
                parent[str(steps[-1])] = _policy_types(after)
    for steps in handover.given_up:
        parent = _at(after, steps[:-1])
        if isinstance(parent, dict):
            parent[str(steps[-1])] = _at(live, steps)
    return after


def rehearsal(live: Mapping[str, Any], tree: Mapping[str, Any], handover: Handover) -> Tree:
    """Return what a server can try before the handover: what is sent, with what has to go first as it is."""
    trial = deepcopy(dict(tree))
    for steps in handover.taken:
        for at in _unions(steps):
            _set(trial, at, _at(live, at))
    return trial


def after_rehearsal(result: Tree, tree: Mapping[str, Any], handover: Handover) -> Tree:
    """Return what applying would give without a handover, from what the rehearsal has given."""
    after = deepcopy(result)
    for steps in handover.taken:
        for at in _unions(steps):
            declared, now = _at(tree, at), _at(after, at)
            if isinstance(declared, Mapping) and isinstance(now, dict):
                now.update(deepcopy(declared))
            elif declared is not None or at == _AFFINITY:
                _set(after, at, declared or "None")
    return after


def _unions(steps: Steps) -> tuple[Steps, ...]:
    """Return the fields that one of nobody belongs to: a strategy, a volume, or those of a kind of their own."""
    return (_AFFINITY, steps) if steps[:-1] == ("spec",) else (steps[:-1],)


def rewritten(live: Mapping[str, Any], handover: Handover) -> Tree:
    """Return the object as it stands, with the owners that it should have."""
    tree = deepcopy(dict(live))
    metadata = tree["metadata"]
    entry = _entry_of(tree)
    if entry is None:
        entry = {
            "manager": MANAGER,
            "operation": "Apply",
            "apiVersion": tree["apiVersion"],
            "fieldsType": "FieldsV1",
            "fieldsV1": {},
        }
        metadata.setdefault("managedFields", []).append(entry)
    for steps in handover.taken:
        _own(entry["fieldsV1"], steps, _at(live, steps))
    for steps in handover.given_up:
        _disown(entry["fieldsV1"], steps)
    return tree


def is_as_planned(live: Mapping[str, Any], now: Mapping[str, Any], handover: Handover) -> bool:
    """Tell whether an object is still the one that the handover was planned for: a controller may have noted something.

    A value that is given up may be another one by now, since it stays whatever it is.
    """
    before, after = ({"spec": deepcopy(tree.get("spec"))} for tree in (live, now))
    for steps in handover.given_up:
        for tree in (before, after):
            parent = _at(tree, steps[:-1])
            if isinstance(parent, dict):
                parent.pop(str(steps[-1]), None)
    return before == after and metadata_of(live).get("uid") == metadata_of(now).get("uid")


def _excluded(key: Key, live: Mapping[str, Any], tree: Mapping[str, Any]) -> Iterator[Steps]:
    """Yield what the server had filled in, and what cannot stand beside what is sent now."""
    match key.group, key.kind:
        case "apps", "Deployment":
            yield from _rollout(("spec", "strategy"), live, tree)
        case "apps", "DaemonSet" | "StatefulSet":
            yield from _rollout(("spec", "updateStrategy"), live, tree)
        case "", "Service":
            steps: Steps = ("spec", "sessionAffinityConfig")
            is_sticky = _at(tree, ("spec", "sessionAffinity")) == "ClientIP"
            if not is_sticky and _at(live, steps) is not None and _at(tree, steps) is None:
                yield steps
        case "networking.k8s.io", "NetworkPolicy":
            kept = _at(live, _POLICY_TYPES)
            if kept is not None and _at(tree, _POLICY_TYPES) is None and sorted(kept) != sorted(_policy_types(tree)):
                yield _POLICY_TYPES
    path = TEMPLATES.get((key.group, key.kind))
    if path is not None:
        yield from _volumes((*path, "spec", "volumes"), live, tree)


def _policy_types(policy: Mapping[str, Any]) -> list[str]:
    """Return the directions that a server fills in for a network policy that names none: it does so only once."""
    return ["Ingress", "Egress"] if _at(policy, ("spec", "egress")) else ["Ingress"]


def _rollout(path: Steps, live: Mapping[str, Any], tree: Mapping[str, Any]) -> Iterator[Steps]:
    steps = (*path, "rollingUpdate")
    kind = _at(tree, (*path, "type"))
    if kind not in (None, "RollingUpdate") and _at(live, steps) is not None and _at(tree, steps) is None:
        yield steps


def _volumes(path: Steps, live: Mapping[str, Any], tree: Mapping[str, Any]) -> Iterator[Steps]:
    """Yield the sources of volumes that give way to another one of the same volume."""
    there = {volume.get("name"): volume for volume in _at(live, path) or () if isinstance(volume, Mapping)}
    for volume in _at(tree, path) or ():
        name = volume.get("name") if isinstance(volume, Mapping) else None
        before = there.get(name)
        sources = set(volume) - {"name"} if before is not None else set()
        if sources and before is not None:
            yield from ((*path, ("name", str(name)), source) for source in sorted(set(before) - sources - {"name"}))


def _at(tree: Any, steps: Steps) -> Any:
    """Return the value at a place; nothing when there is none."""
    for step in steps:
        if isinstance(step, tuple):
            found = [each for each in tree or () if isinstance(each, Mapping) and each.get(step[0]) == step[1]]
            tree = found[0] if found else None
        else:
            tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree


def _set(tree: Tree, steps: Steps, value: Any) -> None:
    """Put a value where there is a place for it; nothing takes the field out."""
    *before, last = steps
    parent = _at(tree, tuple(before))
    if isinstance(parent, list) and isinstance(last, tuple):
        parent[:] = [value if _at([each], (last,)) is not None else each for each in parent]
    elif isinstance(parent, dict) and isinstance(last, str):
        if value is None:
            parent.pop(last, None)
        else:
            parent[last] = deepcopy(value)


def _entry_of(tree: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the entry of kpy in the list of owners."""
    for entry in metadata_of(tree).get("managedFields") or ():
        is_ours = entry.get("manager") == MANAGER and entry.get("operation") == "Apply"
        if is_ours and not entry.get("subresource") and isinstance(entry.get("fieldsV1"), dict):
            found: dict[str, Any] = entry
            return found
    return None


def _field(step: str | tuple[str, str]) -> str:
    """Return a step as a list of owners writes it: `f:spec`, `k:{"name":"data"}`."""
    return f"k:{json.dumps(dict([step]), separators=(',', ':'))}" if isinstance(step, tuple) else f"f:{step}"


def _owns(live: Mapping[str, Any], steps: Steps) -> bool:
    entry = _entry_of(live)
    owned: Any = entry["fieldsV1"] if entry else None
    for step in steps:
        owned = owned.get(_field(step)) if isinstance(owned, Mapping) else None
    return owned is not None


def _own(owned: dict[str, Any], steps: Steps, value: Any) -> None:
    for step in steps:
        owned = owned.setdefault(_field(step), {})
    _own_leaves(owned, value)


def _own_leaves(owned: dict[str, Any], value: Any) -> None:
    if isinstance(value, Mapping):
        if not value:
            owned.setdefault(".", {})
        for key, inner in value.items():
            _own_leaves(owned.setdefault(f"f:{key}", {}), inner)


def _disown(owned: dict[str, Any], steps: Sequence[str | tuple[str, str]]) -> None:
    """Take a field out of a set of owned ones, with the parents that nothing is left in."""
    first, *rest = steps
    inner = owned.get(_field(first))
    if rest and isinstance(inner, dict):
        _disown(inner, rest)
    if not rest or inner == {}:
        owned.pop(_field(first), None)
