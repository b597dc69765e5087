"""Objects given as mappings: copied, with the names of the objects that stand in them."""

from __future__ import annotations

from typing import Any

from kpy.constructs.object import name_in
from kpy.constructs.raw import Raw
from kpy.errors import UsageError
from kpy.model.model import Model
from kpy.model.plain import Sink, to_plain
from kpy.model.referable import Ref, Referable, Selectable
from kpy.model.scalars import plain_text
from kpy.schema.references import can_name
from kpy.tree.part import describe

__all__ = ["copy_raw"]


def copy_raw(raw: Raw, sink: Sink) -> dict[str, Any]:
    """Return a copy of a raw object, in which objects have become their names."""
    try:
        copied: dict[str, Any] = _copied(dict(raw.tree), sink)
    except RecursionError as problem:
        raise UsageError(f"{describe(raw)} contains itself") from problem
    return copied


def _copied(value: Any, sink: Sink, within: str = "") -> Any:
    """Return a copy in which objects have become their names; `within` is the field in which a value stands."""
    if isinstance(value, dict):
        node: dict[Any, Any] = {}
        for key, inner in value.items():
            key = plain_text(key)
            node[key] = _name(inner, sink, node, key, str(key)) or _copied(inner, sink, str(key))
        return node
    if isinstance(value, list):
        nodes: list[Any] = []
        for index, inner in enumerate(value):
            nodes.append(_name(inner, sink, nodes, index, within) or _copied(inner, sink, within))
        return nodes
    return to_plain(value, sink) if isinstance(value, Model) else plain_text(value)


def _name(value: Any, sink: Sink, node: Any, key: Any, field: str) -> str:
    """Return the name of an object; empty for what is none. Raises `UsageError` where no name can stand."""
    if isinstance(value, Ref):
        kind, name = type(value.target).__name__, value.target.name
        raise UsageError(
            f"`{field}`: `.ref()` stands in typed custom resources, whose fields are known; in a mapping write the "
            f'keys, `{{"kind": "{kind}", "name": ...}}`, with the object {name!r} for its name'
        )
    if not isinstance(value, Referable):
        return ""
    what = f"{type(value).__name__} {value.name!r} cannot stand at `{field}`"
    if not can_name(field):
        hint = '; write `{"matchLabels": {...}}`, the labels of its pods' if isinstance(value, Selectable) else ""
        raise UsageError(f"{what}: no name of an object goes there{hint if 'elector' in field else ''}")
    if not value.name:
        raise UsageError(f"{what}: it has no name, as a server makes one")
    return name_in(value, sink, node, key)
