"""Definitions as objects are judged by them: compiled once a process, and kept in the cache of a project.

A file is read by its digest: what was made of one with the same content is taken again, from this process or from the
cache. Schemas are looked at when an object asks for them, so that definitions which nobody uses cost next to nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, cached_property
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from kpy.custom import compact as compacting
from kpy.custom.compact import compact
from kpy.custom.schema import Schema
from kpy.custom.sources import files_in, objects_of
from kpy.errors import LoadError
from kpy.project_cache import ProjectCache
from kpy.version import version
from kpy.watch import digest_of

__all__ = ["Blueprint", "blueprints_in"]

_SETTING: Final = "crds"
#: Larger files are read anew each time.
_LONGEST: Final = 64 << 20
_MOST_FILES: Final = 4_000
#: What was made of files, by digest and form.
_MADE: Final[dict[str, tuple[Blueprint, ...]]] = {}


class Version(NamedTuple):
    """A version that a definition serves."""

    name: str
    #: The number of its schema among those of the file; nothing for a version without a schema.
    part: int | None
    drops_status: bool
    scale: Mapping[str, Any] | None


class Facts(NamedTuple):
    """What a definition says beside its schemas."""

    group: str
    kind: str
    #: What a server calls the kind in its paths.
    plural: str
    #: Whether its objects are in namespaces.
    namespaced: bool
    #: Whether only a webhook knows what an object of one version is in another.
    has_webhook: bool
    versions: list[Version]


class Blueprint:
    """A definition of a kind, as its objects are judged by it."""

    def __init__(self, facts: Facts, part: Callable[[int], dict[str, Any]]) -> None:
        self.facts = facts
        self.group, self.kind = facts.group, facts.kind
        self.versions = {each.name: each for each in facts.versions}
        self._part = part
        self._schemas: dict[tuple[str, int], Schema] = {}

    @classmethod
    def of(cls, tree: Mapping[str, Any]) -> Blueprint:
        """Return a definition that was read."""
        schemas: list[Mapping[str, Any]] = []
        return cls(_facts(tree, schemas), lambda number: compact(schemas[number]))

    def schema(self, name: str, minor: int) -> Schema | None:
        """Return the schema of a version that is served; nothing for one without a schema."""
        at = self.versions[name]
        if at.part is None:
            return None
        found = self._schemas.get((name, minor))
        if found is None:
            tree = self._part(at.part)
            found = Schema(tree, drops_status=at.drops_status, minor=minor, scale=at.scale)
            self._schemas[name, minor] = found
        return found

    @cached_property
    def digest(self) -> str:
        """What two definitions have in common that say the same of their objects."""
        said = [
            (each.name, each.drops_status, each.scale, None if each.part is None else self._part(each.part))
            for each in self.versions.values()
        ]
        text = json.dumps([*self.facts[:-1], said], sort_keys=True, default=str)
        return blake2b(text.encode(), digest_size=16).hexdigest()


def blueprints_in(paths: Iterable[str], project: str = "") -> Iterator[Blueprint]:
    """Yield the definitions in files and folders; `project` is the folder of the project that keeps them.

    Raises:
        LoadError: a file cannot be read.
    """
    kept = ProjectCache(project)
    is_stored = False
    for file in files_in(paths, _SETTING):
        if not os.path.isfile(file) or os.path.getsize(file) > _LONGEST:
            yield from _read(file).blueprints(None)
            continue
        name = f"definitions {_maker()} {digest_of(file)}"
        made = _MADE.get(name)
        if made is None:
            made = _kept(kept, name, file)
            if made is None:
                read = _read(file)
                is_stored = read.store(kept, name) or is_stored
                made = tuple(read.blueprints(None))
            if len(_MADE) >= _MOST_FILES:
                _MADE.clear()
            _MADE[name] = made
        yield from made
    if is_stored:
        kept.make_room()


@cache
def _maker() -> str:
    """Return which kpy makes entries: a digest of the code that does, since to ask for the version takes long."""
    found = blake2b(digest_size=16)
    for file in (__file__, compacting.__file__):
        try:
            with open(file, "rb") as stream:
                found.update(stream.read())
        except OSError:
            found.update(version().encode())
    return found.hexdigest()


class _Read(NamedTuple):
    """What was read in a file: facts of its definitions, and all their schemas."""

    facts: list[Facts]
    schemas: list[dict[str, Any]]

    def blueprints(self, part: Callable[[int], dict[str, Any]] | None) -> Iterator[Blueprint]:
        for said in self.facts:
            facts = Facts(*said)  # lists, where the cache has them
            versions = [Version(*each) for each in facts.versions]
            yield Blueprint(facts._replace(versions=versions), part or self.schemas.__getitem__)

    def store(self, cache: ProjectCache, name: str) -> bool:
        """Keep it, where it is what JSON can say."""
        try:
            parts = [json.dumps(schema, separators=(",", ":")) for schema in self.schemas]
            is_same = [json.loads(part) for part in parts] == self.schemas
        except (TypeError, ValueError, RecursionError):
            return False
        return is_same and cache.store(name, self.facts, [part.encode() for part in parts])


def _read(file: str) -> _Read:
    """Return what is in a file. Raises `LoadError` where it cannot be read."""
    schemas: list[Mapping[str, Any]] = []
    trees = (tree for tree in objects_of(file, _SETTING) if tree.get("kind") == "CustomResourceDefinition")
    facts = [_facts(tree, schemas) for tree in trees]
    return _Read(facts, [compact(each) for each in schemas])


def _kept(cache: ProjectCache, name: str, file: str) -> tuple[Blueprint, ...] | None:
    """Return what the cache has of a file; a schema that is broken there is read in the file again."""
    entry = cache.read(name)
    if entry is None:
        return None

    def part(number: int) -> dict[str, Any]:
        content = entry.part(number)
        if content is not None:
            found: dict[str, Any] = json.loads(content)
            return found
        again = _read(file)
        if number >= len(again.schemas):
            raise LoadError(f"{file}: it has changed while kpy was reading it: run the command again")
        again.store(cache, name)
        return again.schemas[number]

    return tuple(_Read(entry.facts, []).blueprints(part))


def _facts(tree: Mapping[str, Any], schemas: list[Mapping[str, Any]]) -> Facts:
    """Return what a definition says beside its schemas, and add these."""
    spec = _mapping(tree.get("spec"))
    names = _mapping(spec.get("names"))
    versions = []
    given = spec.get("versions")
    for each in given if isinstance(given, list) else ():
        if isinstance(each, Mapping) and each.get("served"):
            schema = _mapping(_mapping(each.get("schema")).get("openAPIV3Schema"))
            subresources = _mapping(each.get("subresources"))
            part = None
            if schema and not spec.get("preserveUnknownFields"):
                part = len(schemas)
                schemas.append(schema)
            scale = subresources.get("scale")
            drops_status = subresources.get("status") is not None
            scaled = dict(scale) if isinstance(scale, Mapping) else None
            versions.append(Version(str(each.get("name") or ""), part, drops_status, scaled))
    group, kind, plural = (str(text or "") for text in (spec.get("group"), names.get("kind"), names.get("plural")))
    has_webhook = _mapping(spec.get("conversion")).get("strategy") == "Webhook"
    return Facts(group, kind, plural, spec.get("scope") != "Cluster", has_webhook, versions)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
