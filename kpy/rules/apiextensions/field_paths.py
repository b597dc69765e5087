"""Paths to fields of a custom resource, such as `.spec.size` or `.spec['a.b']`, followed through its schema."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kpy.objects import Tree

__all__ = ["field_at"]

_STEP = re.compile(r"\.([^.\[\]]+)|\['((?:[^'\\]|\\.)*)'\]")


def field_at(path: str, schema: Tree) -> Tree | None:
    """Return the schema that the path leads to, or nothing when it leads nowhere or is not a path."""
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            return None
        name = match[1] if match[1] is not None else re.sub(r"\\(.)", r"\1", match[2])
        following = (schema.get("properties") or {}).get(name)
        if not schema.get("properties"):
            following = schema.get("additionalProperties")
        if not isinstance(following, Mapping):
            return None
        schema, at = following, match.end()
    return schema
