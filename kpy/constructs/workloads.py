"""Workloads that keep pods running: Deployment, StatefulSet, DaemonSet, ReplicaSet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Unpack

from kpy.constructs.autoscaling import HorizontalPodAutoscaler, PodDisruptionBudget
from kpy.constructs.fields.apps_v1 import DaemonSetFields, DeploymentFields, ReplicaSetFields, StatefulSetFields
from kpy.constructs.fields.core_v1 import PodFields
from kpy.constructs.ingresses import Ingress
from kpy.constructs.object import Home
from kpy.constructs.pods import PodOwner
from kpy.constructs.selectors import NAME_LABEL
from kpy.constructs.services import Service, ports_of, service_for
from kpy.errors import UsageError
from kpy.model.plain import Sink
from kpy.model.referable import Selectable
from kpy.tree.part import describe

if TYPE_CHECKING:
    from kpy.constructs.fields.core_v1 import ServiceArguments
    from kpy.model.typing import QuantityInput

__all__ = ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "Workload"]

Tree = dict[str, Any]


class Workload(PodOwner):
    """A construct that keeps pods running and finds them by a selector."""

    def expose(self, name: str | None = None, **arguments: Unpack[ServiceArguments]) -> Service:
        """Return a Service, not yet added, in front of the pods.

        Unsaid, its name is the workload's and its ports are the containers' ports: the same number under the same
        name, with the name as target where there is one. Several ports without names are an error. All fields of a
        Service can be given.
        """
        return service_for(self, name, arguments)

    def expose_via_ingress(
        self, host: str | None = None, path: str = "/", *, name: str | None = None
    ) -> tuple[Service, Ingress]:
        """Return a Service and an Ingress, not yet added, that lead a host and path to the pods.

        for part in web.expose_via_ingress("shop.io"):
            chart.add(part)
        """
        service = self.expose(name)
        return service, Ingress(name or self.name, host=host, routes={path: service})

    def scale(
        self,
        min_replicas: int,
        max_replicas: int,
        *,
        cpu: int | None = None,
        memory: int | QuantityInput | None = None,
        name: str | None = None,
    ) -> HorizontalPodAutoscaler:
        """Return an autoscaler, not yet added, that holds the use of CPU (percent) or memory (percent or amount)."""
        return HorizontalPodAutoscaler(
            name or self.name,
            scale_target_ref=self,
            min_replicas=min_replicas,
            max_replicas=max_replicas,
            cpu=cpu,
            memory=memory,
        )

    def budget(
        self,
        *,
        min_available: int | str | None = None,
        max_unavailable: int | str | None = None,
        name: str | None = None,
    ) -> PodDisruptionBudget:
        """Return a disruption budget, not yet added, for the pods: a number or a percentage (`"50%"`)."""
        return PodDisruptionBudget(
            name or self.name, selector=self, min_available=min_available, max_unavailable=max_unavailable
        )

    def selector_tree(self) -> Tree:
        """Return the selector of the pods as a `LabelSelector` tree."""
        from kpy.model.plain import to_plain

        selector = getattr(self, "selector", None)
        if selector is None or isinstance(selector, Selectable):
            return {"matchLabels": {NAME_LABEL: self.name}}
        return to_plain(selector)

    def _finish(self, tree: Tree, sink: Sink) -> None:
        super()._finish(tree, sink)
        spec = tree["spec"]
        selector = spec.setdefault("selector", {"matchLabels": {NAME_LABEL: self.name}})
        labels = selector.get("matchLabels")
        if labels:
            metadata = spec.setdefault("template", {}).setdefault("metadata", {})
            metadata["labels"] = {**labels, **metadata.get("labels", {})}


class Deployment(DeploymentFields, PodFields, Workload):
    """Pods of one kind, kept at a number and replaced step by step when their template changes.

        api = chart.add(Deployment("api", replicas=2, containers=[
            Container(image="ghcr.io/shop/api:v2", ports={"http": 8080}),
        ]))
        service = chart.add(api.expose())

    https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
    """

    api_version: ClassVar[str] = "apps/v1"
    kind: ClassVar[str] = "Deployment"
    _homes: ClassVar[tuple[Home, ...]] = ((DeploymentFields, ("spec",)), (PodFields, ("spec", "template", "spec")))


class ReplicaSet(ReplicaSetFields, PodFields, Workload):
    """Pods of one kind, kept at a number. Ordinary applications want a `Deployment`, which manages ReplicaSets.

    https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
    """

    api_version: ClassVar[str] = "apps/v1"
    kind: ClassVar[str] = "ReplicaSet"
    _homes: ClassVar[tuple[Home, ...]] = ((ReplicaSetFields, ("spec",)), (PodFields, ("spec", "template", "spec")))


class DaemonSet(DaemonSetFields, PodFields, Workload):
    """One pod on every node, or on every node that is selected.

        chart.add(DaemonSet("node-exporter", containers=[Container(image="quay.io/prometheus/node-exporter:v1.8.2")]))

    https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
    """

    api_version: ClassVar[str] = "apps/v1"
    kind: ClassVar[str] = "DaemonSet"
    _homes: ClassVar[tuple[Home, ...]] = ((DaemonSetFields, ("spec",)), (PodFields, ("spec", "template", "spec")))


class StatefulSet(StatefulSetFields, PodFields, Workload):
    """Pods with stable names and storage of their own.

        data = Claim("data", storage="10Gi")
        db = StatefulSet("db", replicas=3, headless=True, volume_claim_templates=[data],
                         containers=[Container(image="postgres:17", mounts={"/var/lib/postgresql/data": data})])

    With `headless=True` it has a headless Service of its own name as a part, which gives each pod a DNS name.

    https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
    """

    api_version: ClassVar[str] = "apps/v1"
    kind: ClassVar[str] = "StatefulSet"
    _homes: ClassVar[tuple[Home, ...]] = ((StatefulSetFields, ("spec",)), (PodFields, ("spec", "template", "spec")))

    #: Add a headless Service, of the workload's name and with the containers' ports, and make it the `service_name`.
    headless: bool = False

    def build(self) -> None:
        """Add the headless Service, when one is wanted."""
        if not self.headless:
            return
        if self.service_name is not None:
            raise UsageError(f"{describe(self)} says both `headless` and `service_name`; leave one out")
        service = Service(self.name, namespace=self.namespace, cluster_ip="None", selector=self, ports=ports_of(self))
        self.__dict__["service_name"] = self.add(service)
