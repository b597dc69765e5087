"""Values of trees as models, for transforms that are annotated with a class of `kpy.api`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kpy.model.plain import to_plain
from kpy.pipeline.draft import Links, Reference
from kpy.tree.transforms import Step

__all__ = ["as_taken"]

Tree = dict[str, Any]


@contextmanager
def as_taken(step: Step, value: Tree, type_name: str, links: Links) -> Iterator[object]:
    """Give a value as a transform takes it; what has changed in a model is then written into the tree.

    Nodes of the tree stay the same where they can, since references stand in them.
    """
    cls = step.models.get(type_name)
    if cls is None:
        yield value
        return
    model = cls.from_dict(value)
    before = to_plain(model)
    yield model
    heard = Links()
    after = to_plain(model, heard)
    if after != before:
        moved: dict[int, Any] = {}
        _write(value, after, moved)
        for node, key, target in heard.references:
            links.references.append(Reference(moved.get(id(node), node), key, target))


def _write(old: Tree, new: Tree, moved: dict[int, Any]) -> None:
    moved[id(new)] = old
    for key in [key for key in old if key not in new]:
        del old[key]
    for key, value in new.items():
        old[key] = _written(old.get(key), value, moved)


def _written(old: Any, new: Any, moved: dict[int, Any]) -> Any:
    """Return what stands in the place of an old value: the old node with what is new, where both are alike."""
    if isinstance(old, dict) and isinstance(new, dict):
        _write(old, new, moved)
        return old
    if isinstance(old, list) and isinstance(new, list):
        named = {each["name"]: each for each in old if isinstance(each, dict) and isinstance(each.get("name"), str)}
        moved[id(new)] = old
        old[:] = [_written(_alike(each, index, old, named), each, moved) for index, each in enumerate(new)]
        return old
    return new


def _alike(new: Any, index: int, old: list[Any], named: dict[str, Tree]) -> Any:
    """Return the element that a new one was: that of its name, or else of its place."""
    if not isinstance(new, dict):
        return None
    if named:
        return named.get(str(new.get("name")))
    return old[index] if index < len(old) else None
