"""Rules on single fields of the group autoscaling."""

from __future__ import annotations

from typing import Final

from kpy.schema.constraints.facts import Bounds, Count, Format, OneOf, Required, field_rule

__all__ = ["RULES"]

_HORIZONTAL_POD_AUTOSCALE: Final = "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/"

RULES: Final = (
    field_rule(
        "autoscaler-max-replicas",
        "An autoscaler says how many replicas there can be at most: one or more.",
        Bounds("maxReplicas", 1, required=True),
        on=(
            "autoscaling/v1 HorizontalPodAutoscalerSpec",
            "autoscaling/v2 HorizontalPodAutoscalerSpec",
            "autoscaling/v2beta2 HorizontalPodAutoscalerSpec",
        ),
        source=_HORIZONTAL_POD_AUTOSCALE,
    ),
    field_rule(
        "metric-container",
        "A metric of a container's resource names the container.",
        Format("container", "DNS label", required=True),
        on=("autoscaling/v2 ContainerResourceMetricSource", "autoscaling/v2beta2 ContainerResourceMetricSource"),
        source=_HORIZONTAL_POD_AUTOSCALE + "#scaling-on-resource-metrics",
    ),
    field_rule(
        "metric-resource-name",
        "A metric of a resource names it.",
        Required("name", "there is no name of a resource", fix="use cpu or memory"),
        on=(
            "autoscaling/v2 ResourceMetricSource",
            "autoscaling/v2 ContainerResourceMetricSource",
            "autoscaling/v2beta2 ResourceMetricSource",
            "autoscaling/v2beta2 ContainerResourceMetricSource",
        ),
        source=_HORIZONTAL_POD_AUTOSCALE + "#scaling-on-resource-metrics",
    ),
    field_rule(
        "scaling-policies-empty",
        "A list of scaling policies has at least one; without a list, the default ones hold.",
        Count("policies", least=1, items="policies in the list", fix="remove `policies` for the default ones"),
        on=("autoscaling/v2 HPAScalingRules", "autoscaling/v2beta2 HPAScalingRules"),
        source=_HORIZONTAL_POD_AUTOSCALE + "#scaling-policies",
    ),
    field_rule(
        "scaling-policy-period",
        "The period of a scaling policy is 1 to 1800 seconds.",
        Bounds("periodSeconds", 1, 1800, required=True),
        on=("autoscaling/v2 HPAScalingPolicy", "autoscaling/v2beta2 HPAScalingPolicy"),
        source=_HORIZONTAL_POD_AUTOSCALE + "#scaling-policies",
    ),
    field_rule(
        "scaling-policy-type",
        "A scaling policy counts `Pods` or is a `Percent` of them.",
        OneOf("type", ("Pods", "Percent"), required=True),
        on=("autoscaling/v2 HPAScalingPolicy", "autoscaling/v2beta2 HPAScalingPolicy"),
        source=_HORIZONTAL_POD_AUTOSCALE + "#scaling-policies",
    ),
    field_rule(
        "scaling-policy-value",
        "A scaling policy allows a change of one or more in each period.",
        Bounds("value", 1, required=True),
        on=("autoscaling/v2 HPAScalingPolicy", "autoscaling/v2beta2 HPAScalingPolicy"),
        source=_HORIZONTAL_POD_AUTOSCALE + "#scaling-policies",
    ),
    field_rule(
        "select-policy-unknown",
        "Of several policies the one with the most (`Max`) or least (`Min`) change counts, or none (`Disabled`).",
        OneOf("selectPolicy", ("Max", "Min", "Disabled"), or_empty=True),
        on=("autoscaling/v2 HPAScalingRules", "autoscaling/v2beta2 HPAScalingRules"),
        source=_HORIZONTAL_POD_AUTOSCALE + "#scaling-policies",
    ),
    field_rule(
        "stabilization-window",
        "An autoscaler looks back between 0 and 3600 seconds.",
        Bounds("stabilizationWindowSeconds", 0, 3600),
        on=("autoscaling/v2 HPAScalingRules", "autoscaling/v2beta2 HPAScalingRules"),
        source=_HORIZONTAL_POD_AUTOSCALE + "#stabilization-window",
    ),
)
