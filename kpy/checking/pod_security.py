"""Which Pod Security Standards the pods of an object have to meet.

https://kubernetes.io/docs/concepts/security/pod-security-admission/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from kpy.checking.object_set import Member, Objects
from kpy.objects import Tree
from kpy.schema import RELEASES

__all__ = ["Demand", "levels_of"]

_ENFORCE: Final = "pod-security.kubernetes.io/enforce"
_VERSION: Final = "pod-security.kubernetes.io/enforce-version"
_LEVELS: Final = ("baseline", "restricted")
_CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")


class Demand(NamedTuple):
    """The standards that a pod shall meet, and those of its containers that shall meet another one or none."""

    #: `baseline` or `restricted`; empty for none.
    pod: str
    #: The standard by the identity of the container; empty for none.
    containers: Mapping[int, str] = {}
    #: The release as which the standard is meant; empty for the one that is checked for.
    release: str = ""

    @property
    def levels(self) -> list[str]:
        """The standards that have to be looked at."""
        return sorted({self.pod, *self.containers.values()}.intersection(_LEVELS))

    def level_at(self, tree: Tree, steps: Sequence[str | int]) -> str:
        """Return the standard that holds at a place of the object."""
        node: Any = tree
        before: str | int = ""
        for step in steps if self.containers else ():
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
            if before in _CONTAINERS:
                return self.containers.get(id(node), self.pod)
            before = step
        return self.pod


def levels_of(objects: Objects, given: Mapping[int, Demand]) -> dict[int, list[Demand]]:
    """Return what is demanded by the identity of the objects: what was given, and what their Namespaces enforce."""
    demands = {key: [demand] for key, demand in given.items() if demand.levels}
    enforced = {
        namespace.name: demand
        for namespace in objects.by_kind.get(("", "Namespace"), ())
        if (demand := _enforced(namespace))
    }
    for member in objects if enforced else ():
        demand = enforced.get(member.namespace)
        if demand is not None:
            demands.setdefault(id(member), []).append(demand)
    return demands


def _enforced(namespace: Member) -> Demand | None:
    metadata = namespace.tree.get("metadata") or {}
    labels = metadata.get("labels") or {}
    name = labels.get(_ENFORCE)
    version = str(labels.get(_VERSION) or "latest").removeprefix("v")
    if name not in _LEVELS or (version != "latest" and version not in RELEASES):
        return None
    return Demand(name, release="" if version == "latest" else version)
