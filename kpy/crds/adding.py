"""Adding definitions to those that are kept: what is new, what has changed, and what cannot stand beside the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from kpy.crds.definitions import Definition
from kpy.crds.store import Kept, Store
from kpy.diagnostics import Diagnostic, Related

__all__ = ["Added", "add"]

_VERSION = re.compile(r"v?\d+(\.\d+)*([-+][0-9A-Za-z.-]+)?")


class Added(NamedTuple):
    """What adding comes to."""

    #: All that is kept from now on.
    kept: dict[str, Kept]
    #: The names of those that are new, and of those that have changed.
    new: list[str]
    changed: list[str]
    unchanged: list[str]
    findings: list[Diagnostic]


def add(
    store: Store, found: Iterable[tuple[str, Definition]], *, groups: Iterable[str] = (), force: bool = False
) -> Added:
    """Return what the project keeps when definitions are added, each given with its source.

    `groups` are patterns of groups; if there are any, only those are taken. With `force` a definition may come from
    another source than before.
    """
    patterns = list(groups)
    added = Added(store.kept(), [], [], [], [])
    before = dict(added.kept)
    kinds = {_kind_of(kept): kept.name for kept in before.values()}
    seen: dict[str, Definition] = {}
    for source, definition in found:
        if patterns and not any(fnmatchcase(definition.group, pattern) for pattern in patterns):
            continue
        name = definition.name
        kept = Kept(name, f"{store.definitions}/{definition.path}", source, definition.text.encode())
        old = before.get(name)
        refused = _refused(definition, kept, old, kinds, seen.get(name), force=force)
        seen.setdefault(name, definition)
        if refused is not None:
            added.findings.append(refused)
            continue
        kinds[definition.group, definition.kind] = name
        pinned = store.entries.get(name, {}).get("sha256")
        is_same = old is not None and old.content == kept.content and pinned == kept.digest
        (added.unchanged if is_same else added.new if name not in store.entries else added.changed).append(name)
        added.kept[name] = kept._replace(source=old.source) if is_same and old else kept
    return added


def _kind_of(kept: Kept) -> tuple[str, str]:
    spec = kept.tree["spec"]
    return spec["group"], spec["names"]["kind"]


def _refused(
    definition: Definition,
    kept: Kept,
    old: Kept | None,
    kinds: Mapping[tuple[str, str], str],
    twin: Definition | None,
    *,
    force: bool,
) -> Diagnostic | None:
    """Return why a definition cannot be added; nothing when it can."""
    if twin is not None:
        if twin.text == definition.text:
            return None
        message = f"{definition.name} is there twice, and the two differ"
        return _finding(definition, message, "name the file that is meant", Related("the first", twin.where))
    other = kinds.get((definition.group, definition.kind))
    if other not in (None, definition.name):
        message = f"{definition.kind} of {definition.group} is defined by {other} already, which is kept"
        return _finding(definition, message, f"`kpy crds remove {other}` forgets that one")
    is_other = old is not None and old.content != kept.content and not _is_same_source(old.source, kept.source)
    if old is not None and is_other and kept.source != kept.file and not force:
        message = f"{definition.name} is kept already, from {old.source}"
        return _finding(definition, message, f"take it from there, or write over it with --force: {kept.source}")
    return None


def _is_same_source(one: str, other: str) -> bool:
    """Return whether two sources are one but for the release in their names."""
    return _VERSION.sub("*", one) == _VERSION.sub("*", other)


def _finding(definition: Definition, message: str, fix: str, *see_also: Related) -> Diagnostic:
    return Diagnostic(
        "definition-refused", "schema", "error", "", message, fix, where=definition.where, see_also=see_also
    )
