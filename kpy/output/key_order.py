"""The order in which the keys of an object are written.

First what it is (`apiVersion`, `kind`, `metadata`, `name`), then the fields in the order of the schema, then what the
schema does not know. Keys that are data, such as labels, keep the order they were given in,
and so do all keys of an object that SOPS has encrypted.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, TypeAlias

from kpy.output.scalars import KEYS
from kpy.redaction.encrypted import is_signed
from kpy.schema import Api, Field

__all__ = ["FREE", "Entry", "FieldOrder", "KeyOrder", "MapOrder", "order_of"]

#: A type is written with few different sets of keys; a great many means data that is not of that type.
_MOST_KEPT: Final = 1024


class MapOrder:
    """A mapping whose keys are data: they stay in the order given."""

    __slots__ = ("_values",)

    def __init__(self, values: KeyOrder | None = None) -> None:
        self._values = values

    def entries(self, mapping: Mapping[str, object]) -> list[Entry]:
        """Return each key with its YAML and the order within its value."""
        within = self._values or FREE
        return [(key, KEYS[key], within) for key in mapping]

    def within(self, key: str) -> KeyOrder:
        """Return the order within the value of a key."""
        return self._values or FREE


class FieldOrder:
    """A mapping whose keys are fields: of a type of the API, or of some object that has metadata at least."""

    __slots__ = ("_api", "_entries", "_fields", "_ranks")

    def __init__(self, api: Api, fields: Mapping[str, Field], *first: str) -> None:
        self._api = api
        self._fields = fields
        self._ranks = {name: rank for rank, name in enumerate(dict.fromkeys((*first, *fields)))}
        self._entries: dict[tuple[str, ...], list[Entry]] = {}

    def entries(self, mapping: Mapping[str, object]) -> list[Entry]:
        """Return each key with its YAML and the order within its value, in the order to write."""
        keys = tuple(mapping)
        try:
            return self._entries[keys]
        except KeyError:
            pass
        unknown = len(self._ranks)
        ordered = sorted(keys, key=lambda key: self._ranks.get(key, unknown))
        entries = [(key, KEYS[key], self.within(key)) for key in ordered]
        if len(self._entries) >= _MOST_KEPT:
            self._entries.clear()
        self._entries[keys] = entries
        return entries

    def within(self, key: str) -> KeyOrder:
        """Return the order within the value of a field: for a list, that of its elements."""
        field = self._fields.get(key)
        if field is None:
            return FREE
        of_type = _order_of_type(self._api, field.type) if field.type else None
        if field.container in ("map", "map-list"):
            return MapOrder(of_type)
        return of_type or FREE


KeyOrder: TypeAlias = FieldOrder | MapOrder
#: A key, the key as YAML with its colon, and the order within its value.
Entry: TypeAlias = tuple[str, str, KeyOrder]

#: Where nothing is known of the keys.
FREE: Final = MapOrder()


def order_of(tree: Mapping[str, object], api: Api) -> KeyOrder:
    """Return the order for a whole object; of a custom resource only the outermost keys and the metadata are known."""
    if not isinstance(tree, dict) or is_signed(tree):
        return FREE  # since the order of values is signed, too
    api_version, kind = tree.get("apiVersion"), tree.get("kind")
    found = api.kind(api_version, kind) if isinstance(api_version, str) and isinstance(kind, str) else None
    return (_order_of_type(api, found.type) if found else None) or _order_of_custom(api)


@cache
def _order_of_type(api: Api, name: str) -> FieldOrder | None:
    found = api.type(name)
    if found is None:
        return None
    first = [field for field in ("apiVersion", "kind", "metadata", "name") if field in found.fields]
    return FieldOrder(api, found.fields, *first)


@cache
def _order_of_custom(api: Api) -> FieldOrder:
    metadata = Field("metadata", "@meta/v1 ObjectMeta")
    return FieldOrder(api, {"metadata": metadata}, "apiVersion", "kind")
