"""Pods, and what every construct that makes pods has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kpy.constructs.fields.core_v1 import PodFields
from kpy.constructs.object import Home, Object
from kpy.constructs.scheduling import Scheduled
from kpy.constructs.selectors import NAME_LABEL
from kpy.model.declarative import Declarative
from kpy.model.plain import Sink
from kpy.model.referable import Selectable
from kpy.tree.off import Off

if TYPE_CHECKING:
    from kpy.manifest import Resource

__all__ = ["Pod", "PodOwner", "name_containers"]

Tree = dict[str, Any]


SecurityLevel = Literal["baseline", "restricted"]


class Secured(Declarative):
    """What makes pods and says how safe they shall be."""

    #: The Pod Security Standard that the pods shall meet; `"restricted"` writes the fields that it asks for. Unsaid,
    #: that of the chart or app; `OFF` for none.
    #: https://kubernetes.io/docs/concepts/security/pod-security-standards/
    security: SecurityLevel | Off | None = None

    @classmethod
    def _elsewhere(cls, name: str) -> str:
        from kpy.constructs.containers import Container
        from kpy.model.declarative import fields_of

        if name not in fields_of(Container).defaults:
            return ""
        return f"; it is a field of the container: `containers=[Container({name}=...)]`"


class PodOwner(Secured, Scheduled, Selectable, Object):
    """A construct whose pods come from a template."""

    #: The path of the pod template in the object.
    _template_path: ClassVar[tuple[str, ...]] = ("spec", "template")

    #: Labels for the pods only; `labels` go to the object and to the pods.
    pod_labels: Mapping[str, str] | None = None
    #: Annotations for the pods only; `annotations` go to the object and to the pods.
    pod_annotations: Mapping[str, str] | None = None

    def _finish(self, tree: Tree, sink: Sink) -> None:
        template = _node(tree, self._template_path)
        metadata: Tree = template.get("metadata", {})
        for key, own in (("labels", self.pod_labels), ("annotations", self.pod_annotations)):
            merged = {**(getattr(self, key) or {}), **metadata.get(key, {}), **(own or {})}
            if merged:
                metadata[key] = merged
        if metadata:
            template["metadata"] = metadata
        name_containers(template.get("spec", {}), self.name)


class Pod(PodFields, Secured, Scheduled, Selectable, Object):
    """One pod. Ordinary applications want a `Deployment`, which replaces pods that die.

        chart.add(Pod("debug", containers=[Container(image="busybox", command=["sleep", "3600"])]))

    https://kubernetes.io/docs/concepts/workloads/pods/
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Pod"
    _homes: ClassVar[tuple[Home, ...]] = ((PodFields, ("spec",)),)

    def _finish(self, tree: Tree, sink: Sink) -> None:
        name_containers(tree.get("spec", {}), self.name)

    def selector_tree(self) -> Tree:
        """Return the selector that finds the pod, as a `LabelSelector` tree."""
        return {"matchLabels": {NAME_LABEL: self.name}}

    def ensure_selected(self, resource: Resource) -> None:
        """Give the pod the label that it is selected by."""
        labels: Tree = resource.tree["metadata"].setdefault("labels", {})
        labels.setdefault(NAME_LABEL, self.name)


def name_containers(spec: Tree, name: str) -> None:
    """Give the only container of a pod the name of its workload, when it has none."""
    containers = spec.get("containers")
    if isinstance(containers, list) and len(containers) == 1 and isinstance(containers[0], dict):
        containers[0].setdefault("name", name)


def _node(tree: Tree, path: tuple[str, ...]) -> Tree:
    for step in path:
        tree = tree.setdefault(step, {})
    return tree
