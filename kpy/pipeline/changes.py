"""What a program has changed of an object of others: that alone is written, and all else stays as it was read.

The part that stands for the object is lowered as it was and as it is; what differs between the two goes into the
object. So a field that a construct would write in another way is left as it is, and one that kpy does not know, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.constructs.included import Included, Item, copied
from kpy.constructs.object import Object
from kpy.constructs.raw import Raw
from kpy.errors import KpyError, UsageError
from kpy.manifest import Resource
from kpy.model.model import ApiObject
from kpy.model.plain import to_plain
from kpy.objects import title
from kpy.pipeline.draft import Links
from kpy.pipeline.raw_trees import copy_raw
from kpy.redaction.encrypted import is_signed
from kpy.source import shown_file

__all__ = ["carry_changes"]

Tree = dict[str, Any]


def carry_changes(owner: Included, item: Item, resource: Resource, links: Links) -> None:
    """Write the tree of an object, with what the program has changed of the part that stands for it."""
    part = item.part
    was, heard = Links(), Links()
    try:
        before, after = _lowered(owner.make(item, like=part), was), _lowered(part, heard)
    except KpyError as error:
        error.locate(resource.where)
        raise
    resource.tree = copied(item.tree)
    if is_signed(item.tree):
        if before != after:
            raise UsageError.at(
                owner._where,
                f"{title(item.tree)} ({item.document.where()}) was changed, and SOPS has encrypted and signed it: "
                f"change the file itself, by `sops edit {shown_file(item.document.file)}`",
            )
        return
    moved: dict[int, Any] = {}
    _carry(resource.tree, before, after, moved)
    links.take(heard, moved, {(id(target), key) for _, key, target in was.references})


def _lowered(part: Raw | Object | ApiObject, links: Links) -> Tree:
    if isinstance(part, Object):
        tree: Tree = {}
        part.lower_into(tree, links)
        return tree
    if isinstance(part, Raw):
        return copy_raw(part, links)
    return to_plain(part, links)


def _carry(into: Tree, before: Mapping[str, Any], after: Tree, moved: dict[int, Any]) -> None:
    """Write into a mapping what differs between two; remember which node stands for which."""
    moved[id(after)] = into
    for key in before:
        if key not in after:
            into.pop(key, None)
    for key, value in after.items():
        if key not in before:
            into[key] = value
        elif key in into:
            into[key] = _carried(into[key], before[key], value, moved)
        elif before[key] != value:
            into[key] = value


def _carried(into: Any, before: Any, after: Any, moved: dict[int, Any]) -> Any:
    if isinstance(into, dict) and isinstance(before, dict) and isinstance(after, dict):
        _carry(into, before, after, moved)
        return into
    if isinstance(into, list) and isinstance(before, list) and isinstance(after, list) and len(into) == len(before):
        moved[id(after)] = into
        pairs = [_alike(each, index, before) for index, each in enumerate(after)]
        into[:] = [
            each if was is None else _carried(into[was], before[was], each, moved)
            for each, was in zip(after, pairs, strict=True)
        ]
        return into
    return into if before == after else after


def _alike(element: Any, index: int, before: list[Any]) -> int | None:
    """Return which element of a list an element was: the one of its name, or else the one of its place."""
    name = _name(element)
    if name is not None:
        named = [number for number, each in enumerate(before) if _name(each) == name]
        if index in named:
            return index
        if len(named) == 1:
            return named[0]
        return None
    return index if index < len(before) else None


def _name(element: Any) -> object:
    return element.get("name") if isinstance(element, dict) else None
