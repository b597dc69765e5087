"""What expressions outside of definitions may use: the request, its object, the namespace, a device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from kpy.syntax.cel.declarations import NEWEST
from kpy.syntax.cel.typed import Environment
from kpy.syntax.cel.types import BOOL, DYN, INT, STRING, TIMESTAMP, Type, list_of, map_of, named

__all__ = ["environment"]

_KIND: Final = {"group": STRING, "version": STRING, "kind": STRING}
_RESOURCE: Final = {"group": STRING, "version": STRING, "resource": STRING}


def _object(name: str, fields: Mapping[str, Type]) -> Type:
    found = Type("object", name)
    found.fields = fields
    return found


@cache
def _request() -> Type:
    kind, resource = (
        _object("kubernetes.GroupVersionKind", _KIND),
        _object("kubernetes.GroupVersionResource", _RESOURCE),
    )
    groups = list_of(STRING)
    user = {"username": STRING, "uid": STRING, "groups": groups, "extra": map_of(STRING, groups)}
    fields = {
        "kind": kind,
        "resource": resource,
        "subResource": STRING,
        "requestKind": kind,
        "requestResource": resource,
        "requestSubResource": STRING,
        "name": STRING,
        "namespace": STRING,
        "operation": STRING,
        "userInfo": _object("kubernetes.UserInfo", user),
        "dryRun": BOOL,
        "options": DYN,
    }
    return _object("kubernetes.AdmissionRequest", fields)


@cache
def _namespace() -> Type:
    texts = map_of(STRING, STRING)
    metadata = {
        **dict.fromkeys(("name", "generateName", "namespace", "UID", "resourceVersion"), STRING),
        **dict.fromkeys(("labels", "annotations"), texts),
        **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), TIMESTAMP),
        **dict.fromkeys(("generation", "deletionGracePeriodSeconds"), INT),
        "finalizers": list_of(STRING),
    }
    condition = {**dict.fromkeys(("status", "type", "message", "reason"), STRING), "lastTransitionTime": TIMESTAMP}
    conditions = list_of(_object("kubernetes.NamespaceCondition", condition))
    fields = {
        "metadata": _object("kubernetes.NamespaceMetadata", metadata),
        "spec": _object("kubernetes.NamespaceSpec", {"finalizers": list_of(STRING)}),
        "status": _object("kubernetes.NamespaceStatus", {"conditions": conditions, "phase": STRING}),
    }
    return _object("kubernetes.Namespace", fields)


@cache
def _device() -> Type:
    fields = {
        "driver": STRING,
        "attributes": map_of(STRING, map_of(STRING, DYN)),
        "capacity": map_of(STRING, map_of(STRING, named("kubernetes.Quantity"))),
        "allowMultipleAllocations": BOOL,
    }
    return _object("kubernetes.DRADevice", fields)


class _AnyField(Mapping[str, Type]):
    """The fields of an object of which nothing is known."""

    def __getitem__(self, name: str) -> Type:
        return DYN

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class _Messages(Mapping[str, Type]):
    """The objects that a mutation may make: `Object`, `Object.spec` and the like, and `JSONPatch`."""

    def __init__(self) -> None:
        patch = {"op": STRING, "path": STRING, "from": STRING, "value": DYN}
        self._made = {"JSONPatch": _object("JSONPatch", patch)}

    def __getitem__(self, name: str) -> Type:
        if name not in self._made:
            if name != "Object" and not name.startswith("Object."):
                raise KeyError(name)
            self._made[name] = _object(name, _AnyField())
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def environment(
    names: Iterable[str], variables: Mapping[str, Type] | None = None, release: int = NEWEST
) -> Environment:
    """Return what an expression with these names may use; `variables` are the fields of the name `variables`."""
    authorizer = named("kubernetes.authorization.Authorizer")
    known = {"request": _request, "namespaceObject": _namespace, "device": _device}
    found: dict[str, Type] = {}
    messages: Mapping[str, Type] = {}
    for name in names:
        if name in ("Object", "JSONPatch"):
            messages = _Messages()
        elif name == "authorizer":
            found[name] = authorizer
            found["authorizer.requestResource"] = named("kubernetes.authorization.ResourceCheck")
        else:
            found[name] = known[name]() if name in known else DYN
    if variables is not None:
        found["variables"] = _object("variables", variables)
    return Environment(found, release, messages)
