"""Availability and scale: HorizontalPodAutoscaler and PodDisruptionBudget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from kpy.api.autoscaling import v2 as autoscaling
from kpy.constructs.fields.autoscaling_v2 import HorizontalPodAutoscalerFields
from kpy.constructs.fields.policy_v1 import PodDisruptionBudgetFields
from kpy.constructs.object import Home, Object
from kpy.errors import ArgumentError
from kpy.model.plain import to_plain

if TYPE_CHECKING:
    from kpy.model.plain import Sink
    from kpy.model.typing import QuantityInput

__all__ = ["HorizontalPodAutoscaler", "PodDisruptionBudget", "to_scale_target"]


class HorizontalPodAutoscaler(HorizontalPodAutoscalerFields, Object):
    """Follows the load of a workload with its number of pods.

        chart.add(HorizontalPodAutoscaler("api", scale_target_ref=api, min_replicas=2, max_replicas=10, cpu=80))

    `api.scale(2, 10, cpu=80)` makes the same. The `replicas` of a target in the app are left out of its output, so
    that an apply does not undo what the autoscaler did.

    https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
    """

    api_version: ClassVar[str] = "autoscaling/v2"
    kind: ClassVar[str] = "HorizontalPodAutoscaler"
    _homes: ClassVar[tuple[Home, ...]] = ((HorizontalPodAutoscalerFields, ("spec",)),)

    #: The average CPU use to hold, in percent of what the pods request: short for a metric.
    cpu: int | None = None
    #: The average memory use to hold: percent of the requests as a number, an amount as text (`"512Mi"`).
    memory: int | QuantityInput | None = None

    def _finish(self, tree: dict[str, Any], sink: Sink) -> None:
        targets = [("cpu", self.cpu), ("memory", self.memory)]
        metrics = [to_plain(_resource_metric(name, target)) for name, target in targets if target is not None]
        if metrics:
            tree["spec"]["metrics"] = [*metrics, *tree["spec"].get("metrics", ())]


class PodDisruptionBudget(PodDisruptionBudgetFields, Object):
    """How many pods of a workload may be taken away at once, for maintenance of nodes.

        chart.add(PodDisruptionBudget("api", selector=api, min_available=1))

    https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    """

    api_version: ClassVar[str] = "policy/v1"
    kind: ClassVar[str] = "PodDisruptionBudget"
    _homes: ClassVar[tuple[Home, ...]] = ((PodDisruptionBudgetFields, ("spec",)),)


def to_scale_target(
    said: Object | autoscaling.CrossVersionObjectReference,
) -> autoscaling.CrossVersionObjectReference:
    """Return what is scaled as the API's own type."""
    if isinstance(said, autoscaling.CrossVersionObjectReference):
        return said
    if isinstance(said, Object):
        return autoscaling.CrossVersionObjectReference(api_version=said.api_version, kind=said.kind, name=said)
    raise ArgumentError(f"{said!r} cannot be scaled: expected a workload or a CrossVersionObjectReference")


def _resource_metric(name: str, target: int | QuantityInput) -> autoscaling.MetricSpec:
    goal = (
        autoscaling.MetricTarget(type="Utilization", average_utilization=target)
        if isinstance(target, int)
        else autoscaling.MetricTarget(type="AverageValue", average_value=target)
    )
    return autoscaling.MetricSpec(type="Resource", resource=autoscaling.ResourceMetricSource(name=name, target=goal))
