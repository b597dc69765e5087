"""What an autoscaler looks at, and how fast it follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from kpy.api.autoscaling import v2 as autoscaling
from kpy.constructs.selectors import SelectorInput, to_selector
from kpy.errors import ArgumentError, UsageError
from kpy.model.mappings import as_model
from kpy.model.referable import Referable
from kpy.model.shown import shown
from kpy.model.typing import JsonObject

if TYPE_CHECKING:
    from kpy.model.typing import QuantityInput, Seconds

__all__ = ["Metric", "ScaleTarget", "ScalingRules", "to_scale_target"]

#: Whatever can be scaled, or described: an object, or the API's own reference to one.
ScaleTarget = Referable | autoscaling.CrossVersionObjectReference | JsonObject


class Metric(autoscaling.MetricSpec):
    """A measure that an autoscaler holds at a goal.

        api.scale(2, 10, metrics=[Metric.cpu(80), Metric.pods("http_requests_per_second", average=100)])

    https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale-walkthrough/
    """

    @classmethod
    def cpu(cls, goal: int | QuantityInput) -> Metric:
        """CPU of the pods: percent of their requests as a number, an amount for each as text (`"500m"`)."""
        return cls.of_resource("cpu", goal)

    @classmethod
    def memory(cls, goal: int | QuantityInput) -> Metric:
        """Memory of the pods: percent of their requests as a number, an amount for each as text (`"512Mi"`)."""
        return cls.of_resource("memory", goal)

    @classmethod
    def of_resource(cls, name: str, goal: int | QuantityInput, *, container: str | None = None) -> Metric:
        """Any resource that pods request; with `container` that of one container of each pod."""
        target = (
            autoscaling.MetricTarget(type="Utilization", average_utilization=goal)
            if isinstance(goal, int)
            else autoscaling.MetricTarget(type="AverageValue", average_value=goal)
        )
        if container is None:
            return cls(type="Resource", resource=autoscaling.ResourceMetricSource(name=name, target=target))
        source = autoscaling.ContainerResourceMetricSource(name=name, container=container, target=target)
        return cls(type="ContainerResource", container_resource=source)

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def pods(  # type: ignore[override]
        cls, name: str, *, average: QuantityInput, selector: SelectorInput | None = None
    ) -> Metric:
        """A measure that each pod has, such as requests per second: the average over the pods."""
        source = autoscaling.PodsMetricSource(metric=_identifier(name, selector), target=_target(None, average))
        return cls(type="Pods", pods=source)

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def object(  # type: ignore[override]
        cls,
        name: str,
        described: ScaleTarget,
        *,
        value: QuantityInput | None = None,
        average: QuantityInput | None = None,
        selector: SelectorInput | None = None,
    ) -> Metric:
        """A measure of one other object, such as the requests of an Ingress: its value, or its share for each pod."""
        source = autoscaling.ObjectMetricSource(
            described_object=to_scale_target(described),
            metric=_identifier(name, selector),
            target=_target(value, average),
        )
        return cls(type="Object", object=source)

    @classmethod  # type: ignore[misc]  # the name of the field it fills
    def external(  # type: ignore[override]
        cls,
        name: str,
        *,
        value: QuantityInput | None = None,
        average: QuantityInput | None = None,
        selector: SelectorInput | None = None,
    ) -> Metric:
        """A measure from outside the cluster, such as the length of a queue: its value, or its share for each pod."""
        source = autoscaling.ExternalMetricSource(metric=_identifier(name, selector), target=_target(value, average))
        return cls(type="External", external=source)


class ScalingRules(autoscaling.HPAScalingRules):
    """How fast an autoscaler follows in one direction.

        api.scale(2, 10, cpu=80, scale_down=ScalingRules.at_most(percent=10, period=60, stabilization=300))

    https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
    """

    @classmethod
    def at_most(
        cls,
        *,
        period: Seconds,
        pods: int | None = None,
        percent: int | None = None,
        select: Literal["Max", "Min"] | None = None,
        stabilization: Seconds | None = None,
    ) -> ScalingRules:
        """Change by so many pods, or such a share of them, in each period; `select` says which of both counts.

        `stabilization` is how long the autoscaler looks back before it follows. Raises `UsageError` for neither.
        """
        limits: list[tuple[Literal["Pods", "Percent"], int | None]] = [("Pods", pods), ("Percent", percent)]
        policies = [
            autoscaling.HPAScalingPolicy(type=type_name, value=value, period_seconds=period)
            for type_name, value in limits
            if value is not None
        ]
        if not policies:
            raise UsageError("`ScalingRules.at_most` needs `pods=` or `percent=`")
        return cls(policies=policies, select_policy=select, stabilization_window_seconds=stabilization)

    @classmethod
    def never(cls) -> ScalingRules:
        """Do not change the number of pods in this direction."""
        return cls(select_policy="Disabled")


def to_scale_target(said: ScaleTarget) -> autoscaling.CrossVersionObjectReference:
    """Return what is scaled, or described, as the API's own type."""
    if isinstance(said, Mapping):
        return as_model(autoscaling.CrossVersionObjectReference, said)
    if isinstance(said, autoscaling.CrossVersionObjectReference):
        return said
    api_version, kind = getattr(said, "api_version", None), getattr(said, "kind", None)
    if isinstance(said, Referable) and isinstance(api_version, str) and isinstance(kind, str):
        return autoscaling.CrossVersionObjectReference(api_version=api_version, kind=kind, name=said)
    raise ArgumentError(f"{shown(said)} cannot be scaled: expected a workload or a CrossVersionObjectReference")


def _identifier(name: str, selector: SelectorInput | None) -> autoscaling.MetricIdentifier:
    return autoscaling.MetricIdentifier(name=name, selector=None if selector is None else to_selector(selector))


def _target(value: QuantityInput | None, average: QuantityInput | None) -> autoscaling.MetricTarget:
    if (value is None) == (average is None):
        raise UsageError("a metric needs one goal: give either `value=` or `average=`")
    if value is not None:
        return autoscaling.MetricTarget(type="Value", value=value)
    return autoscaling.MetricTarget(type="AverageValue", average_value=average)
