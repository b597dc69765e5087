"""From the tree of an object to the construct, or the model, that says the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.constructs.kinds import construct_class
from kpy.constructs.object import Object
from kpy.model.model import ApiObject
from kpy.model.plain import free_to_plain, own_pairs
from kpy.model.registry import kind_class

__all__ = ["construct_of", "typed"]

Tree = dict[str, Any]


def typed(tree: Mapping[str, Any]) -> Object | ApiObject | None:
    """Return an object as a construct, or as a model where its kind has none; nothing for a custom kind.

    Raises a `KpyError` for a tree that is not what its kind takes.
    """
    api_version, kind = str(tree.get("apiVersion") or ""), str(tree.get("kind") or "")
    construct = construct_class(api_version, kind)
    if construct is not None:
        return construct_of(construct, tree)
    model = kind_class(api_version, kind)
    return None if model is None else model.from_dict(tree)


def construct_of(cls: type[Object], tree: Mapping[str, Any]) -> Object:
    """Return an object as a construct of a class: each field of the API in the keyword that stands for it."""
    rest = free_to_plain(tree)
    keywords: dict[str, Any] = {}
    for fields, path in reversed(cls._homes):
        node = _node(rest, path)
        if node is None:
            continue
        for attribute, key in own_pairs(cls, fields):
            if node.get(key) is not None and attribute not in keywords:
                keywords[attribute] = node.pop(key)
    metadata = rest.get("metadata") or {}
    for attribute, key in (("labels", "labels"), ("annotations", "annotations"), ("namespace", "namespace")):
        keywords[attribute] = metadata.pop(key, None)
    keywords["generate_name"] = metadata.pop("generateName", None)
    name = metadata.pop("name", None) or ""
    given = {key: each for key, each in keywords.items() if each is not None}
    made: Object = cls(name, metadata=metadata or None, **given)
    return made


def _node(tree: Tree, path: tuple[str, ...]) -> Tree | None:
    node: Any = tree
    for step in path:
        node = node.get(step) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else None
