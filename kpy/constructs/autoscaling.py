"""Availability and scale: HorizontalPodAutoscaler and PodDisruptionBudget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from kpy.api.autoscaling import v2 as autoscaling
from kpy.constructs.fields.horizontal_pod_autoscaler import HorizontalPodAutoscalerFields
from kpy.constructs.fields.pod_disruption_budget import PodDisruptionBudgetFields
from kpy.constructs.metrics import Metric
from kpy.constructs.object import Home, Object
from kpy.model.fields import Accepts, accepts
from kpy.model.mappings import model_of
from kpy.model.plain import to_plain
from kpy.tree.part import Part

if TYPE_CHECKING:
    from kpy.model.plain import Sink
    from kpy.model.typing import JsonObject, QuantityInput

__all__ = ["HorizontalPodAutoscaler", "PodDisruptionBudget"]


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

    cpu: int | QuantityInput | None = None
    """The average CPU use to hold: percent of the requests as a number, an amount as text (`"500m"`)."""
    memory: int | QuantityInput | None = None
    """The average memory use to hold: percent of the requests as a number, an amount as text (`"512Mi"`)."""
    scale_up: Accepts[autoscaling.HPAScalingRules | JsonObject | None, autoscaling.HPAScalingRules | None] = accepts(
        model_of("autoscaling/v2 HPAScalingRules"), default=None
    )
    """How fast to add pods: short for one half of `behavior`."""
    scale_down: Accepts[autoscaling.HPAScalingRules | JsonObject | None, autoscaling.HPAScalingRules | None] = accepts(
        model_of("autoscaling/v2 HPAScalingRules"), default=None
    )
    """How fast to take pods away: short for the other half of `behavior`."""

    def _serves(self) -> Part | None:
        target = None if self.scale_target_ref is None else self.scale_target_ref.name
        return target if isinstance(target, Part) else None

    def _finish(self, tree: dict[str, Any], sink: Sink) -> None:
        short = [("cpu", self.cpu), ("memory", self.memory)]
        metrics = [to_plain(Metric.of_resource(name, goal)) for name, goal in short if goal is not None]
        if metrics:
            tree["spec"]["metrics"] = [*metrics, *tree["spec"].get("metrics", ())]
        rules = {"scaleUp": self.scale_up, "scaleDown": self.scale_down}
        behavior = {key: to_plain(said, sink) for key, said in rules.items() if said is not None}
        if behavior:
            self._lay_onto(tree["spec"].get("behavior", {}), behavior, "spec.behavior")
            tree["spec"]["behavior"] = behavior


class PodDisruptionBudget(PodDisruptionBudgetFields, Object):
    """How many pods of a workload may be taken away at once, for maintenance of nodes.

        chart.add(PodDisruptionBudget("api", selector=api, min_available=1))

    https://kubernetes.io/docs/tasks/run-application/configure-pdb/
    """

    api_version: ClassVar[str] = "policy/v1"
    kind: ClassVar[str] = "PodDisruptionBudget"
    _homes: ClassVar[tuple[Home, ...]] = ((PodDisruptionBudgetFields, ("spec",)),)

    def _serves(self) -> Part | None:
        return self.selector if isinstance(self.selector, Part) else None
