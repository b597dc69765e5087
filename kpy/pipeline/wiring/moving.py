"""Objects of others that are moved into a namespace, and what names them with the one that they had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpy.constructs.brought import is_included
from kpy.model.referable import Referable
from kpy.objects import key_of
from kpy.pipeline.draft import Draft

__all__ = ["follow_moves", "moved_to"]

Tree = dict[str, Any]
#: Kind, namespace and name of an object.
Name = tuple[str, str, str]


def moved_to(construct: Any) -> str | Referable | None:
    """Return the namespace that is given for an object of others; nothing where none is."""
    owner = construct.__dict__.get("_owner")
    return owner.namespace if is_included(owner) and owner._moves_parts else None


def follow_moves(draft: Draft) -> None:
    """Write the new namespace where an object of others names another one of them with its old namespace.

    Subjects of bindings, webhooks, APIServices and conversions do.
    """
    moved: dict[int, dict[Name, str]] = {}
    for resource in draft.resources:
        if resource.document is None or moved_to(resource.construct) is None or resource.namespace is None:
            continue
        key = key_of(resource.document.tree)
        names = moved.setdefault(id(resource.construct.__dict__["_owner"]), {})
        names[resource.kind, key.namespace, resource.name] = resource.namespace
    for resource in draft.resources if moved else ():
        names = moved.get(id(resource.construct.__dict__.get("_owner")), {})
        for kind, node in _namings(resource.tree) if names else ():
            there = names.get((kind, str(node.get("namespace") or ""), str(node.get("name") or "")))
            if there is not None and node.get("namespace"):
                node["namespace"] = there


def _namings(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Yield the kind, and the mapping with name and namespace, of each object that is named with its namespace."""
    for subject in _mappings(tree.get("subjects")):
        yield str(subject.get("kind")), subject
    spec = tree.get("spec")
    known = spec if isinstance(spec, dict) else {}
    if isinstance(claim := known.get("claimRef"), dict):
        yield "PersistentVolumeClaim", claim
    if isinstance(service := known.get("service"), dict):
        yield "Service", service
    conversion = known.get("conversion")
    webhook = conversion.get("webhook") if isinstance(conversion, dict) else None
    for caller in (*_mappings(tree.get("webhooks")), webhook):
        config = caller.get("clientConfig") if isinstance(caller, dict) else None
        service = config.get("service") if isinstance(config, dict) else None
        if isinstance(service, dict):
            yield "Service", service


def _mappings(value: Any) -> list[Tree]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
