"""Kubernetes objects as constructs: how keywords become a plain tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypedDict

from kpy.errors import ArgumentError, UsageError
from kpy.model.declarative import Declarative
from kpy.model.fields import Accepts, accepts, field, fields_of
from kpy.model.mappings import model_of
from kpy.model.plain import Sink, fields_to_plain, to_plain
from kpy.model.referable import Ref, Referable
from kpy.model.scalars import plain_text, plain_texts
from kpy.source import caller
from kpy.tree.construct import Construct
from kpy.tree.part import Part, describe, frozen
from kpy.tree.shared import OutsideApp, to_after, to_aliases, to_protect, to_waivers

if TYPE_CHECKING:
    from kpy.api.meta.v1 import ObjectMeta
    from kpy.constructs.fields.mappings import ObjectMetaMapping
    from kpy.model.typing import JsonObject

    class ObjectArguments(TypedDict, total=False):
        """The keywords that all objects have in common, all but the name."""

        namespace: str | Referable | None
        labels: Mapping[str, str] | None
        annotations: Mapping[str, str] | None
        metadata: ObjectMeta | ObjectMetaMapping | JsonObject | None
        patch: Mapping[str, object] | None
        after: Sequence[Referable | Part | OutsideApp]
        waive: Mapping[str, str] | None
        aliases: Sequence[str] | None
        protect: bool | None


__all__ = ["Home", "Object", "name_in", "refer", "to_patch"]

Tree = dict[str, Any]
#: A class that declares the fields of an API type, and the path at which they stand in the object.
Home = tuple[type[Declarative], tuple[str, ...]]


def name_in(said: str | Referable, sink: Sink, node: Any, key: Any) -> str:
    """Return the name to write at `node[key]`, remembering an object that was given for it."""
    if isinstance(said, Referable):
        refer(said, sink, node, key)
        return said.name
    return said if type(said) is str else plain_text(said)


def refer(target: Referable, sink: Sink, node: Any, key: Any) -> None:
    """Remember that an object stands at `node[key]`, unless it exists outside the app."""
    if not target._is_existing:
        sink.refer(node, key, target)


def to_patch(said: Mapping[str, object]) -> Mapping[str, object]:
    """Return a patch, which is a mapping."""
    if not isinstance(said, Mapping):
        raise ArgumentError(f'expected a mapping in the names of the API, `{{"spec": {{...}}}}`, not {said!r}')
    return said


class Object(Construct, Referable):  # pyright: ignore[reportIncompatibleVariableOverride]  # likewise the name
    """A Kubernetes object with typed keywords; the base of Deployment, Service and all others.

    `labels` and `annotations` are its metadata, `metadata` takes the rest of it, and `patch` (the API's own names,
    `None` deletes) is merged last by strategic merge, so that it can change anything.
    """

    api_version: ClassVar[str]
    kind: ClassVar[str]
    #: An object with `object["key"]` is not a sequence: Python would ask it for 0, 1, 2 and so on for ever.
    __iter__: ClassVar[None] = None
    #: Where the keywords stand in the object, outermost first.
    _homes: ClassVar[tuple[Home, ...]] = ()

    namespace: str | Referable | None = None
    """The namespace; by default, the chart's. Text, or a `Namespace` object."""
    labels: Mapping[str, str] | None = None
    """Short facts by which the object is found and selected, such as `{"team": "checkout"}`; kpy adds its own."""
    annotations: Mapping[str, str] | None = None
    """Notes for people and programs, such as `{"prometheus.io/scrape": "true"}`; nothing is selected by them."""
    generate_name: str | None = None
    """What the server makes a name of, for an object without one: `"migrate-"`. Such an object can be created (`kubectl
    create`) and not applied."""
    metadata: Accepts[ObjectMeta | ObjectMetaMapping | JsonObject | None, ObjectMeta | None] = accepts(
        model_of("meta/v1 ObjectMeta"), default=None
    )
    """The rest of the metadata: finalizers, owner references."""
    patch: Accepts[Mapping[str, object] | None, Mapping[str, object] | None] = accepts(
        "kpy.constructs.object:to_patch", default=None
    )
    """A strategic merge patch, merged last, in the API's own names; `None` deletes a field."""
    after: Accepts[Sequence[Referable | Part | OutsideApp], Sequence[Referable | Part | OutsideApp]] = accepts(
        to_after, default=()
    )
    """What must come before it: objects, constructs, charts, or another app."""
    waive: Accepts[Mapping[str, str] | None, Mapping[str, str] | None] = accepts(to_waivers, default=None)
    """Rules not to report for this object, by name, each with the reason."""
    aliases: Accepts[Sequence[str] | None, Sequence[str] | None] = accepts(to_aliases, default=None)
    """Names that the object had before, `"api"` or `"namespace/api"`: comparing and applying show one replacement."""
    protect: Accepts[bool | None, bool | None] = accepts(to_protect, default=None)
    """Whether the object is protected: comparing, applying and deleting refuse to lose it."""

    if not TYPE_CHECKING:
        name: str = field(default="", kw_only=False)
        """The name of the object, unique in its namespace. Needed, unless there is a `generate_name`."""

    def __kpy_init__(self) -> None:
        """Check that there is a name, or what the server makes one of."""
        if self.name == "" and not self.generated_name:
            raise ArgumentError(f"{type(self).__name__} needs `name`, or `generate_name` for what is only created")
        super().__kpy_init__()

    @property
    def generated_name(self) -> str:
        """What the server makes a name of; empty for an object that has its name."""
        return self.generate_name or str(getattr(self.metadata, "generate_name", None) or "")

    @classmethod
    def existing(cls, name: str, *, namespace: str | Referable | None = None) -> Self:
        """Return an object that is in the cluster already, or that somebody else makes.

        It stands wherever one of its kind does, is never written, and is not added:

            Container(image="...", env={"PASSWORD": Secret.existing("database")["password"]})
        """
        found = cls(name, namespace=namespace)
        found.__dict__["_is_existing"] = True
        return found

    def add_patch(self, patch: Mapping[str, object]) -> Self:
        """Merge one more strategic merge patch last, after `patch` and those that were added before; return the object.

            api.deployment.add_patch({"spec": {"minReadySeconds": 5}})

        It has the API's own names, and `None` deletes a field. A change of a field that kpy knows is better made by
        the field.
        """
        if self.__dict__["_locked"]:
            raise frozen(self, "patch it")
        self.__dict__.setdefault("_patches", []).append(to_patch(patch))
        return self

    def ref(self, **fields: object) -> Ref:
        """Return a reference to the object, for a field of a custom resource that says kind, group and name.

            Certificate("web", secret_name="web-tls", issuer_ref=issuer.ref())

        The field takes what it has keys for. `fields` are its other fields, in their Python names:
        `gateway.ref(section_name="https")`.
        """
        return Ref(self, fields)

    def lower_into(self, tree: Tree, sink: Sink) -> None:
        """Write the object into a tree; the sink hears where values were made and what they refer to."""
        self.__dict__["_is_lowered"] = True
        tree["apiVersion"] = self.api_version
        tree["kind"] = self.kind
        tree["metadata"] = self._lower_metadata(sink)
        for fields, path in self._homes:
            node = self._lower_home(fields, path, sink)
            if path:
                self._put(tree, path, node)
            else:
                tree.update(node)
        self._finish(tree, sink)

    def _lower_home(self, fields: type[Declarative], path: tuple[str, ...], sink: Sink) -> Tree:
        """Return the node of those keywords that stand at a path."""
        return fields_to_plain(self, fields, sink)

    def _lower_metadata(self, sink: Sink) -> Tree:
        metadata: Tree = {"name": self.name} if self.name else {}
        if self.generate_name is not None:
            metadata["generateName"] = self.generate_name
        if self.namespace is not None:
            metadata["namespace"] = name_in(self.namespace, sink, metadata, "namespace")
        if self.labels is not None:
            metadata["labels"] = plain_texts(self.labels) if isinstance(self.labels, Mapping) else self.labels
        if self.annotations is not None:
            annotations = self.annotations
            metadata["annotations"] = plain_texts(annotations) if isinstance(annotations, Mapping) else annotations
        if self.metadata is not None:
            self._lay_onto(to_plain(self.metadata, sink), metadata, "metadata")
        return metadata

    def _assign(self, name: str, value: object) -> None:
        cls = type(self)
        if cls.__module__.startswith("kpy.") and name not in fields_of(cls).defaults and not hasattr(cls, name):
            from kpy.model.arguments import unknown

            raise unknown(cls, name, caller(), "field")
        super()._assign(name, value)

    def _finish(self, tree: Tree, sink: Sink) -> None:
        """Add what a kind derives from its keywords, such as a workload's selector."""

    def _put(self, tree: Tree, path: tuple[str, ...], node: Tree) -> None:
        """Put the node for a home at its path, laid onto what is there already."""
        *way, last = path
        parent = tree
        for step in way:
            parent = parent.setdefault(step, {})
        base = parent.get(last)
        if not node and base is None and len(path) > 1:
            return
        if base:
            self._lay_onto(base, node, ".".join(path))
        parent[last] = node

    def _lay_onto(self, base: Tree, node: Tree, said: str) -> None:
        """Add to a node what the base has; the same leaf in both is an error."""
        for key, value in base.items():
            if key not in node:
                node[key] = value
            elif isinstance(value, dict) and isinstance(node[key], dict):
                self._lay_onto(value, node[key], f"{said}.{key}")
            else:
                raise UsageError(
                    f"{describe(self)} says `{said}.{key}` twice: {value!r} in the base and {node[key]!r} by keyword; "
                    f"leave one out"
                )
