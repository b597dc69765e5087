"""What follows content: `content_hash` on ConfigMaps, Secrets and Jobs."""

from __future__ import annotations

from collections.abc import Mapping

from kpy.constructs.brought import is_job_of_hook
from kpy.constructs.content import Hashed, RunsOnce, content_digest, work_digest
from kpy.manifest import Resource
from kpy.pipeline.draft import Draft
from kpy.pipeline.wiring.patches import patched
from kpy.schema.templates import pod_template

__all__ = ["follow_content"]

_LONGEST = 63


def follow_content(draft: Draft) -> None:
    """Put digests of contents into the names that want one and every reference to them, or into annotations of pods.

    Jobs come last, since what they read is a part of what they do. Those of hooks that are kept run once for each
    content, too.
    """
    _follow_settings(draft)
    names: dict[int, str] = {}
    for resource in draft.outside.values():
        if resource.base_name:
            names[id(resource.construct)] = resource.name
    for resource in draft.resources:
        construct = resource.construct
        if (isinstance(construct, RunsOnce) and construct.content_hash) or is_job_of_hook(resource.construct):
            names[id(construct)] = _rename(resource, work_digest(patched(resource, draft.release)))
    _refer(draft, names, {})


def _follow_settings(draft: Draft) -> None:
    names: dict[int, str] = {}
    annotations: dict[int, tuple[str, str]] = {}
    for resource in (*draft.resources, *draft.outside.values()):
        construct = resource.construct
        if not isinstance(construct, Hashed) or not construct.content_hash or resource.base_name:
            continue
        digest = content_digest(patched(resource, draft.release))
        if construct.content_hash == "annotation":
            name = f"{resource.kind.lower()}-{resource.name}"[:_LONGEST].rstrip("-.")
            annotations[id(construct)] = (f"checksum/{name}", digest)
        else:
            names[id(construct)] = _rename(resource, digest)
    _refer(draft, names, annotations)


def _rename(resource: Resource, digest: str) -> str:
    """Put a digest behind the name of a resource, and return the name."""
    resource.base_name = resource.name
    name = f"{resource.name}-{digest}"
    resource.tree["metadata"]["name"] = name
    return name


def _refer(draft: Draft, names: Mapping[int, str], annotations: Mapping[int, tuple[str, str]]) -> None:
    """Tell whoever refers to these constructs."""
    if not names and not annotations:
        return
    for resource in draft.resources:
        for node, key, target in draft.links(resource).references:
            if id(target) in names:
                node[key] = names[id(target)]
            elif id(target) in annotations and (template := pod_template(resource.tree)) is not None:
                annotation, digest = annotations[id(target)]
                template.setdefault("metadata", {}).setdefault("annotations", {})[annotation] = digest
