"""Namespace, labels and annotations that charts and apps give to their objects."""

from __future__ import annotations

from typing import Any

from kpy.constructs.brought import is_included
from kpy.constructs.object import Object, refer
from kpy.errors import UsageError
from kpy.manifest import Resource
from kpy.model.referable import Referable
from kpy.model.scalars import plain_text
from kpy.objects import ALIASES, PROTECT
from kpy.pipeline.draft import Draft, Links
from kpy.pipeline.wiring.encryption import is_closed
from kpy.pipeline.wiring.moving import moved_to
from kpy.schema.scopes import custom_scopes, is_custom_namespaced
from kpy.tree.part import describe, said_namespace
from kpy.tree.shared import former_names, is_lasting, is_protected, labels_for

__all__ = ["inherit"]


def inherit(draft: Draft) -> None:
    """Give every object what its chart and app say and it does not."""
    known = draft.shared
    scopes = custom_scopes(resource.tree for resource in draft.resources)
    for resource in draft.resources:
        if is_closed(resource):
            continue
        metadata = resource.tree.get("metadata")
        if not isinstance(metadata, dict):
            if resource.is_raw or metadata is not None:
                continue
            metadata = resource.tree["metadata"] = {}
        takes_namespace = _takes_namespace(resource, scopes)
        if not takes_namespace and isinstance(resource.construct, Object) and "namespace" in metadata:
            raise UsageError(
                f"{describe(resource.construct)} belongs to the whole cluster: leave `namespace` out, or choose a kind "
                f"that has one"
            )
        if takes_namespace and resource.document is not None and (moved := moved_to(resource.construct)) is not None:
            _set_namespace(draft.links(resource), metadata, moved)
        elif takes_namespace and metadata.get("namespace") is None:
            served = isinstance(resource.construct, Object) and resource.construct._serves()
            namespace = said_namespace(resource.construct) if served else _namespace_around(resource)
            if namespace is not None:
                _set_namespace(draft.links(resource), metadata, namespace)
        owner = resource.construct.__dict__.get("_owner")
        for key in ("labels", "annotations"):
            ours = labels_for(owner, key, known)
            own = metadata.get(key) or {}
            if ours and isinstance(own, dict):
                metadata[key] = {**ours, **own}
        if is_lasting(resource.construct, known):
            _remember(resource, metadata)


def _namespace_around(resource: Resource) -> str | Referable | None:
    """Return the namespace of the release that an object is of, or else that of its chart."""
    owner = resource.construct.__dict__.get("_owner")
    given = owner.namespace if is_included(owner) else None
    around: str | Referable | None = resource.chart.namespace if given is None else given
    return around


def _remember(resource: Resource, metadata: dict[str, Any]) -> None:
    """Annotate an object with its former names and with its protection, which hold when the program is gone."""
    construct = resource.construct
    name = metadata.get("name")
    annotations = metadata.get("annotations") or {}
    if not isinstance(annotations, dict):
        return
    said: dict[str, str] = {}
    if isinstance(name, str) and (former := former_names(construct, name)):
        said[ALIASES] = ",".join(former)
    if is_protected(construct):
        said[PROTECT] = "true"
    if said:
        metadata["annotations"] = {**said, **annotations}


def _takes_namespace(resource: Resource, scopes: dict[tuple[str, str], bool]) -> bool:
    """Return whether the kind lives in a namespace: as the API, or a definition in the app, says."""
    if resource.kind_data is not None:
        return resource.kind_data.namespaced
    return is_custom_namespaced(resource.api_version.rpartition("/")[0], resource.kind, scopes)


def _set_namespace(links: Links, metadata: dict[str, Any], namespace: str | Referable) -> None:
    if isinstance(namespace, Referable):
        refer(namespace, links, metadata, "namespace")
        metadata["namespace"] = namespace.name
    else:
        metadata["namespace"] = plain_text(namespace)
