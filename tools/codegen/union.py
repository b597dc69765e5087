"""The union of all minor releases: each type with every field that any of them has."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from kpy.schema import RELEASES, Field, Kind, api
from kpy.schema.pool import pool
from kpy.schema.releases import releases_in_words
from tools.codegen.published import SourceError

__all__ = ["Union", "union"]


class Union(NamedTuple):
    """A type as the models have it."""

    #: `core/v1 Container`
    name: str
    #: By JSON name, in alphabetical order as the schema has them; each as the newest release with it declares it.
    fields: dict[str, Field]
    #: The releases that have the type, as in `releases_in_words`.
    releases: str
    #: By field, the releases that have it, where they differ from those of the type.
    field_releases: dict[str, str]
    #: The newest release that has the type.
    newest: str
    kind: Kind | None

    @property
    def module(self) -> str:
        """The module of the type: `core.v1`."""
        return self.name.partition(" ")[0].replace("/", ".")

    @property
    def short_name(self) -> str:
        """The Go type, which is the name of the class."""
        return self.name.rpartition(" ")[2]


@cache
def union() -> dict[str, Union]:
    """Return all types by their names."""
    kinds: dict[str, Kind] = {}
    for release in RELEASES:
        kinds |= {kind.type: kind for kind in api(release).kinds}
    return {name: _union(name, kinds.get(name)) for name in sorted(pool().definitions)}


def _union(name: str, kind: Kind | None) -> Union:
    fields: dict[str, Field] = {}
    masks: dict[str, int] = {}
    mask = 0
    for bit, release in enumerate(RELEASES):
        found = api(release).type(name)
        if found is None:
            continue
        mask |= 1 << bit
        fields |= found.fields
        for field in found.fields:
            masks[field] = masks.get(field, 0) | 1 << bit
    for said, own in {name: mask, **{f"{name}.{field}": own for field, own in masks.items()}}.items():
        if "01" in f"{own:b}":
            raise SourceError(f"`{said}` went and came back, which no text about its releases can say")
    spans = {field: releases_in_words(own) for field, own in masks.items() if own != mask}
    newest = RELEASES[mask.bit_length() - 1]
    return Union(name, dict(sorted(fields.items())), releases_in_words(mask), spans, newest, kind)
