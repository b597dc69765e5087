"""What types are made from: one version of a definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["KindSchema", "kinds_of"]


class KindSchema(NamedTuple):
    """A kind in one version of its group."""

    group: str
    version: str
    kind: str
    plural: str
    is_namespaced: bool
    #: The schema; empty for a version without one.
    schema: Mapping[str, Any]
    #: Whether a server drops the status that is given, so that it is no field to write.
    drops_status: bool
    #: The way to the number of replicas, as the subresource `scale` says; none where there is no such.
    replicas: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """Group and version."""
        return f"{self.group}/{self.version}"


def kinds_of(definition: Mapping[str, Any]) -> Iterator[KindSchema]:
    """Yield the kind of a definition in each version that is served."""
    spec = definition["spec"]
    names = spec["names"]
    for version in spec["versions"]:
        if version.get("served"):
            schema = (version.get("schema") or {}).get("openAPIV3Schema") or {}
            drops_status = (version.get("subresources") or {}).get("status") is not None
            is_namespaced = spec.get("scope") != "Cluster"
            yield KindSchema(
                spec["group"],
                version["name"],
                names["kind"],
                names["plural"],
                is_namespaced,
                schema,
                drops_status,
                _replicas(version),
            )


def _replicas(version: Mapping[str, Any]) -> tuple[str, ...]:
    scale = (version.get("subresources") or {}).get("scale")
    path = scale.get("specReplicasPath") if isinstance(scale, Mapping) else None
    return tuple(path.removeprefix(".").split(".")) if isinstance(path, str) and path.startswith(".spec.") else ()
