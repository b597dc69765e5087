"""Which part of an object was which before an update, and what has not changed: a server does not judge that again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["correlated", "is_unchanged"]

Schema = Mapping[str, Any]


def correlated(schema: Schema, item: Any, old: Any) -> Any:
    """Return the element of a list of type `map` that had the same keys before; other lists have none."""
    if schema.get("x-kubernetes-list-type") != "map" or not isinstance(old, list) or not isinstance(item, Mapping):
        return None
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    wanted = [item.get(key) for key in keys]
    return next((each for each in old if isinstance(each, Mapping) and [each.get(key) for key in keys] == wanted), None)


def is_unchanged(steps: Sequence[str | int], new: Any, old: Any, schema: Any) -> bool:
    """Return whether the value at a place, or one that it is in, is what it was."""
    for step in steps:
        if new == old:
            return True
        schema = schema if isinstance(schema, Mapping) else {}
        if isinstance(step, int):
            item = new[step] if isinstance(new, list) and step < len(new) else None
            new, old, schema = item, correlated(schema, item, old), schema.get("items")
        else:
            new, old = _field(new, step), _field(old, step)
            schema = (schema.get("properties") or {}).get(step, schema.get("additionalProperties"))
        if new is None or old is None:
            return False
    return bool(new == old)


def _field(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None
