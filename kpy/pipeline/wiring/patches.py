"""`patch=`: the user's last word on an object."""

from __future__ import annotations

from typing import Any

from kpy.errors import KpyError
from kpy.manifest import Resource
from kpy.model.merge import strategic_merge
from kpy.pipeline.draft import Draft
from kpy.schema import api

__all__ = ["patch", "patched"]


def patch(draft: Draft) -> None:
    """Merge every patch onto its object."""
    for resource in draft.resources:
        try:
            resource.tree = patched(resource, draft.release)
        except KpyError as error:
            error.locate(resource.where)
            raise


def patched(resource: Resource, release: str) -> dict[str, Any]:
    """Return the tree of a resource with its patch, merged by the API's own strategic merge."""
    said = getattr(resource.construct, "patch", None)
    if said is None:
        return resource.tree
    kind = resource.kind_data
    return strategic_merge(resource.tree, said, api(release).type(kind.type) if kind else None)
