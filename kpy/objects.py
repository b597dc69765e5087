"""Which object is meant: one key for all of kpy, and one way to name an object in messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

__all__ = ["Key", "Tree", "anchor", "key_of", "metadata_of", "name_of", "title"]

#: An object, or a part of one, as plain JSON: what YAML, Helm, a server or a construct gives.
Tree = Mapping[str, Any]


class Key(NamedTuple):
    """What makes it one object for a cluster, whatever the version."""

    group: str
    kind: str
    #: Empty for cluster-scoped kinds, and where none is said.
    namespace: str
    name: str

    def __str__(self) -> str:
        """Return kind and name for messages: `Deployment "shop/api"`."""
        return _title(self.kind, self.namespace, self.name)

    @property
    def group_kind(self) -> str:
        """The kind as ApplySets and kubectl write it: `Deployment.apps`, `ConfigMap`."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


def key_of(tree: Tree) -> Key:
    """Return the key of an object."""
    metadata = metadata_of(tree)
    group = str(tree.get("apiVersion") or "").rpartition("/")[0]
    names = (str(metadata.get(field) or "") for field in ("namespace", "name"))
    return Key(group, str(tree.get("kind") or ""), *names)


def metadata_of(tree: Tree) -> Tree:
    """Return the metadata of an object; empty when it has none."""
    metadata = tree.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}


def name_of(tree: Tree) -> str:
    """Return the name of an object, or `migrate-*` where a server completes it; empty when it has none."""
    metadata = metadata_of(tree)
    prefix = _text(metadata.get("generateName"))
    return _text(metadata.get("name")) or (f"{prefix}*" if prefix else "")


def title(tree: Tree) -> str:
    """Return kind and name for messages: `Deployment "api"`, with the namespace where one is said."""
    return _title(_text(tree.get("kind")), _text(metadata_of(tree).get("namespace")), name_of(tree))


def anchor(tree: Tree, steps: Sequence[str | int]) -> str:
    """Return a place in an object by names: `spec.containers[web].image`; items of lists that have none keep numbers.

    A key with dots or brackets in it, such as those of labels and annotations, stands in brackets.
    """
    parts: list[str] = []
    value: Any = tree
    for step in steps:
        inside: Any = None
        if isinstance(step, int):
            inside = value[step] if isinstance(value, list | tuple) and step < len(value) else None
            name = _text(inside.get("name")) if isinstance(inside, Mapping) else ""
            parts.append(f"[{name or step}]")
        else:
            inside = value.get(step) if isinstance(value, Mapping) else None
            parts.append(f"[{step}]" if "." in step or "[" in step else f".{step}")
        value = inside
    return "".join(parts).removeprefix(".")


def _title(kind: str, namespace: str, name: str) -> str:
    if not name:
        return kind or "object"
    return f'{kind or "object"} "{namespace}/{name}"' if namespace else f'{kind or "object"} "{name}"'


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
