"""What the passes know of an app on its way to a manifest, and the manifest does not keep.

A `Draft` lives as long as one run of the pipeline. Each resource has its `Links`: what lowering heard of the tree that
JSON cannot hold, such as the objects whose names stand in it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kpy.checking.choice import EVERYDAY, Choice
from kpy.manifest import Manifest, Resource
from kpy.model.referable import Referable, Selectable
from kpy.pipeline.changed_fields import Changes, Steps
from kpy.source import Location

if TYPE_CHECKING:
    from kpy.tree.app import App

__all__ = ["Draft", "Links", "Mounts", "Reference", "Selection"]

Tree = dict[str, Any]


class Reference(NamedTuple):
    """A place that names another object of the app: `node[key]` is the name of `target`."""

    node: Any
    key: Any
    #: The construct or model whose name stands there.
    target: Referable


class Selection(NamedTuple):
    """A place that selects the pods of a workload: `node[key]` becomes its selector."""

    node: Any
    key: Any
    #: The workload whose pods are meant.
    target: Selectable


class Mounts(NamedTuple):
    """What a container mounts, path by path; the volumes follow at wiring."""

    container: Tree
    #: `volumeMounts` or `volumeDevices`.
    key: str
    by_path: Mapping[str, Any]


class Links:
    """What was heard while the tree of one resource was made; a `Sink`."""

    __slots__ = (
        "_off",
        "_places",
        "changes",
        "filled",
        "labelled",
        "levels",
        "mounts",
        "references",
        "residences",
        "selections",
    )

    def __init__(self) -> None:
        self.references: list[Reference] = []
        #: Places where the namespace of an object goes, unless it is that of the resource itself.
        self.residences: list[Reference] = []
        self.selections: list[Selection] = []
        #: Places where a selector goes that selects an object by its own labels.
        self.labelled: list[Reference] = []
        self.mounts: list[Mounts] = []
        #: Containers, by identity, with a Pod Security Standard of their own; empty for none.
        self.levels: dict[int, str] = {}
        #: What transforms have set, and what defaults have filled in, by field.
        self.changes = Changes()
        self.filled = Changes()
        #: Where nested values were made, by the identity of the node, which is kept so that nobody else gets it.
        self._places: dict[int, tuple[Tree, Location]] = {}
        #: Nodes, by identity, and fields for which the user said `OFF`.
        self._off: set[tuple[int, Any]] = set()

    def place(self, node: Tree, where: Location) -> None:
        """Remember where a nested value was made."""
        self._places[id(node)] = (node, where)

    def refer(self, node: Any, key: Any, target: Referable) -> None:
        """Remember that `node[key]` is the name of another object."""
        self.references.append(Reference(node, key, target))

    def reside(self, node: Any, key: Any, target: Referable) -> None:
        """Remember that the namespace of an object goes to `node[key]`, where it is another one."""
        self.residences.append(Reference(node, key, target))

    def select(self, node: Any, key: Any, target: Selectable) -> None:
        """Remember that `node[key]` selects the pods of a workload."""
        self.selections.append(Selection(node, key, target))

    def label(self, node: Any, key: Any, target: Referable) -> None:
        """Remember that `node[key]` selects an object by its own labels."""
        self.labelled.append(Reference(node, key, target))

    def mount(self, container: Tree, key: str, mounts: Mapping[str, Any]) -> None:
        """Remember what a container mounts."""
        self.mounts.append(Mounts(container, key, mounts))

    def leave(self, node: Any, key: Any) -> None:
        """Remember that the user switched the default of a field off."""
        self._off.add((id(node), key))

    def secure(self, container: Tree, level: str) -> None:
        """Remember which Pod Security Standard a container shall meet."""
        self.levels[id(container)] = level

    def take(self, heard: Links, moved: Mapping[int, Any], known: Container[tuple[int, Any]]) -> None:
        """Take over what was heard of another tree, whose nodes have moved; references that are known are left out."""
        for node, key, target in heard.references:
            if (id(target), key) not in known:
                self.refer(moved.get(id(node), node), key, target)
        for node, key, selected in heard.selections:
            self.select(moved.get(id(node), node), key, selected)
        for container, key, by_path in heard.mounts:
            self.mount(moved.get(id(container), container), key, by_path)
        self.levels.update({id(moved[node]) if node in moved else node: each for node, each in heard.levels.items()})
        self._off.update((id(moved[node]) if node in moved else node, key) for node, key in heard._off)
        self._places.update({node: place for node, place in heard._places.items() if node not in moved})

    def is_off(self, node: Tree, key: str) -> bool:
        """Return whether the user switched the default of a field off."""
        return (id(node), key) in self._off

    def place_of(self, node: Any) -> Location | None:
        """Return where the value of a node was made; nothing when it has no line of its own."""
        place = self._places.get(id(node))
        return None if place is None else place[1]

    @property
    def targets(self) -> Iterable[Reference | Selection]:
        """All places that stand for other objects."""
        return (*self.references, *self.selections, *self.labelled)


def _nothing() -> None:
    """Put nothing back, since nothing was changed."""


class Draft:
    """An app on its way through the passes: the manifest so far, and what only the passes need."""

    def __init__(self, app: App, release: str, choice: Choice | None = None) -> None:
        self.app = app
        #: Which rules count.
        self.choice = choice or EVERYDAY
        self.manifest = Manifest([], release=release, app=app)
        self._links: dict[int, Links] = {}
        self._by_construct: dict[int, Resource] = {}
        #: What constructs say for all their parts, as far as somebody has asked.
        self.shared: dict[tuple[int, str], Any] = {}
        #: Parts, by identity, to the transforms that have changed them.
        self.changed: dict[int, list[str]] = {}
        #: Objects, by identity, to the transforms that they were given to, with the fields that each has changed.
        self.changed_fields: dict[int, dict[str, list[Steps]]] = {}
        #: Puts back what transforms have changed in the user's objects.
        self.restore: Callable[[], None] = _nothing
        #: The objects of other apps that are used here, by the identity of their constructs.
        self.outside: dict[int, Resource] = {}

    @property
    def release(self) -> str:
        """The Kubernetes minor release that is synthesised for."""
        return self.manifest.release

    @property
    def resources(self) -> list[Resource]:
        """The resources so far."""
        return self.manifest.resources

    def add(self, resource: Resource, links: Links) -> None:
        """Append a resource and what was heard of it."""
        self.manifest.resources.append(resource)
        self._links[id(resource)] = links
        self._by_construct[id(resource.construct)] = resource

    def links(self, resource: Resource) -> Links:
        """Return what was heard of a resource."""
        return self._links[id(resource)]

    def of(self, construct: object) -> Resource | None:
        """Return the resource that a construct or model became; nothing when it is not in the app."""
        return self._by_construct.get(id(construct))

    def seen(self, construct: object) -> Resource | None:
        """Return the resource that a construct or model became, here or in another app that is used."""
        return self._by_construct.get(id(construct)) or self.outside.get(id(construct))

    def borrow(self, resource: Resource, links: Links) -> None:
        """Note an object of another app, which is never written, and what was heard of it."""
        self.outside[id(resource.construct)] = resource
        self._links[id(resource)] = links

    def where(self, resource: Resource, steps: Iterable[str | int]) -> Location | None:
        """Return the place of the nearest value around a field whose line is known."""
        links = self._links[id(resource)]
        if resource.document is not None:
            return _where_of_document(resource, links, tuple(steps))
        nearest, node = resource.where, resource.tree
        for step in steps:
            try:
                node = node[step]  # type: ignore[index]  # a step of a list is a number
            except (KeyError, IndexError, TypeError):
                break
            nearest = links.place_of(node) or nearest
        return nearest


def _where_of_document(resource: Resource, links: Links, steps: tuple[str | int, ...]) -> Location | None:
    """Return the place of a value in its file, or in the program where that has changed what the file says."""
    document = resource.document
    if document is None or resource.edited is None or resource.tree is document.tree:
        return resource.where if document is None else document.where(steps)
    said, node, nearest = document.tree, resource.tree, None
    for step in steps:
        said, node = _inside(said, step), _inside(node, step)
        nearest = links.place_of(node) or nearest
    if nearest is not None:
        return nearest
    is_same = said == node or (isinstance(said, dict | list) and type(said) is type(node))
    return document.where(steps) if is_same else resource.edited


def _inside(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None
