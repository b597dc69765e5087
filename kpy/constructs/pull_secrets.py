"""Secrets to pull images with, by name or as objects."""

from __future__ import annotations

from kpy.api.core.v1 import LocalObjectReference
from kpy.model.lists import Several, to_list
from kpy.model.referable import Referable
from kpy.tree.off import Off

__all__ = ["to_local_references"]


def to_local_references(
    said: Several[str | Referable | LocalObjectReference] | Off,
) -> list[LocalObjectReference] | Off:
    """Return names and objects as the API's references to objects of the same namespace."""
    if isinstance(said, Off):
        return said
    names = to_list(said, "names of Secrets to pull images with")
    return [name if isinstance(name, LocalObjectReference) else LocalObjectReference(name=name) for name in names]
