"""Classes of the cluster: PriorityClass, RuntimeClass, IngressClass, StorageClass."""

from __future__ import annotations

from typing import ClassVar

from kpy.constructs.fields.ingress_class import IngressClassFields
from kpy.constructs.fields.priority_class import PriorityClassFields
from kpy.constructs.fields.runtime_class import RuntimeClassFields
from kpy.constructs.fields.storage_class import StorageClassFields
from kpy.constructs.object import Home, Object

__all__ = ["IngressClass", "PriorityClass", "RuntimeClass", "StorageClass"]


class PriorityClass(PriorityClassFields, Object):
    """How important pods are when nodes are full.

        critical = chart.add(PriorityClass("critical", value=100_000, description="the checkout"))
        chart.add(Deployment("checkout", priority_class_name=critical, containers=[...]))

    https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
    """

    api_version: ClassVar[str] = "scheduling.k8s.io/v1"
    kind: ClassVar[str] = "PriorityClass"
    _homes: ClassVar[tuple[Home, ...]] = ((PriorityClassFields, ()),)


class RuntimeClass(RuntimeClassFields, Object):
    """A container runtime that pods can ask for: `RuntimeClass("gvisor", handler="runsc")`.

    https://kubernetes.io/docs/concepts/containers/runtime-class/
    """

    api_version: ClassVar[str] = "node.k8s.io/v1"
    kind: ClassVar[str] = "RuntimeClass"
    _homes: ClassVar[tuple[Home, ...]] = ((RuntimeClassFields, ()),)


class IngressClass(IngressClassFields, Object):
    """A controller that serves Ingresses: `IngressClass("nginx", controller="k8s.io/ingress-nginx")`.

    https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class
    """

    api_version: ClassVar[str] = "networking.k8s.io/v1"
    kind: ClassVar[str] = "IngressClass"
    _homes: ClassVar[tuple[Home, ...]] = ((IngressClassFields, ("spec",)),)


class StorageClass(StorageClassFields, Object):
    """A kind of storage that claims can ask for.

        fast = chart.add(StorageClass("fast", provisioner="pd.csi.storage.gke.io", parameters={"type": "pd-ssd"}))
        chart.add(Claim("data", storage="10Gi", storage_class_name=fast))

    https://kubernetes.io/docs/concepts/storage/storage-classes/
    """

    api_version: ClassVar[str] = "storage.k8s.io/v1"
    kind: ClassVar[str] = "StorageClass"
    _homes: ClassVar[tuple[Home, ...]] = ((StorageClassFields, ()),)
