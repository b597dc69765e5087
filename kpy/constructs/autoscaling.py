"""Availability and scale: HorizontalPodAutoscaler and PodDisruptionBudget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kpy.api.autoscaling import v2 as autoscaling
from kpy.constructs.fields.horizontal_pod_autoscaler import HorizontalPodAutoscalerFields
from kpy.constructs.fields.pod_disruption_budget import PodDisruptionBudgetFields
from kpy.constructs.metrics import Metric
from kpy.constructs.object import Home, Object
from kpy.errors import ArgumentError, UsageError
from kpy.model.fields import Accepts, accepts
from kpy.model.mappings import model_of
from kpy.model.plain import to_plain
from kpy.tree.part import Part, describe

if TYPE_CHECKING:
    from kpy.model.plain import Sink
    from kpy.model.typing import JsonObject, QuantityInput

__all__ = ["HorizontalPodAutoscaler", "PodDisruptionBudget", "to_version"]

Version = Literal["v1", "v2"]


class HorizontalPodAutoscaler(HorizontalPodAutoscalerFields, Object):
    """Follows the load of a workload with its number of pods.

        chart.add(HorizontalPodAutoscaler("api", scale_target_ref=api, min_replicas=2, max_replicas=10, cpu=80))

    `api.scale(2, 10, cpu=80)` makes the same. The `replicas` of a target in the app are left out of its output, so
    that an apply does not undo what the autoscaler did. `version="v1"` writes `autoscaling/v1`, which knows `cpu` in
    percent and nothing else.

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
    version: Accepts[Literal["v1", "v2"], Literal["v1", "v2"]] = accepts(
        "kpy.constructs.autoscaling:to_version", default="v2"
    )
    """The version of the API to write; `"v1"` is for manifests that stay as they are."""

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
        if self.version == "v1":
            self._go_back(tree)

    def _go_back(self, tree: dict[str, Any]) -> None:
        """Make an object of the first version, which has one field for the use of CPU in percent."""
        others = ("metrics", "behavior", "memory", "scale_up", "scale_down")
        given = [name for name in others if getattr(self, name) is not None]
        if self.cpu is not None and (isinstance(self.cpu, bool) or not isinstance(self.cpu, int)):
            given.append(f"cpu={self.cpu!r}")
        if given:
            raise UsageError(
                f"{describe(self)}: autoscaling/v1 knows `cpu` in percent alone, and no `{given[0]}`: leave that or "
                f"`version` out"
            )
        tree["apiVersion"] = "autoscaling/v1"
        tree["spec"].pop("metrics", None)
        if self.cpu is not None:
            tree["spec"]["targetCPUUtilizationPercentage"] = self.cpu


def to_version(said: object) -> Version:
    """Return the version of the API of autoscalers."""
    match said:
        case "v1":
            return "v1"
        case "v2":
            return "v2"
    raise ArgumentError(f'expected "v1" or "v2", not {said!r}')


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
