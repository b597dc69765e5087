"""Pods, and what every construct that makes pods has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from kpy.constructs.exposure import Exposed
from kpy.constructs.fields.pod import PodFields
from kpy.constructs.object import Home, Object
from kpy.constructs.pod_containers import HoldsContainers, container_name
from kpy.constructs.scheduling import Scheduled
from kpy.constructs.security import Secured
from kpy.constructs.selectors import find_by_name, selector_by_name
from kpy.errors import UsageError
from kpy.model.fields import Accepts, accepts, field
from kpy.model.mappings import model_of
from kpy.model.plain import Sink, to_plain
from kpy.model.referable import Selectable
from kpy.model.scalars import plain_texts
from kpy.tree.part import describe

if TYPE_CHECKING:
    from kpy.api.meta.v1 import ObjectMeta
    from kpy.constructs.fields.mappings import ObjectMetaMapping
    from kpy.manifest import Resource
    from kpy.model.typing import JsonObject

__all__ = ["Pod", "PodOwner", "name_containers"]

Tree = dict[str, Any]


class PodOwner(HoldsContainers, Secured, Scheduled, Selectable, Object):
    """A construct whose pods come from a template."""

    #: The path of the pod template in the object.
    _template_path: ClassVar[tuple[str, ...]] = ("spec", "template")

    object_labels: Mapping[str, str] | None = None
    """Labels for the object only, not for its pods; `labels` go to both."""
    object_annotations: Mapping[str, str] | None = None
    """Annotations for the object only, not for its pods; `annotations` go to both."""
    pod_labels: Mapping[str, str] | None = None
    """Labels for the pods only; `labels` go to the object and to the pods."""
    pod_annotations: Mapping[str, str] | None = None
    """Annotations for the pods only; `annotations` go to the object and to the pods."""
    pod_metadata: Accepts[ObjectMeta | ObjectMetaMapping | JsonObject | None, ObjectMeta | None] = accepts(
        model_of("meta/v1 ObjectMeta"), default=None
    )
    """The rest of the metadata of the pods, such as a name or finalizers, and labels for the pods only."""

    def _lower_metadata(self, sink: Sink) -> Tree:
        metadata = super()._lower_metadata(sink)
        for key, own in (("labels", self.object_labels), ("annotations", self.object_annotations)):
            if own:
                said: Tree = dict(plain_texts(own))
                self._lay_onto(said, metadata.setdefault(key, {}), f"object_{key}")
        return metadata

    def _finish(self, tree: Tree, sink: Sink) -> None:
        _check_account(self)
        template = _node(tree, self._template_path)
        metadata: Tree = template.get("metadata", {})
        if self.pod_metadata is not None:
            said = to_plain(self.pod_metadata, sink)
            self._lay_onto(metadata, said, "pod_metadata")
            metadata = said
        for key, own in (("labels", self.pod_labels), ("annotations", self.pod_annotations)):
            base = metadata.get(key, {})
            if own:
                own = plain_texts(own)
                self._lay_onto(base, dict(own), f"pod_{key}")
            shared = getattr(self, key)
            merged = {**(plain_texts(shared) if isinstance(shared, Mapping) else {}), **base, **(own or {})}
            if merged:
                metadata[key] = merged
        if metadata:
            template["metadata"] = metadata
        find_by_name(self, metadata.get("labels"))
        name_containers(template.get("spec", {}), self.name or self.generated_name)


class Pod(PodFields, HoldsContainers, Exposed, Secured, Scheduled, Selectable, Object):
    """One pod. Ordinary applications want a `Deployment`, which replaces pods that die.

        chart.add(Pod("debug", containers=[Container(image="busybox", command=["sleep", "3600"])]))

    https://kubernetes.io/docs/concepts/workloads/pods/
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Pod"
    _homes: ClassVar[tuple[Home, ...]] = ((PodFields, ("spec",)),)

    name: str = field(default="", kw_only=False)
    """The name; it may be left out where there is a `generate_name`."""

    def _finish(self, tree: Tree, sink: Sink) -> None:
        _check_account(self)
        name_containers(tree.get("spec", {}), self.name or self.generated_name)
        find_by_name(self, tree["metadata"].get("labels"))

    def selector_tree(self) -> Tree:
        """Return the selector that finds the pod, as a `LabelSelector` tree."""
        return selector_by_name(self)

    def ensure_selected(self, resource: Resource) -> None:
        """Give the pod the label that it is selected by."""
        metadata: Tree = resource.tree["metadata"]
        metadata["labels"] = {**find_by_name(self, metadata.get("labels")), **metadata.get("labels", {})}


def name_containers(spec: Tree, name: str) -> None:
    """Give the only container of a pod the name of its workload, when it has none; one with dots gets dashes."""
    containers = spec.get("containers")
    if name and isinstance(containers, list) and len(containers) == 1 and isinstance(containers[0], dict):
        containers[0].setdefault("name", container_name(name))


def _check_account(owner: Any) -> None:
    """Refuse two service accounts: `service_account` writes `serviceAccountName`, since its own field is deprecated."""
    if getattr(owner, "service_account", None) is not None and owner.service_account_name is not None:
        raise UsageError(f"{describe(owner)} is given both `service_account` and `service_account_name`; leave one out")


def _node(tree: Tree, path: tuple[str, ...]) -> Tree:
    for step in path:
        tree = tree.setdefault(step, {})
    return tree
