"""`patch=`: the user's last word on an object."""

from __future__ import annotations

from kpy.manifest import Manifest
from kpy.model.merge import strategic_merge
from kpy.schema import api

__all__ = ["patch"]


def patch(manifest: Manifest) -> None:
    """Merge every patch onto its object, by the API's own strategic merge."""
    known = api(manifest.release)
    for resource in manifest.resources:
        said = getattr(resource.construct, "patch", None)
        if said is not None:
            kind = resource.kind_data
            resource.tree = strategic_merge(resource.tree, said, known.type(kind.type) if kind else None)
