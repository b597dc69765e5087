"""What is known of custom kinds of well-known projects: what they name, make, select and hold, what makes them ready.

    custom_kind("cert-manager.io", "Certificate")

It stands in a text file for each group, `cert-manager.io.txt`: a line with kinds, and indented below it a row for each
fact. A row is a verb, what it is about, the way to the field, and options.

    Certificate
      makes Secret spec.secretName
      makes nothing else
      names Issuer.cert-manager.io spec.issuerRef.name kind=kind group=group
      ready Ready

| verb | says |
|---|---|
| `names` | the text in the field is the name of an object, which has to be there |
| `makes` | the controller makes an object of that name |
| `makes nothing else` | it makes no other object, so that no other name is explained by it |
| `selects` | the selector in the field selects objects of the kind, or pods |
| `holds` | the value in the field, or its items, is of a type of Kubernetes |
| `ready` | what makes the object ready; see `kpy.kubectl.custom_readiness` |

A kind is written as `Kind` or `Kind.group`. In the way to a field, `*` within a step stands for any letters, and `**`
for any number of steps; lists are passed through. Where several rows fit a place, the first one counts.

| option | says |
|---|---|
| `kind=` `group=` `version=` | the sibling field that says the kind, its group, or the group with a version |
| `namespace=` | the sibling field that says the namespace, or `*` for any; else it is that of the object itself |
| `namespaces=` | of `selects`: the field that says the namespaces; else it is that of the object itself |
| `key=` `port=` | the sibling field that names a key in the object, or a port of the Service |
| `ports=` | of `selects`: the way to fields that name ports of what is selected |
| `default=` | of `makes`: the ways to the name where the field is not given |
| `keys=` | of `makes`: all keys that the object can have |
| `if=` | a sibling field that must be there, or have one of some values: `if=key`, `if=clusterScope:true` |
| `unless=` | a sibling field that must not be there, or not have one of some values |
| `always=` | a name that is always there |
| `scales` | the object scales what it names |
| `brought` | the object is mostly made by hand, such as the key to all other secrets: only a slip is reported |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

__all__ = ["CustomKind", "Row", "custom_groups", "custom_kind", "read_custom"]

_FOLDER = os.path.dirname(__file__)
_VERBS = frozenset({"names", "makes", "selects", "holds"})


class Row(NamedTuple):
    """One fact about a field of a custom kind."""

    #: `names`, `makes`, `selects` or `holds`.
    verb: str
    #: The group of what is named, made or selected; empty for the core group, and of `holds`.
    group: str
    #: The kind; of `holds`, the type.
    kind: str
    #: The steps to the field.
    path: tuple[str, ...]
    options: Mapping[str, str]


class CustomKind(NamedTuple):
    """What is known of a custom kind."""

    rows: tuple[Row, ...] = ()
    #: Whether it makes no objects but those that the rows say.
    makes_nothing_else: bool = False
    #: What makes it ready, with options; nothing where it is ready when it is there.
    ready: tuple[str, ...] = ()


@cache
def custom_groups() -> frozenset[str]:
    """Return the groups of which something is known."""
    return frozenset(name.removesuffix(".txt") for name in os.listdir(_FOLDER) if name.endswith(".txt"))


def custom_kind(group: str, kind: str) -> CustomKind | None:
    """Return what is known of a kind; nothing for kinds that nobody described."""
    return _kinds(group).get(kind) if group in custom_groups() else None


@cache
def _kinds(group: str) -> dict[str, CustomKind]:
    with open(os.path.join(_FOLDER, f"{group}.txt"), encoding="utf-8") as file:
        return read_custom(file.read())


def read_custom(text: str) -> dict[str, CustomKind]:
    """Return what a text says of kinds. Raises `ValueError` for a line that is none."""
    found: dict[str, CustomKind] = {}
    kinds: list[str] = []
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words and not line.startswith(" "):
            kinds = words
            for kind in kinds:
                found.setdefault(kind, CustomKind())
        elif words:
            for kind in kinds:
                found[kind] = _with(found[kind], words)
    return found


def _with(known: CustomKind, words: list[str]) -> CustomKind:
    """Return what is known of a kind with one more row."""
    verb, *rest = words
    if words == ["makes", "nothing", "else"]:
        return known._replace(makes_nothing_else=True)
    if verb == "ready":
        return known._replace(ready=tuple(rest))
    if verb == "holds":
        rest[:2] = [" ".join(rest[:2])]
    if verb not in _VERBS or len(rest) < 2:
        raise ValueError(f"no row: {' '.join(words)}")
    what, path, *options = rest
    kind, _, group = (what, "", "") if verb == "holds" else what.partition(".")
    said = {name: value for name, _, value in (option.partition("=") for option in options)}
    return known._replace(rows=(*known.rows, Row(verb, group, kind, tuple(path.split(".")), said)))
