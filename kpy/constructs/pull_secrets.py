"""Secrets to pull images with, by name or as objects."""

from __future__ import annotations

from collections.abc import Mapping

from kpy.api.core.v1 import LocalObjectReference
from kpy.model.lists import Several, to_list
from kpy.model.mappings import as_model
from kpy.model.referable import Referable
from kpy.model.typing import JsonObject
from kpy.tree.off import Off

__all__ = ["to_local_references"]


def to_local_references(
    said: Several[str | Referable | LocalObjectReference | JsonObject] | Off,
) -> list[LocalObjectReference] | Off:
    """Return names and objects as the API's references to objects of the same namespace."""
    if isinstance(said, Off):
        return said
    return [_to_reference(each) for each in to_list(said, "names of Secrets to pull images with")]


def _to_reference(said: str | Referable | LocalObjectReference | JsonObject) -> LocalObjectReference:
    if isinstance(said, Mapping):
        return as_model(LocalObjectReference, said)
    return said if isinstance(said, LocalObjectReference) else LocalObjectReference(name=said)
