"""Objects and what leads from one to another: what a picture is made of, whatever it shows."""

from __future__ import annotations

from typing import NamedTuple

from kpy.manifest import Resource
from kpy.tree.part import ancestors

__all__ = ["Edge", "Graph", "Group", "Identity", "Node", "Words", "groups_of", "identity_of"]

#: Group, kind, namespace (empty for cluster-scoped kinds), name.
Identity = tuple[str, str, str, str]
#: A chart, construct or namespace: a number that tells it from its namesakes, and its title.
Group = tuple[int, str]


class Node(NamedTuple):
    """One object."""

    #: What it is called in the text: `Deployment_shop_api`.
    id: str
    kind: str
    name: str
    #: The charts and constructs it is in, outermost first; for objects of files, their namespace.
    groups: tuple[Group, ...] = ()
    #: Whether it is only named, and not there.
    is_absent: bool = False
    #: Empty for what is in no namespace.
    namespace: str = ""
    #: What else there is to say of it, in a few words.
    note: str = ""


class Edge(NamedTuple):
    """One object names another, or selects its pods; or pods may, or may not, talk to others."""

    source: str
    target: str
    #: The field that names it, `configMapRef`, or `selects`; for traffic, the ports.
    label: str
    is_selection: bool = False
    #: Whether somebody allows it, and somebody else does not.
    is_refused: bool = False


class Graph(NamedTuple):
    """Objects, grouped as in the construct tree, and what leads from one to another."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    #: Whether edges are who may talk to whom.
    is_traffic: bool = False


class Words:
    """What objects are called in the text: letters, digits and underscores, each object its own."""

    def __init__(self) -> None:
        self._words: dict[Identity, str] = {}
        self._taken: set[str] = set()
        #: The number that the next object of the same word gets.
        self._next: dict[str, int] = {}

    def __contains__(self, identity: Identity) -> bool:
        return identity in self._words

    def word(self, identity: Identity) -> str:
        """Return the word for an object, a new one when it has none yet."""
        if identity not in self._words:
            text = "_".join(part for part in identity[1:] if part)
            word = base = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in text)
            if not word[:1].isalpha() or "_" not in word:  # it could be a number, or a word of the language
                word = base = f"object_{word}"
            while word in self._taken:
                number = self._next.get(base, 2)
                self._next[base] = number + 1
                word = f"{base}_{number}"
            self._taken.add(word)
            self._words[identity] = word
        return self._words[identity]


def identity_of(resource: Resource) -> Identity:
    """Return which object a resource is, its namespace empty if its kind has none."""
    group, kind, namespace, name = resource.identity
    is_namespaced = resource.kind_data is None or resource.kind_data.namespaced
    return group, kind, (namespace or "") if is_namespaced else "", name


def groups_of(resource: Resource) -> tuple[Group, ...]:
    """Return the app, charts and constructs above what made the resource; without these, its namespace."""
    if resource.construct is None:
        namespace = identity_of(resource)[2]
        return ((0, f'Namespace "{namespace}"'),) if namespace else ()
    above = list(ancestors(resource.construct))[:0:-1]
    return tuple((id(part), f'{type(part).__name__} "{part.name}"') for part in above)
