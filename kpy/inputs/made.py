"""Objects that are made from files, and that no document has: ConfigMaps and Secrets of kustomize's generators."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.documents import read_limited
from kpy.inputs.kustomize import Kustomization, Kustomizations, texts_in
from kpy.objects import name_of
from kpy.watch import saw_file, saw_place

__all__ = ["Made", "MadeObject", "made_by"]

_GENERATORS: Final = (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret"))


class MadeObject(NamedTuple):
    """An object that is made."""

    kind: str
    name: str
    #: The keys that it has; nothing where they cannot be told.
    keys: frozenset[str] | None = None
    #: Whether it adds to an object that is there, or takes its place.
    is_change: bool = False


class Made:
    """The objects that are made, by kind and name."""

    def __init__(self, objects: Iterator[MadeObject] | tuple[()] = ()) -> None:
        self._objects: dict[tuple[str, str], list[MadeObject]] = {}
        for made in objects:
            self._objects.setdefault((made.kind, made.name), []).append(made)

    def __contains__(self, key: tuple[str, str]) -> bool:
        """Return whether an object of a kind and name is made."""
        return key in self._objects

    def may_have(self, kind: str, name: str, key: str) -> bool:
        """Return whether one of that name may have a key; nothing is known of what is not made."""
        return any(made.keys is None or key in made.keys for made in self._objects.get((kind, name), ()))

    def keys(self, kind: str, name: str) -> frozenset[str] | None:
        """Return all keys that an object gets; nothing where some cannot be told, or it is not made."""
        found = [made.keys for made in self._objects.get((kind, name), ())]
        known = [keys for keys in found if keys is not None]
        return frozenset().union(*known) if found and len(known) == len(found) else None


def made_by(kustomizations: Kustomizations, trees: Mapping[str, list[Mapping[str, Any]]]) -> Iterator[MadeObject]:
    """Yield what kustomizations make; `trees` are the objects of files, which may get other names."""
    for kustomization in [*kustomizations]:
        for field, kind in _GENERATORS:
            for generator in _mappings(kustomization.tree.get(field)):
                name = generator.get("name")
                if isinstance(name, str):
                    is_change = generator.get("behavior") in ("merge", "replace")
                    yield MadeObject(kind, name, _keys(kustomization, generator), is_change)
        yield from _renamed(kustomizations, kustomization, trees)


def _renamed(
    kustomizations: Kustomizations, kustomization: Kustomization, trees: Mapping[str, list[Mapping[str, Any]]]
) -> Iterator[MadeObject]:
    """Yield what is known by another name, because a kustomization puts something before or behind it."""
    before, behind = (str(kustomization.tree.get(field) or "") for field in ("namePrefix", "nameSuffix"))
    if not before and not behind:
        return
    for file in kustomizations.files(kustomization):
        for tree in trees.get(file, ()):
            yield MadeObject(str(tree.get("kind")), f"{before}{name_of(tree)}{behind}")
    for inner in kustomizations.below(kustomization):
        for field, kind in _GENERATORS:
            for generator in _mappings(inner.tree.get(field)):
                yield MadeObject(kind, f"{before}{generator.get('name')}{behind}", _keys(inner, generator))


def _keys(kustomization: Kustomization, generator: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the keys that a generator gives; nothing when one of its files cannot be read."""
    keys = {literal.partition("=")[0].strip() for literal in texts_in(generator.get("literals"))}
    for file in texts_in(generator.get("files")):
        key, equals, _ = file.partition("=")
        keys.add(key if equals else os.path.basename(file))
    envs = [*texts_in(generator.get("envs")), *texts_in([generator.get("env")])]
    for file in envs:
        found = _keys_of_env(kustomization.path(file))
        if found is None:
            return None
        keys |= found
    return frozenset(keys)


def _keys_of_env(file: str) -> set[str] | None:
    if os.path.exists(file) and not os.path.isfile(file):
        return None  # a pipe or a device may never end
    try:
        with open(file, "rb") as stream:
            content = read_limited(stream)
        saw_file(file, content)
        lines = content.decode("utf-8")[: 1 << 20].splitlines()
    except (OSError, ValueError):
        saw_place(file)
        return None
    names = (line.partition("=")[0].strip() for line in lines)
    return {name for name in names if name and not name.startswith("#")}


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
