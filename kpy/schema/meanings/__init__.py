"""What every type and field of the API means, in one plain sentence each.

    meaning("apps/v1 DeploymentSpec", "replicas")

The sentences stand in a text file for each group, `core.txt`: a type and what it is, and indented below it its fields.

    Container: A program of a pod: its image, how it is started, and what it may use.
      args: What the image's entry point is started with; the image's own `CMD` if not given.

They hold for all versions of the group that have the type. Where a version means something else, the type begins with
its name (`v1beta1/Container`) and what stands there comes first. What can be said of all kinds alike (`apiVersion`,
`metadata`, the items of lists) stands nowhere, and is made here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache

__all__ = ["files_of_meanings", "meaning", "read_meanings"]

#: Type, as `Container` or `v1beta1/Container`, to the meanings of its fields; that of the type itself is at "".
Meanings = Mapping[str, Mapping[str, str]]

_FOLDER = os.path.dirname(__file__)
_OF_KINDS = {
    "apiVersion": "Which version of the API this {kind} is written in: the group and its version.",
    "kind": "What kind of object this is: `{kind}`.",
    "metadata": "The name, namespace, labels, annotations and owners of this {kind}.",
    "status": "What the cluster reports about this {kind}; it is written by its controllers, not by users.",
}
#: Conditions say all of these alike, whatever they are about.
_OF_CONDITIONS = {
    "lastTransitionTime": "When this condition last changed between true, false and unknown.",
    "message": "What happened, in a sentence for people.",
    "reason": "Why the condition is as it is, in one word for programs.",
    "status": "Whether the condition holds: `True`, `False` or `Unknown`.",
}
_OF_LISTS = {
    "items": "The {items} objects of this list.",
    "metadata": "Where this list of {items} objects stands, and how to ask for its next part.",
}


def meaning(type_name: str, field: str = "") -> str:
    """Return what a type (`apps/v1 DeploymentSpec`) or one of its fields means; empty where nobody has said."""
    module, _, name = type_name.partition(" ")
    group, _, version = module.partition("/")
    known = _of_group(group)
    for key in (f"{version}/{name}", name):
        if found := known.get(key, {}).get(field):
            return found
    return _of_all(name, field)


def files_of_meanings() -> tuple[str, ...]:
    """Return the groups that have a file."""
    names = os.listdir(_FOLDER)
    return tuple(sorted(name.removesuffix(".txt") for name in names if name.endswith(".txt")))


def read_meanings(text: str) -> dict[str, dict[str, str]]:
    """Read the text of a file. Raises `ValueError`, with the number of the line, for what cannot be read."""
    found: dict[str, dict[str, str]] = {}
    fields: dict[str, str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, said = line.strip().partition(": ")
        is_field = line.startswith("  ")
        if not colon or (is_field and fields is None):
            raise ValueError(f"line {number}: expected `Type: meaning` or, indented below it, `field: meaning`")
        if not is_field:
            fields = found.setdefault(name, {})
            name = ""
        assert fields is not None
        if name in fields:
            raise ValueError(f"line {number}: this is said twice")
        fields[name] = said
    return found


def _of_all(name: str, field: str) -> str:
    """Return what can be said of every kind, or of every list, alike."""
    items = name.removesuffix("List")
    if items and items != name and field in _OF_LISTS:
        return _OF_LISTS[field].format(items=items)
    if items and items != name and not field:
        return f"Several {items} objects, as a server answers when it is asked for all of them."
    if name.endswith("Condition") and field in _OF_CONDITIONS:
        return _OF_CONDITIONS[field]
    return _OF_KINDS[field].format(kind=name) if field in _OF_KINDS else ""


@cache
def _of_group(group: str) -> Meanings:
    try:
        with open(os.path.join(_FOLDER, f"{group}.txt"), encoding="utf-8") as file:
            return read_meanings(file.read())
    except FileNotFoundError:
        return {}
