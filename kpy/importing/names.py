"""Names of variables: of what an object is called, and never of what else is imported."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from keyword import iskeyword, issoftkeyword

__all__ = ["Names", "base_name"]

#: What stands behind the name of an object, by its kind.
_SUFFIXES = {
    "Claim": "claim",
    "ClusterRole": "cluster_role",
    "ClusterRoleBinding": "cluster_role_binding",
    "ConfigMap": "config",
    "HorizontalPodAutoscaler": "autoscaler",
    "IngressClass": "ingress_class",
    "NetworkPolicy": "policy",
    "PersistentVolume": "volume",
    "PersistentVolumeClaim": "claim",
    "PodDisruptionBudget": "budget",
    "ServiceAccount": "account",
}
#: What has its name alone: workloads, and the charts and files that hold everything else.
_ALONE = ("Chart", "File", "CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet")
_TAKEN = frozenset({"app", "chart", "kpy", *dir(builtins)})
_SHORT = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")


def base_name(kind: str, name: str) -> str:
    """Return the variable of an object, which depends on nothing but its kind and name."""
    plain = "_".join(re.findall(r"[a-z0-9]+", name.lower())) or "unnamed"
    if kind in _ALONE:
        suffix = ""
    else:
        suffix = _SUFFIXES.get(kind) or "_".join(word.lower() for word in _SHORT.findall(kind)) or "object"
    said = plain.split("_")
    words = suffix.split("_") if suffix else []
    if words and (said[-len(words) :] == words or _says(said, suffix)):
        words = []
    made = "_".join([*said, *words])
    if made[0].isdigit():
        made = f"{'_'.join(word.lower() for word in _SHORT.findall(kind)) or 'object'}_{made}"
    if iskeyword(made) or issoftkeyword(made) or made in _TAKEN:
        made = f"{made}_{'_'.join(word.lower() for word in _SHORT.findall(kind)) or 'object'}"
    return made


def _says(words: Sequence[str], suffix: str) -> bool:
    """Return whether a name says its kind already: `app-settings`, `db-credentials`."""
    other = {
        "config": ("config", "configmap", "configuration", "settings", "env", "cm"),
        "secret": ("secret", "secrets", "credentials", "tls"),
        "claim": ("claim", "pvc"),
        "volume": ("volume", "pv"),
        "service": ("service", "svc"),
        "account": ("account", "sa"),
        "autoscaler": ("autoscaler", "hpa"),
        "policy": ("policy", "netpol"),
        "budget": ("budget", "pdb"),
    }
    return words[-1] in other.get(suffix, ())


class Names:
    """The variables of a module, each with a name of its own."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*taken}
        self._names: dict[object, str] = {}
        self._numbered: dict[str, Iterator[int]] = {}

    def give(self, key: object, name: str, *others: str) -> str:
        """Return the name of a variable: the first that is free."""
        known = self._names.get(key)
        if known is not None:
            return known
        free = next((each for each in (name, *others) if each not in self._taken), "")
        if not free:
            free = next(said for said in map(f"{name}_{{}}".format, self._numbers(name)) if said not in self._taken)
        self._taken.add(free)
        self._names[key] = free
        return free

    def _numbers(self, name: str) -> Iterator[int]:
        """Return the numbers that no other of this name has had."""
        return self._numbered.setdefault(name, count(2))

    def __getitem__(self, key: object) -> str:
        return self._names[key]

    def __contains__(self, key: object) -> bool:
        return key in self._names
