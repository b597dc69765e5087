"""Finds the fields of a custom resource of which rows say something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from kpy.schema.custom import CustomKind, Row

__all__ = ["Made", "Meant", "Place", "leads_to", "made", "meant", "places", "referring", "value_at"]

#: How deep a resource is looked at.
_DEEPEST = 60
_NESTED = (dict, list)
#: Fields of structs that refer to an object: `issuerRef`, `parentRefs`, `targetReference`.
_REFERENCE = re.compile(r"(\w*R|r)ef(s|erences?)?", re.ASCII)
#: Fields of an object that say nothing of what it needs.
_NO_FIELDS = frozenset({"metadata", "status"})
Steps = tuple[str | int, ...]
#: Rows, and how many of their steps lead here.
_States = list[tuple[Row, int]]


class Meant(NamedTuple):
    """The object that a field names or makes."""

    #: The API group; nothing where it is not said, and may be any.
    group: str | None
    kind: str
    name: str
    #: The namespace as it is said; nothing for that of the object itself, `*` for any.
    namespace: str | None


class Made(NamedTuple):
    """An object that the controller of a custom resource makes."""

    row: Row
    group: str
    kind: str
    name: str
    steps: Steps


class Place(NamedTuple):
    """A field of which a row says something."""

    row: Row
    #: The mapping that has the field, and which of its fields it is.
    node: Mapping[str, Any]
    key: str
    #: A name, or what the field holds; of a list, one item.
    value: Any
    steps: Steps


def places(kind: CustomKind, tree: Mapping[str, Any]) -> Iterator[Place]:
    """Yield the fields of an object of which the rows of its kind say something, in the order of the object."""
    yield from _within(tree, [(row, 0) for row in kind.rows], ())


def made(kind: CustomKind, tree: Mapping[str, Any], among: Iterable[Place] | None = None) -> Iterator[Made]:
    """Yield what the controller of an object makes; `among` are the places of the object, if they are known."""
    found = [place for place in (places(kind, tree) if among is None else among) if place.row.verb == "makes"]
    for place in found:
        yield Made(place.row, place.row.group, place.row.kind, place.value, place.steps)
    for row in kind.rows:
        if row.verb != "makes" or "default" not in row.options or any(place.row.path == row.path for place in found):
            continue
        beside = value_at(tree, row.path[:-1])
        if not is_met(row, beside if isinstance(beside, Mapping) else {}):
            continue
        for default in row.options["default"].split(","):
            name = value_at(tree, default.split("."))
            if isinstance(name, str) and name:
                yield Made(row, row.group, row.kind, name, tuple(default.split(".")))
                break


def meant(place: Place) -> Meant:
    """Return the object that a place names, as its row and the fields beside it say."""
    row, node = place.row, place.node
    kind, group = row.kind, row.group
    if field := row.options.get("kind"):
        kind = _text(node, field) or kind
    if (field := row.options.get("group")) and isinstance(node.get(field), str):
        group = node[field]
    if (field := row.options.get("version")) and (version := _text(node, field)):
        group = version.rpartition("/")[0]
    namespace = row.options.get("namespace")
    said = namespace if namespace in (None, "*") else _text(node, namespace) or None
    return Meant(group, kind, place.value, said)


def referring(tree: Mapping[str, Any], known: Iterable[Steps]) -> Iterator[tuple[Meant, Steps]]:
    """Yield what the fields of an object name that are called `...Ref` and say kind and name, with their places.

    The places that are `known`, and all in them, are left out.
    """
    yield from _referring(tree, "", frozenset(known), ())


def _referring(value: Any, key: str, known: frozenset[Steps], steps: Steps) -> Iterator[tuple[Meant, Steps]]:
    if len(steps) > _DEEPEST or steps in known:
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, _NESTED):
                yield from _referring(item, key, known, (*steps, index))
        return
    if "name" in value and "kind" in value and _REFERENCE.fullmatch(key) and (*steps, "name") not in known:
        name, kind = _text(value, "name"), _text(value, "kind")
        if name and kind:
            yield Meant(_group(value), kind, name, _text(value, "namespace") or None), (*steps, "name")
    for inner, item in value.items():
        if isinstance(item, _NESTED) and isinstance(inner, str) and (steps or inner not in _NO_FIELDS):
            yield from _referring(item, inner, known, (*steps, inner))


def _group(node: Mapping[str, Any]) -> str | None:
    for field in ("group", "apiGroup"):
        if isinstance(node.get(field), str):
            return str(node[field])
    version = _text(node, "apiVersion")
    return version.rpartition("/")[0] if version else None


def _text(node: Mapping[str, Any], field: str) -> str:
    value = node.get(field)
    return value if isinstance(value, str) else ""


def leads_to(way: Sequence[str], path: Sequence[str]) -> bool:
    """Return whether a path is one of those that the way of a row stands for."""
    if not way or not path:
        return not way and not path
    if way[0] == "**":
        return leads_to(way[1:], path) or leads_to(way, path[1:])
    return fnmatchcase(path[0], way[0]) and leads_to(way[1:], path[1:])


def value_at(tree: object, steps: Iterable[str]) -> object:
    """Return what stands in a tree at the end of a way; nothing where there is no such way."""
    for step in steps:
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree


def is_met(row: Row, node: Mapping[str, Any]) -> bool:
    """Return whether the conditions of a row hold for the fields beside a place."""
    wanted, unwanted = row.options.get("if"), row.options.get("unless")
    return (wanted is None or _says(node, wanted)) and (unwanted is None or not _says(node, unwanted))


def _says(node: Mapping[str, Any], condition: str) -> bool:
    field, _, values = condition.partition(":")
    value = node.get(field)
    if not values:
        return value is not None
    return (str(value).lower() if isinstance(value, bool) else value) in values.split(",")


def _within(value: Any, states: _States, steps: Steps) -> Iterator[Place]:
    if len(steps) > _DEEPEST:
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, _NESTED):
                yield from _within(item, states, (*steps, index))
        return
    for key, item in value.items():
        further = _after(states, key) if isinstance(key, str) else ()
        if not further:
            continue
        row = next((row for row, at in further if at == len(row.path) and is_met(row, value)), None)
        if row is not None:
            yield from _ending(row, value, key, item, (*steps, key))
        if isinstance(item, _NESTED) and (row is None or row.verb in ("names", "makes")):
            on = [(row, at) for row, at in further if at < len(row.path)]
            if on:
                yield from _within(item, on, (*steps, key))


def _after(states: _States, key: str) -> _States:
    """Return how far rows are after one more step, in their order."""
    further: _States = []
    for row, at in states:
        step = row.path[at]
        if step == "**":
            further.append((row, at))
            step, at = row.path[at + 1], at + 1
        if step == key or (("*" in step or "?" in step) and fnmatchcase(key, step)):
            further.append((row, at + 1))
    return further


def _ending(row: Row, node: Mapping[str, Any], key: str, value: Any, steps: Steps) -> Iterator[Place]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _ending(row, node, key, item, (*steps, index))
    elif isinstance(value, str if row.verb in ("names", "makes") else Mapping) and value != "":
        yield Place(row, node, key, value, steps)
