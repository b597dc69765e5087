"""Workloads that keep pods running: Deployment, StatefulSet, DaemonSet, ReplicaSet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Unpack

from kpy.constructs.autoscaling import HorizontalPodAutoscaler
from kpy.constructs.exposure import Exposed
from kpy.constructs.fields.daemon_set import DaemonSetFields
from kpy.constructs.fields.deployment import DeploymentFields
from kpy.constructs.fields.pod import PodFields
from kpy.constructs.fields.replica_set import ReplicaSetFields
from kpy.constructs.fields.stateful_set import StatefulSetFields
from kpy.constructs.object import Home
from kpy.constructs.pods import PodOwner
from kpy.constructs.selectors import find_by_name, selector_by_name
from kpy.constructs.service_ports import ports_of
from kpy.constructs.services import Service
from kpy.errors import UsageError
from kpy.model.plain import Sink
from kpy.model.referable import Selectable
from kpy.tree.part import describe, namespace_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpy.api.autoscaling.v2 import HPAScalingRules, MetricSpec
    from kpy.constructs.object import ObjectArguments
    from kpy.model.typing import JsonObject, QuantityInput

__all__ = ["DaemonSet", "Deployment", "ReplicaSet", "Scalable", "StatefulSet", "Workload"]

Tree = dict[str, Any]


class Workload(Exposed, PodOwner):
    """A construct that keeps pods running and finds them by a selector."""

    def selector_tree(self) -> Tree:
        """Return the selector of the pods as a `LabelSelector` tree."""
        from kpy.model.plain import to_plain

        selector = getattr(self, "selector", None)
        if selector is None or isinstance(selector, Selectable):
            return selector_by_name(self)
        return to_plain(selector)

    def _finish(self, tree: Tree, sink: Sink) -> None:
        super()._finish(tree, sink)
        spec = tree["spec"]
        metadata = spec.setdefault("template", {}).setdefault("metadata", {})
        selector = spec.setdefault("selector", {"matchLabels": find_by_name(self, metadata.get("labels"))})
        labels = selector.get("matchLabels")
        if labels:
            metadata["labels"] = {**labels, **metadata.get("labels", {})}


class Scalable(Workload):
    """A workload whose number of pods can be changed."""

    def scale(
        self,
        min_replicas: int,
        max_replicas: int,
        *,
        cpu: int | QuantityInput | None = None,
        memory: int | QuantityInput | None = None,
        metrics: Sequence[MetricSpec | JsonObject] | None = None,
        scale_up: HPAScalingRules | JsonObject | None = None,
        scale_down: HPAScalingRules | JsonObject | None = None,
        name: str | None = None,
        **arguments: Unpack[ObjectArguments],
    ) -> HorizontalPodAutoscaler:
        """Return an autoscaler, not yet added, that holds the use of CPU, memory or other measures.

        A number is percent of what the pods request, text is an amount for each pod.
        """
        return HorizontalPodAutoscaler(
            name or self.name,
            scale_target_ref=self,
            min_replicas=min_replicas,
            max_replicas=max_replicas,
            cpu=cpu,
            memory=memory,
            metrics=metrics,
            scale_up=scale_up,
            scale_down=scale_down,
            **arguments,
        )


class Deployment(DeploymentFields, PodFields, Scalable):
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


class ReplicaSet(ReplicaSetFields, PodFields, Scalable):
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


class StatefulSet(StatefulSetFields, PodFields, Scalable):
    """Pods with stable names and storage of their own.

        data = Claim("data", storage="10Gi")
        db = StatefulSet("db", replicas=3, headless=True, volume_claim_templates=[data],
                         containers=[Container(image="postgres:17", mounts={"/var/lib/postgresql/data": data})])

    With `headless=True` it has a headless Service of its own name as a part, `db.service`, which gives each pod a DNS
    name.

    https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
    """

    api_version: ClassVar[str] = "apps/v1"
    kind: ClassVar[str] = "StatefulSet"
    _homes: ClassVar[tuple[Home, ...]] = ((StatefulSetFields, ("spec",)), (PodFields, ("spec", "template", "spec")))

    headless: bool = False
    """Add a headless Service, of the workload's name and with the containers' ports, and make it the `service_name`."""

    def build(self) -> None:
        """Add the headless Service, when one is wanted."""
        if not self.headless:
            return
        if self.service_name is not None:
            raise UsageError(f"{describe(self)} is given both `headless` and `service_name`; leave one out")
        service = Service(
            self.name,
            namespace=self.namespace,
            labels=self.labels,
            cluster_ip="None",
            selector=self,
            ports=ports_of(self) or None,
        )
        self.__dict__["service_name"] = self.add(service)

    @property
    def service(self) -> Service:
        """The Service that names the pods: the one that `headless=True` makes, or the one given as `service_name`."""
        if isinstance(self.service_name, Service):
            return self.service_name
        raise UsageError(f"{describe(self)} has no Service of its own; write `headless=True`, or use `expose()`")

    def pod_host(self, ordinal: int) -> str:
        """Return the DNS name of one pod within the namespace: `db-0.db`.

        https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id
        """
        service = self.service_name
        if service is None:
            raise UsageError(f"{describe(self)} has no Service that names its pods; write `headless=True`")
        return f"{self.name}-{ordinal}.{service if isinstance(service, str) else service.name}"

    def pod_fqdn(self, ordinal: int) -> str:
        """Return the DNS name of one pod within the cluster: `db-0.db.shop.svc`."""
        namespace = namespace_of(self)
        if namespace is None:
            raise UsageError(
                f"{describe(self)} has no namespace yet, so its pods have no full name: "
                f"give it or its chart one, and add it first"
            )
        return f"{self.pod_host(ordinal)}.{namespace}.svc"
