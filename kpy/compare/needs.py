"""What pods need to start: objects, and keys of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kpy.compare.values import mapping_at, mappings_at, namespace_of, value_at
from kpy.objects import Tree
from kpy.schema.templates import containers_of, makes_pods, pod_spec

__all__ = ["Need", "keys_of", "needs_of"]

_FROM = {"configMapRef": "ConfigMap", "secretRef": "Secret"}
_KEYS = {"configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"}
_VOLUMES = {"configMap": ("ConfigMap", "name"), "secret": ("Secret", "secretName")}
_PROJECTED = {"configMap": "ConfigMap", "secret": "Secret"}


class Need(NamedTuple):
    """An object that pods need, and which key of it; with an empty key, the object alone."""

    kind: str
    namespace: str
    name: str
    key: str = ""


def needs_of(tree: Tree) -> set[Need]:
    """Return what the pods of an object cannot start without."""
    spec = pod_spec(tree) if makes_pods(tree) else None
    if spec is None:
        return set()
    found = [*_of_containers(spec), *_of_volumes(spec)]
    if account := spec.get("serviceAccountName"):
        found.append(("ServiceAccount", account, ""))
    namespace = namespace_of(tree)
    needs = {Need(kind, namespace, str(name), str(key)) for kind, name, key in found if name}
    return needs | {need._replace(key="") for need in needs}


def keys_of(tree: Tree) -> set[str]:
    """Return the keys of a ConfigMap or Secret."""
    return {str(key) for field in ("data", "binaryData", "stringData") for key in mapping_at(tree, field)}


def _of_containers(spec: Tree) -> Iterator[tuple[str, object, object]]:
    for container in containers_of(dict(spec)):
        for variable in mappings_at(container, "env"):
            for field, kind in _KEYS.items():
                source = mapping_at(variable, "valueFrom", field)
                if source and source.get("optional") is not True:
                    yield kind, source.get("name"), source.get("key")
        for variable in mappings_at(container, "envFrom"):
            for field, kind in _FROM.items():
                source = mapping_at(variable, field)
                if source and source.get("optional") is not True:
                    yield kind, source.get("name"), ""


def _of_volumes(spec: Tree) -> Iterator[tuple[str, object, object]]:
    for volume in mappings_at(spec, "volumes"):
        for field, (kind, name) in _VOLUMES.items():
            yield from _of_source(kind, mapping_at(volume, field), name)
        for source in mappings_at(volume, "projected", "sources"):
            for field, kind in _PROJECTED.items():
                yield from _of_source(kind, mapping_at(source, field), "name")
        if claim := value_at(volume, "persistentVolumeClaim", "claimName"):
            yield "PersistentVolumeClaim", claim, ""


def _of_source(kind: str, source: Tree, name: str) -> Iterator[tuple[str, object, object]]:
    if source and source.get("optional") is not True:
        yield kind, source.get(name), ""
        yield from ((kind, source.get(name), item.get("key")) for item in mappings_at(source, "items"))
