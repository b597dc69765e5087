"""What follows content: `content_hash` on ConfigMaps and Secrets."""

from __future__ import annotations

from kpy.constructs.content import Hashed, content_digest
from kpy.pipeline.draft import Draft
from kpy.pipeline.wiring.patches import patched
from kpy.schema.templates import pod_template

__all__ = ["follow_content"]

_LONGEST = 63


def follow_content(draft: Draft) -> None:
    """Put digests of contents into the names that want one and every reference to them, or into annotations of pods."""
    names: dict[int, str] = {}
    annotations: dict[int, tuple[str, str]] = {}
    for resource in draft.resources:
        construct = resource.construct
        if not isinstance(construct, Hashed) or not construct.content_hash:
            continue
        digest = content_digest(patched(resource, draft.release))
        metadata = resource.tree["metadata"]
        if construct.content_hash == "annotation":
            name = f"{resource.kind.lower()}-{metadata['name']}"[:_LONGEST].rstrip("-.")
            annotations[id(construct)] = (f"checksum/{name}", digest)
        else:
            metadata["name"] = names[id(construct)] = f"{metadata['name']}-{digest}"
    if not names and not annotations:
        return
    for resource in draft.resources:
        for node, key, target in draft.links(resource).references:
            if id(target) in names:
                node[key] = names[id(target)]
            elif id(target) in annotations and (template := pod_template(resource.tree)) is not None:
                annotation, digest = annotations[id(target)]
                template.setdefault("metadata", {}).setdefault("annotations", {})[annotation] = digest
