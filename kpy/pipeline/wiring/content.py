"""Names that follow content: `content_hash=True` on ConfigMaps and Secrets."""

from __future__ import annotations

from kpy.constructs.content import Hashed, content_digest
from kpy.manifest import Manifest

__all__ = ["follow_content"]


def follow_content(manifest: Manifest) -> None:
    """Put a digest of the content into the names that want one, and into every reference to them."""
    names: dict[int, str] = {}
    for resource in manifest.resources:
        construct = resource.construct
        if isinstance(construct, Hashed) and construct.content_hash:
            metadata = resource.tree["metadata"]
            metadata["name"] = names[id(construct)] = f"{metadata['name']}-{content_digest(resource.tree)}"
    if not names:
        return
    for resource in manifest.resources:
        for node, key, target in resource.references:
            if id(target) in names:
                node[key] = names[id(target)]
