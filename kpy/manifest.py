"""The one intermediate form: resources, each a plain JSON tree that knows where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kpy.diagnostics import Diagnostic, Report
from kpy.errors import LoadError
from kpy.source import Location

if TYPE_CHECKING:
    from kpy.documents import Document
    from kpy.schema import Kind

__all__ = ["Identity", "Manifest", "Mounted", "Reference", "Resource", "Selection"]

Tree = dict[str, Any]
Identity = tuple[str, str, str | None, str]


class Reference(NamedTuple):
    """A place that names another object of the app: `node[key]` is the name of `target`."""

    node: Tree
    key: str
    #: The construct or model whose name stands there.
    target: Any


class Selection(NamedTuple):
    """A place that selects the pods of a workload: `node[key]` becomes its selector."""

    node: Tree
    key: str
    #: The workload whose pods are meant.
    target: Any


class Mounted(NamedTuple):
    """What a container mounts, path by path; the volumes follow at wiring."""

    container: Tree
    #: `volumeMounts` or `volumeDevices`.
    key: str
    mounts: Mapping[str, Any]


class Resource:
    """One Kubernetes object on its way through the pipeline."""

    __slots__ = (
        "chart",
        "construct",
        "document",
        "is_raw",
        "kind_data",
        "mounted",
        "off",
        "path",
        "places",
        "references",
        "selections",
        "text",
        "tree",
        "where",
    )

    def __init__(
        self,
        tree: Tree,
        *,
        construct: Any = None,
        chart: Any = None,
        path: str = "",
        where: Location | None = None,
        is_raw: bool = False,
        kind_data: Kind | None = None,
    ) -> None:
        #: The object as plain JSON.
        self.tree = tree
        #: The construct or model that made it; nothing for a document of a file.
        self.construct = construct
        #: The chart it is in.
        self.chart = chart
        #: The way through the construct tree: `shop/edge/ingress`.
        self.path = path
        #: The user's line that made it.
        self.where = where
        #: Whether it was given as a mapping or a file, so that defaults do not reach into it.
        self.is_raw = is_raw
        #: What the API knows of its kind; nothing for custom resources and unknown kinds.
        self.kind_data = kind_data
        #: Where nested values were made, by the identity of the node, which is kept so that nobody else gets it.
        self.places: dict[int, tuple[Tree, Location]] = {}
        self.references: list[Reference] = []
        self.selections: list[Selection] = []
        self.mounted: list[Mounted] = []
        #: The document of a file that it was read from, which knows the lines of its values.
        self.document: Document | None = None
        #: Nodes and fields for which the user said `OFF`.
        self.off: set[tuple[int, str]] = set()
        #: The YAML document; empty until the last pass.
        self.text = ""

    @property
    def api_version(self) -> str:
        """The API group and version: `apps/v1`."""
        return str(self.tree.get("apiVersion", ""))

    @property
    def kind(self) -> str:
        """The kind: `Deployment`."""
        return str(self.tree.get("kind", ""))

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The metadata, empty when there is none."""
        metadata = self.tree.get("metadata")
        return metadata if isinstance(metadata, dict) else {}

    @property
    def name(self) -> str:
        """The name; empty when it has none."""
        return str(self.metadata.get("name") or "")

    @property
    def namespace(self) -> str | None:
        """The namespace; nothing for cluster-scoped kinds and where none is said."""
        namespace = self.metadata.get("namespace")
        return None if namespace is None else str(namespace)

    @property
    def identity(self) -> Identity:
        """Group, kind, namespace and name: what makes it one object for a cluster, whatever the version."""
        return self.api_version.rpartition("/")[0], self.kind, self.namespace, self.name

    def __repr__(self) -> str:
        """Return kind and name for a prompt."""
        return f"<Resource {self}>"

    def __str__(self) -> str:
        """Return kind and name for messages: `Deployment "api"`, with the namespace where one is said."""
        namespace = self.namespace
        return f'{self.kind or "object"} "{namespace}/{self.name}"' if namespace else f'{self.kind} "{self.name}"'

    def place(self, node: Tree, where: Location) -> None:
        """Remember where a nested value was made."""
        self.places[id(node)] = (node, where)

    def refer(self, node: Any, key: Any, target: Any) -> None:
        """Remember that `node[key]` is the name of another object."""
        self.references.append(Reference(node, key, target))

    def select(self, node: Any, key: Any, target: Any) -> None:
        """Remember that `node[key]` selects the pods of a workload."""
        self.selections.append(Selection(node, key, target))

    def mount(self, container: Tree, key: str, mounts: Mapping[str, Any]) -> None:
        """Remember what a container mounts."""
        self.mounted.append(Mounted(container, key, mounts))

    def leave(self, node: Tree, key: str) -> None:
        """Remember that the user switched the default of a field off."""
        self.off.add((id(node), key))

    def where_of(self, steps: Iterable[str | int]) -> Location | None:
        """Return the place of the nearest enclosing value whose line is known."""
        if self.document is not None:
            return self.document.where(steps)
        found, node = self.where, self.tree
        for step in steps:
            try:
                node = node[step]  # type: ignore[index]  # a step of a list is a number
            except (KeyError, IndexError, TypeError):
                break
            if id(node) in self.places:
                found = self.places[id(node)][1]
        return found


class Manifest:
    """All resources of an app, in the order in which they are written.

    Iterate it, look things up with `find`, print it with `to_yaml()`, write it with `write(folder)`.
    """

    def __init__(self, resources: Iterable[Resource], *, release: str, app: Any = None) -> None:
        self.resources = list(resources)
        #: The Kubernetes minor release it was checked against.
        self.release = release
        self.app = app
        #: What was found that did not stop synthesis; errors too, while the pipeline runs.
        self.diagnostics: list[Diagnostic] = []

    @property
    def report(self) -> Report:
        """What was found: after synthesis, the warnings and notes."""
        return Report(self.diagnostics)

    def __iter__(self) -> Iterator[Resource]:
        """Iterate over the resources in order."""
        return iter(self.resources)

    def __len__(self) -> int:
        """Return the number of resources."""
        return len(self.resources)

    def __repr__(self) -> str:
        """Return a short description for a prompt."""
        return f"<Manifest of {len(self.resources)} resources for Kubernetes {self.release}>"

    def find(self, kind: str, name: str, *, namespace: str | None = None) -> Resource:
        """Return the resource of that kind and name.

        Raises `LoadError`, which is a `ValueError`, when there is none or more than one.
        """
        found = [
            resource
            for resource in self.resources
            if resource.kind == kind
            and resource.name == name
            and (namespace is None or resource.namespace == namespace)
        ]
        if len(found) == 1:
            return found[0]
        there = ", ".join(str(resource) for resource in (found or self.resources)) or "nothing"
        raise LoadError(f'{"several" if found else "no"} {kind} "{name}" in the manifest; there is: {there}')

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the objects as plain JSON trees, in order; changing them changes nothing here."""
        from copy import deepcopy

        return [deepcopy(resource.tree) for resource in self.resources]

    def to_yaml(self) -> str:
        """Return the multi-document YAML."""
        return "---\n".join(resource.text for resource in self.resources)
