"""All objects before, or after, a change: by kind, and by what selects their pods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from kpy.compare.values import mapping_at, mappings_at, value_at
from kpy.objects import Key, Tree, key_of
from kpy.schema.templates import TEMPLATES, pod_labels
from kpy.syntax.selectors import matches

__all__ = ["Side", "selector_of"]


class Side:
    """The objects of one side of a comparison."""

    def __init__(self, trees: Iterable[Tree]) -> None:
        self.objects: dict[Key, Tree] = {key_of(tree): tree for tree in trees}
        self._by_kind: dict[tuple[str, str], list[Key]] = defaultdict(list)
        for key in self.objects:
            self._by_kind[key.group, key.kind].append(key)

    def of(self, group: str, kind: str) -> Iterator[tuple[Key, Tree]]:
        """Iterate over the objects of a kind."""
        return ((key, self.objects[key]) for key in self._by_kind.get((group, kind), ()))

    @cached_property
    def pods(self) -> dict[Key, Tree]:
        """The labels of the pods of every object that makes some."""
        labels = {key: pod_labels(tree) for pair in TEMPLATES for key, tree in self.of(*pair)}
        return {key: each for key, each in labels.items() if each is not None}

    @cached_property
    def named(self) -> dict[tuple[str, str, str], Key]:
        """The objects by kind, namespace and name, whatever the group."""
        return {(key.kind, key.namespace, key.name): key for key in self.objects}

    def selected(self, selector: Tree | None, namespace: str) -> Iterator[Key]:
        """Iterate over the objects whose pods a selector selects; one that is not there selects nothing."""
        if selector is None:
            return
        pairs = [(namespace, key, value) for key, value in selector["matchLabels"].items()]
        found = min((self._by_label.get(pair, ()) for pair in pairs), key=len, default=None)
        candidates = self._by_namespace.get(namespace, ()) if found is None else found
        yield from (key for key in candidates if matches(selector, self.pods[key]))

    @cached_property
    def _by_namespace(self) -> dict[str, list[Key]]:
        found: dict[str, list[Key]] = defaultdict(list)
        for key in self.pods:
            found[key.namespace].append(key)
        return found

    @cached_property
    def _by_label(self) -> dict[tuple[str, str, str], list[Key]]:
        found: dict[tuple[str, str, str], list[Key]] = defaultdict(list)
        for key, labels in self.pods.items():
            for name, value in labels.items():
                if isinstance(value, str):
                    found[key.namespace, name, value].append(key)
        return found


def selector_of(kind: str, tree: Tree) -> Tree | None:
    """Return what a Service, budget or network policy selects pods by, as a LabelSelector; nothing where it does not.

    What no server understands is left out.
    """
    if kind == "Service":
        labels = mapping_at(tree, "spec", "selector")
        return _clean({"matchLabels": labels}) if labels else None
    field = "podSelector" if kind == "NetworkPolicy" else "selector"
    is_given = isinstance(value_at(tree, "spec", field), dict)
    return _clean(mapping_at(tree, "spec", field)) if is_given or kind == "NetworkPolicy" else None


def _clean(selector: Tree) -> Tree:
    labels = {key: value for key, value in mapping_at(selector, "matchLabels").items() if isinstance(value, str)}
    expressions = [
        {"key": str(each.get("key")), "operator": each.get("operator"), "values": each.get("values") or []}
        for each in mappings_at(selector, "matchExpressions")
        if isinstance(each.get("values") or [], list)
    ]
    return {"matchLabels": labels, "matchExpressions": expressions}
