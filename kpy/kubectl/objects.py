"""Objects of a cluster as plain JSON trees, as kubectl reads and writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["Tree", "as_list", "read_list"]

Tree = dict[str, Any]


def as_list(trees: Iterable[Mapping[str, Any]]) -> str:
    """Return objects as the text of one `List`."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(trees)})


def read_list(text: str) -> list[Tree]:
    """Return the objects that kubectl wrote as JSON: none, one, or a `List`."""
    if not text.strip():
        return []
    tree = json.loads(text)
    return tree["items"] if tree.get("kind") == "List" else [tree]
