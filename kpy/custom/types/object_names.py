"""Which texts of custom resources are names of objects, as far as their fields say so."""

from __future__ import annotations

import re

__all__ = ["is_reference", "names_an_object"]

#: Kinds whose names stand in fields that are called after them: `secretName`, `defaultServiceAccountName`.
_KINDS = (
    *("claim", "configMap", "gatewayClass", "ingressClass", "issuer", "namespace", "persistentVolumeClaim"),
    *("priorityClass", "pvc", "runtimeClass", "secret", "service", "serviceAccount", "storageClass"),
    "volumeSnapshotClass",
)
_WHOLE = frozenset({f"{kind}Name" for kind in _KINDS} | {"namespace", "serviceAccount"})
_ENDS = tuple(f"{kind[0].upper()}{kind[1:]}Name" for kind in _KINDS)
_REFERENCE = re.compile(r"\w*([rR]ef|[rR]eference|[sS]ecret|[cC]onfigMap|SecretKey)", re.ASCII)


def names_an_object(path: tuple[str, ...], siblings: frozenset[str]) -> bool:
    """Return whether a text names an object, by the fields on the way to it and those that stand beside it."""
    name = path[-1]
    if name == "name":
        return len(path) > 1 and is_reference(path[-2], siblings)
    return name in _WHOLE or name.endswith(_ENDS)


def is_reference(name: str, fields: frozenset[str]) -> bool:
    """Return whether a struct refers to an object, by the field in which it stands and by its own fields."""
    return "name" in fields and ("kind" in fields or _REFERENCE.fullmatch(name) is not None)
