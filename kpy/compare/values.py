"""Values at places of trees that may have any shape, as they come from files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.objects import Tree, metadata_of

__all__ = ["count_at", "labels_of", "mapping_at", "mappings_at", "namespace_of", "number", "texts_at", "value_at"]


def value_at(tree: Tree, *fields: str) -> Any:
    """Return the value at a path of field names, or nothing when there is none."""
    value: Any = tree
    for field in fields:
        value = value.get(field) if isinstance(value, Mapping) else None
    return value


def mapping_at(tree: Tree, *fields: str) -> Tree:
    """Return the mapping at a path; an empty one for anything else."""
    value = value_at(tree, *fields)
    return value if isinstance(value, Mapping) else {}


def mappings_at(tree: Tree, *fields: str) -> list[Tree]:
    """Return the mappings of the list at a path."""
    value = value_at(tree, *fields)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def texts_at(tree: Tree, *fields: str) -> list[str]:
    """Return the texts of the list at a path."""
    value = value_at(tree, *fields)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def number(value: object) -> int | None:
    """Return a whole number; nothing for anything else, a boolean included."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def count_at(tree: Tree, *fields: str, default: int = 1) -> int:
    """Return the whole number at a path, or what a server puts there."""
    found = number(value_at(tree, *fields))
    return default if found is None else found


def labels_of(tree: Tree) -> Tree:
    """Return the labels of an object."""
    return mapping_at(metadata_of(tree), "labels")


def namespace_of(tree: Tree) -> str:
    """Return the namespace of an object; empty where none is given."""
    return str(metadata_of(tree).get("namespace") or "")
