"""The request to an API server that an object is, as policies see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, NoReturn

from kpy.syntax.cel.errors import ClusterError

__all__ = ["Request", "Resource", "stamped", "unknown_labels"]

Tree = dict[str, Any]

_NAME: Final = "kubernetes.io/metadata.name"


class Resource(NamedTuple):
    """What a server calls the objects of a kind."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool

    @property
    def api_version(self) -> str:
        """The `apiVersion` of its objects."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def names(self) -> Tree:
        """Return the kind as expressions see it."""
        return {"group": self.group, "version": self.version, "kind": self.kind}

    def resource(self) -> Tree:
        """Return the resource as expressions see it."""
        return {"group": self.group, "version": self.version, "resource": self.plural}


class Request(NamedTuple):
    """A request to create an object, or to update one that is there."""

    resource: Resource
    #: The object as a server has it in hand, and as it stands before an update.
    object: Tree
    old: Tree | None
    #: The namespace that it is in; nothing for what is in none.
    space: Tree | None
    #: The other versions in which a server serves the object.
    equivalents: tuple[Resource, ...] = ()
    #: The resource that was asked for, where a policy sees another.
    asked: Resource | None = None

    @property
    def operation(self) -> str:
        """What is asked for."""
        return "CREATE" if self.old is None else "UPDATE"

    @property
    def name(self) -> str:
        """The name of the object; empty where a server makes it."""
        return str(self.object["metadata"].get("name") or "")

    @property
    def namespace(self) -> str:
        """The namespace of the object; that of a namespace is itself."""
        if self.resource.kind == "Namespace" and not self.resource.group:
            return self.name
        return str(self.object["metadata"].get("namespace") or "") if self.resource.namespaced else ""

    def values(self) -> Tree:
        """Return the values of the names that expressions use."""
        return {
            "object": stamped(self.object),
            "oldObject": None if self.old is None else stamped(self.old),
            "request": self._request(),
            "namespaceObject": self.space,
            "authorizer": None,
            "authorizer.requestResource": None,
        }

    def _request(self) -> Tree:
        asked = self.asked or self.resource
        word = "CreateOptions" if self.old is None else "UpdateOptions"
        found = {
            "kind": self.resource.names(),
            "resource": self.resource.resource(),
            "requestKind": asked.names(),
            "requestResource": asked.resource(),
            "name": self.name,
            "namespace": self.namespace,
            "operation": self.operation,
            "userInfo": _User(),
            "dryRun": True,
            "options": {"kind": word, "apiVersion": "meta.k8s.io/v1", "dryRun": ["All"]},
        }
        return {key: value for key, value in found.items() if value != ""}


#: What a server writes into every object, so that it is there although nobody says it.
_STAMPS: Final = frozenset({"creationTimestamp", "generation", "managedFields", "uid"})


def stamped(tree: Tree) -> Tree:
    """Return an object as policies see it: with metadata that only a server knows."""
    return {**tree, "metadata": _Metadata(tree["metadata"])}


class _Metadata(dict[Any, Any]):
    """The metadata of an object, to which a server adds what only it knows."""

    def get(self, key: Any, default: Any = None) -> Any:
        if key in _STAMPS and not super().__contains__(key):
            raise ClusterError(f"depends on `metadata.{key}`, which a cluster writes")
        return super().get(key, default)

    def __getitem__(self, key: Any) -> Any:
        self.get(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.get(key)
        return super().__contains__(key)


class _User(dict[Any, Any]):
    """Who asks, which only a cluster knows."""

    def get(self, *_: Any) -> NoReturn:
        raise ClusterError("depends on the user of a cluster")

    __getitem__ = __contains__ = get  # every question is one to the cluster

    def __iter__(self) -> Iterator[Any]:
        self.get()


class _Labels(dict[Any, Any]):
    """The labels of a namespace that is not among the documents: only one of them is known."""

    def get(self, key: Any, default: Any = None) -> Any:
        if key != _NAME:
            raise ClusterError(f"depends on the labels of the namespace {super().get(_NAME)}, which is not here")
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        return bool(self.get(key))

    def __iter__(self) -> Iterator[Any]:
        self.get("")
        return super().__iter__()


def unknown_labels(namespace: str) -> Mapping[Any, Any]:
    """Return the labels of a namespace of which only the name is known."""
    return _Labels({_NAME: namespace})
