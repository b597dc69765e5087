"""The one intermediate form: resources, each a plain JSON tree that knows where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from kpy.diagnostics import Diagnostic, Report
from kpy.errors import LoadError, UsageError
from kpy.model.calls import guard
from kpy.objects import Key, key_of, title
from kpy.source import Location
from kpy.syntax.selectors import matches, parse_selector

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Protocol, Self

    from kpy.documents import Document
    from kpy.model.model import ApiObject
    from kpy.model.referable import Referable
    from kpy.output.files import Written
    from kpy.redaction.mask import Mask
    from kpy.schema import Kind

    class _FromDict(Protocol):
        """A kind whose objects are made of mappings."""

        @classmethod
        def from_dict(cls, data: Mapping[str, object]) -> Self: ...


__all__ = ["Manifest", "Resource"]

Tree = dict[str, Any]
A = TypeVar("A", bound="_FromDict")

#: How many resources a message lists.
_SHOWN = 20


class Resource:
    """One Kubernetes object on its way through the pipeline."""

    __slots__ = (
        "after",
        "base_name",
        "changed_by",
        "chart",
        "construct",
        "document",
        "edited",
        "is_raw",
        "kind_data",
        "named",
        "path",
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
        #: The document of a file that it was read from, which knows the lines of its values.
        self.document: Document | None = None
        #: The user's line that may have changed what the document says.
        self.edited: Location | None = None
        #: The transforms that have changed it, by name and line.
        self.changed_by: tuple[str, ...] = ()
        #: The YAML document; empty until the last pass.
        self.text = ""
        #: The name without the digest of the content; empty for what has none in its name.
        self.base_name = ""
        #: The objects that a custom resource was given for names: the field, with group, kind, namespace and name.
        self.named: tuple[tuple[str, tuple[str, str, str, str]], ...] = ()
        #: What must come before it, as `after=` says.
        self.after: tuple[Key, ...] = ()

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
    def identity(self) -> Key:
        """Group, kind, namespace and name: what makes it one object for a cluster, whatever the version."""
        return key_of(self.tree)

    def __repr__(self) -> str:
        """Return kind and name for a prompt."""
        return f"<Resource {self}>"

    def __str__(self) -> str:
        """Return kind and name for messages: `Deployment "api"`, with the namespace where one is said."""
        return title(self.tree)


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
        #: What transforms have changed, for people: `Deployment "api" (shop.py:5): changed by scrape (shop.py:9)`.
        self.changes: list[str] = []

    @property
    def report(self) -> Report:
        """What was found: after synthesis, the warnings and notes."""
        return Report(self.diagnostics, mask=self.mask)

    @property
    def mask(self) -> Mask:
        """What hides the values of its Secrets in text."""
        from kpy.redaction.mask import Mask

        return Mask(resource.tree for resource in self.resources)

    def __iter__(self) -> Iterator[Resource]:
        """Iterate over the resources in order."""
        return iter(self.resources)

    def __len__(self) -> int:
        """Return the number of resources."""
        return len(self.resources)

    def __repr__(self) -> str:
        """Return a short description for a prompt."""
        return f"<Manifest of {len(self.resources)} resources for Kubernetes {self.release}>"

    def find(
        self,
        kind: str | type[ApiObject | Referable],
        name: str | None = None,
        *,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Resource:
        """Return the one resource of that kind, by its name or its class, and of that name, namespace and labels.

        What is not said may be anything. Raises `LoadError`, which is a `ValueError`, when there is none or more than
        one.
        """
        if not isinstance(labels, Mapping | None):
            raise UsageError(f'labels={labels!r}: say a mapping, labels={{"app": "web"}}; `select` takes a selector')
        found = [
            resource
            for resource in self.resources
            if _is_of_kind(resource, kind)
            and name in (None, resource.name)
            and namespace in (None, resource.namespace)
            and (labels or {}).items() <= (resource.metadata.get("labels") or {}).items()
        ]
        if len(found) == 1:
            return found[0]
        wanted = _words(kind, name, namespace, labels)
        alike = found or [resource for resource in self.resources if _is_of_kind(resource, kind)] or self.resources
        there = _list(alike, with_labels=bool(labels))
        raise LoadError(f"{'several' if found else 'no'} {wanted} in the manifest; there is: {there}")

    @overload
    def one(
        self,
        kind: type[A],
        name: str | None = None,
        *,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> A: ...

    @overload
    def one(
        self,
        kind: type[Referable],
        name: str | None = None,
        *,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> ApiObject: ...

    def one(
        self,
        kind: type[Any],
        name: str | None = None,
        *,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the one object of that kind as a typed value: `one(Deployment).spec.template.spec.containers[0]`.

        With a class of `kpy.api`, such as `kpy.api.apps.v1.Deployment`, or of a custom kind, type checkers know its
        fields; the constructs' classes are fine too. Raises `LoadError` as `find` does.
        """
        from kpy.model.registry import kind_class

        found = self.find(kind, name, namespace=namespace, labels=labels)
        model: Any = kind_class(found.api_version, found.kind) or (kind if hasattr(kind, "from_dict") else None)
        if model is None:
            raise LoadError(f"{found} is of a custom kind, which has no typed value: use `find`")
        return model.from_dict(found.tree)

    def select(
        self, selector: str | Mapping[str, object], kind: str | type[ApiObject | Referable] | None = None
    ) -> list[Resource]:
        """Return the resources whose labels a selector selects, as `kubectl get -l` would, of a kind if one is said.

        A selector is text, `app=web,tier in (front, back),!legacy`; labels; or a LabelSelector as a tree.
        """
        if isinstance(selector, str):
            wanted: Mapping[str, object] = parse_selector(selector)
        else:
            is_tree = selector.keys() <= {"matchLabels", "matchExpressions"}
            wanted = selector if is_tree else {"matchLabels": selector}
        return [
            resource
            for resource in self.resources
            if (kind is None or _is_of_kind(resource, kind)) and matches(wanted, resource.metadata.get("labels"))
        ]

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the objects as plain JSON trees, in order; changing them changes nothing here."""
        from copy import deepcopy

        return [deepcopy(resource.tree) for resource in self.resources]

    def to_yaml(self) -> str:
        """Return the multi-document YAML."""
        return "---\n".join(resource.text for resource in self.resources)

    def write(
        self,
        folder: str | Path,
        *,
        layout: Literal["chart", "resource"] = "chart",
        prune: bool = False,
        mode: int | None = None,
    ) -> Written:
        """Write a file for each chart, or for each resource, into a folder: all of them or none.

        With `prune`, files of an earlier manifest of the app that are no longer part of it are removed, unless they
        were edited. New files with a Secret can be read by their owner alone, and files that are there keep their mode,
        unless `mode`, such as `0o640`, is given for all.
        """
        from kpy.output.files import write
        from kpy.output.layouts import lay_out

        laid = lay_out(self.resources, layout=layout, to_text=_to_yaml)
        return write(folder, laid.files, output=self.output, private=laid.private, mode=mode, prune=prune)

    @property
    def output(self) -> str:
        """Whose its files are in a folder: the name of the app."""
        return str(self.app.name) if self.app is not None else ""


guard(Manifest)


def _to_yaml(resources: Iterable[Resource]) -> str:
    from kpy.output.emit import to_yaml

    return "---\n".join(resource.text or to_yaml((resource.tree,)) for resource in resources)


def _words(
    kind: str | type[ApiObject | Referable], name: str | None, namespace: str | None, labels: Mapping[str, str] | None
) -> str:
    """Return what is looked for, in words."""
    words = kind if isinstance(kind, str) else kind.__name__
    words += f' "{name}"' if name is not None else ""
    words += f" in namespace {namespace!r}" if namespace is not None else ""
    return words + (f" with the labels {dict(labels)}" if labels else "")


def _list(resources: list[Resource], *, with_labels: bool) -> str:
    """Return the first resources, with their labels where these matter, and how many more there are."""
    shown = [
        f"{resource} with {resource.metadata.get('labels') or 'no labels'}" if with_labels else str(resource)
        for resource in resources[:_SHOWN]
    ]
    rest = [f"and {len(resources) - _SHOWN} more"] if len(resources) > _SHOWN else []
    return ", ".join([*shown, *rest]) or "nothing"


def _is_of_kind(resource: Resource, kind: str | type[ApiObject | Referable]) -> bool:
    """Return whether a resource is of a kind, given by name or as a class of that very version."""
    if isinstance(kind, str):
        return resource.kind == kind
    said = getattr(kind, "api_version", None), getattr(kind, "kind", None)
    return said == (resource.api_version, resource.kind)
