"""Objects of a cluster as plain JSON trees, as kubectl reads and writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kpy.errors import ClusterError

__all__ = ["Tree", "as_list", "mapping_in", "read_json", "read_list", "text_in"]

Tree = dict[str, Any]


def as_list(trees: Iterable[Mapping[str, Any]]) -> str:
    """Return objects as the text of one `List`."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(trees)})


def read_list(text: str) -> list[Tree]:
    """Return the objects that kubectl wrote as JSON: none, one, or a `List`.

    Raises `ClusterError` for what is none of these, as wrappers of kubectl print it.
    """
    if not text.strip():
        return []
    tree = read_json(text)
    trees = tree.get("items") if tree.get("kind") == "List" else [tree]
    if not isinstance(trees, list) or not all(map(_is_object, trees)):
        raise _not_kubectl()
    return trees


def read_json(text: str) -> Tree:
    """Return the mapping that kubectl wrote as JSON. Raises `ClusterError` when it is none."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        raise _not_kubectl() from None
    if not isinstance(tree, dict):
        raise _not_kubectl()
    return tree


def mapping_in(tree: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the mapping under a key; an empty one for anything else."""
    value = tree.get(key)
    return value if isinstance(value, dict) else {}


def text_in(tree: Mapping[str, Any], key: str) -> str:
    """Return the text under a key; an empty one for anything else."""
    value = tree.get(key)
    return value if isinstance(value, str) else ""


def _is_object(tree: object) -> bool:
    """Return whether this has the shape in which a server gives every object."""
    if not isinstance(tree, dict):
        return False
    metadata = tree.get("metadata")
    if not isinstance(metadata, dict):
        return False
    texts = (tree.get("apiVersion"), tree.get("kind"), metadata.get("name"), metadata.get("namespace", ""))
    mappings = (metadata.get("labels") or {}, metadata.get("annotations") or {})
    lists = (metadata.get("managedFields") or [], metadata.get("ownerReferences") or [])
    return (
        all(isinstance(text, str) for text in texts)
        and all(_is_table(mapping) for mapping in mappings)
        and all(isinstance(items, list) and all(isinstance(item, dict) for item in items) for items in lists)
    )


def _is_table(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _not_kubectl() -> ClusterError:
    return ClusterError(
        "kubectl answered with something that is not an object: if it is a wrapper that prints more, "
        "say where kubectl itself is with --kubectl FILE"
    )
