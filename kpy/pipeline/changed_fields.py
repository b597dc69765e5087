"""Which fields of an object transforms and defaults have set, so that a finding of a field can name them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["Changes", "differences"]

Steps = tuple[Any, ...]


class Changes:
    """What set the fields of one tree: titles by node and key, which stay the same when others are inserted."""

    __slots__ = ("_by_node", "titles")

    def __init__(self) -> None:
        #: All whose changes are known by field; those that have changed nothing, too.
        self.titles: set[str] = set()
        #: The node is kept, so that no other gets its identity.
        self._by_node: dict[int, tuple[Any, dict[Any, list[str]]]] = {}

    def note(self, node: Any, key: Any, title: str) -> None:
        """Note that something has set, or removed, `node[key]`."""
        self.titles.add(title)
        _, by_key = self._by_node.setdefault(id(node), (node, {}))
        titles = by_key.setdefault(key, [])
        if title not in titles:
            titles.append(title)

    def note_steps(self, tree: Any, steps: Steps, title: str) -> None:
        """Note that something has set the field at a place of the tree, if there is such a place."""
        *way, key = steps or (None,)
        node = tree
        for step in way:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                return
        if isinstance(node, dict | list):
            self.note(node, key, title)

    def at(self, tree: Any, steps: Sequence[Any]) -> list[str]:
        """Return what has set the field at a place, or something around it."""
        titles: dict[str, None] = {}
        node = tree
        for step in steps if self._by_node else ():
            _, by_key = self._by_node.get(id(node), (node, {}))
            titles |= dict.fromkeys(by_key.get(step, ()))
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
        return list(titles)

    def within(self, tree: Any, steps: Sequence[Any]) -> list[str]:
        """Return what has set, or removed, a field of the value at a place, directly in it."""
        node = tree
        try:
            for step in steps:
                node = node[step]
        except (KeyError, IndexError, TypeError):
            return []
        _, by_key = self._by_node.get(id(node), (node, {}))
        return [title for titles in by_key.values() for title in titles]


def differences(before: Any, after: Any, at: Steps = ()) -> Iterator[Steps]:
    """Yield the places at which two trees differ, the innermost ones; of lists that got shorter, the list."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            if key not in before or key not in after:
                yield (*at, key)
            else:
                yield from differences(before[key], after[key], (*at, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) <= len(after):
        for index, each in enumerate(after):
            if index < len(before):
                yield from differences(before[index], each, (*at, index))
            else:
                yield (*at, index)
    elif before != after:
        yield at
