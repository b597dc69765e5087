"""Where things stand in a CustomResourceDefinition, for the user and for the server.

A server keeps what all versions have in common once: faults of the schema of a definition with one version are said
to be in `spec.validation.openAPIV3Schema`. A user looks for them in `spec.versions[0].schema.openAPIV3Schema`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

from kpy.checking.check import Check
from kpy.objects import Tree
from kpy.paths import Path

__all__ = ["Place", "SchemaOfVersion", "in_versions", "schemas", "version_lists"]


class Place(NamedTuple):
    """A place in the document, and the server's words for it."""

    at: Path
    said: Path

    def field(self, name: str | int) -> Place:
        """Return the place of a field, or of an element of a list."""
        return Place(self.at + name, self.said + name)

    def key(self, key: str) -> Place:
        """Return the place of a key of a map."""
        return Place(self.at.key(key), self.said.key(key))

    def report(self, check: Check, message: str, fix: str = "", topic: Hashable = None) -> None:
        """Report a fault here, under the running rule."""
        check.report(self.at, message, fix=fix, field=self.said, topic=topic)


class SchemaOfVersion(NamedTuple):
    """The schema of a version, or that of all versions when they are equal."""

    schema: Tree
    place: Place
    has_status: bool


def in_versions(spec: Tree, at: Path, name: str, said: str) -> Iterator[tuple[Any, Place]]:
    """Yield what the versions have under a name, and where: once when it is the same everywhere."""
    versions = spec.get("versions") or ()
    values = [_plain(version.get(name)) for version in versions]
    same = all(value == values[0] for value in values)
    for index, value in enumerate(values[:1] if same else values):
        place = at + "versions" + index + name
        yield value, Place(place, at + said if same else place)


def version_lists(spec: Tree, at: Path, name: str) -> Iterator[tuple[Tree, Place]]:
    """Yield the elements of lists that the versions have under a name."""
    for values, place in in_versions(spec, at, name, name):
        for index, value in enumerate(values or ()):
            yield value, place.field(index)


def schemas(document: Tree, at: Path) -> Iterator[SchemaOfVersion]:
    """Yield the schemas of a CustomResourceDefinition."""
    spec, at = document.get("spec") or {}, at + "spec"
    versions = spec.get("versions") or ()
    statuses = [(version.get("subresources") or {}).get("status") is not None for version in versions]
    places = list(in_versions(spec, at, "schema", "validation"))
    for index, (value, place) in enumerate(places):
        schema = (value or {}).get("openAPIV3Schema")
        if schema is not None:
            has_status = any(statuses) if len(places) == 1 else statuses[index]
            yield SchemaOfVersion(schema, place.field("openAPIV3Schema"), has_status)


def _plain(value: Any) -> Any:
    """Return nothing for what is empty: a server makes no difference."""
    return value or None if isinstance(value, list) else value
