"""Objects of a cluster as plain JSON trees, and what makes each one object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

__all__ = ["Key", "Tree", "as_list", "key_of", "metadata_of", "read_list"]

Tree = dict[str, Any]


class Key(NamedTuple):
    """What makes it one object for a cluster, whatever the version."""

    group: str
    kind: str
    #: Empty for cluster-scoped kinds.
    namespace: str
    name: str

    def __str__(self) -> str:
        """Return kind and name for messages: `Deployment "shop/api"`."""
        return f'{self.kind} "{self.namespace}/{self.name}"' if self.namespace else f'{self.kind} "{self.name}"'

    @property
    def group_kind(self) -> str:
        """The kind as ApplySets and kubectl write it: `Deployment.apps`, `ConfigMap`."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


def key_of(tree: Mapping[str, Any]) -> Key:
    """Return the key of an object."""
    metadata = metadata_of(tree)
    group = str(tree.get("apiVersion") or "").rpartition("/")[0]
    names = (str(metadata.get(field) or "") for field in ("namespace", "name"))
    return Key(group, str(tree.get("kind") or ""), *names)


def metadata_of(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the metadata of an object; empty when it has none."""
    metadata = tree.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}


def as_list(trees: Iterable[Mapping[str, Any]]) -> str:
    """Return objects as the text of one `List`."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(trees)})


def read_list(text: str) -> list[Tree]:
    """Return the objects that kubectl wrote as JSON: none, one, or a `List`."""
    if not text.strip():
        return []
    tree = json.loads(text)
    return tree["items"] if tree.get("kind") == "List" else [tree]
