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
            error.locate(resource.edited or resource.where)
            if resource.edited is not None:
                error.add_note(f"on {resource}")
            raise


def patched(resource: Resource, release: str) -> dict[str, Any]:
    """Return the tree of a resource with its patch, merged by the API's own strategic merge."""
    first = getattr(resource.construct, "patch", None)
    later = resource.construct.__dict__.get("_patches", ())
    if first is None and not later:
        return resource.tree
    kind = resource.kind_data
    struct = api(release).type(kind.type) if kind else None
    tree = resource.tree
    for each in (first, *later):
        if each is not None:
            tree = strategic_merge(tree, each, struct)
    return tree
