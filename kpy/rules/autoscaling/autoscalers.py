"""HorizontalPodAutoscalers: what they scale, between which bounds, and how fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.paths import Path
from kpy.syntax.formats import path_segment_fault
from kpy.units import quantity_value

_Value = Mapping[str, Any]

_V2 = ("autoscaling/v2", "autoscaling/v2beta2")
_SPECS_V2 = tuple(f"{version} HorizontalPodAutoscalerSpec" for version in _V2)
_SPECS = ("autoscaling/v1 HorizontalPodAutoscalerSpec", *_SPECS_V2)
_RULES = tuple(f"{version} HPAScalingRules" for version in _V2)
_POLICIES = tuple(f"{version} HPAScalingPolicy" for version in _V2)
_SCALING = "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/"
_LONGEST_WINDOW = 3600
_LONGEST_PERIOD = 1800


@rule("autoscaler-min-replicas", on=_SPECS, source=_SCALING)
def autoscaler_min_replicas(spec: _Value, at: Path, check: Check) -> None:
    """An autoscaler keeps at least one replica; since 1.37 it can keep none."""
    least, bound = spec.get("minReplicas"), 0 if check.at_least("1.37") else 1
    if least is not None and least < bound:
        check.report(at + "minReplicas", f"`minReplicas` is {least}", fix=f"use {bound} or more")


@rule("autoscaler-max-replicas", on=_SPECS, source=_SCALING)
def autoscaler_max_replicas(spec: _Value, at: Path, check: Check) -> None:
    """An autoscaler says how many replicas there can be at most: one or more."""
    most = spec.get("maxReplicas") or 0
    if most < 1:
        said = f"is {most}" if "maxReplicas" in spec else "is not set"
        check.report(at + "maxReplicas", f"`maxReplicas` {said}", fix="use 1 or more")


@rule("autoscaler-bounds", on=_SPECS, source=_SCALING)
def autoscaler_bounds(spec: _Value, at: Path, check: Check) -> None:
    """The upper bound of replicas cannot be below the lower one, which is 1 when not set."""
    most, least = spec.get("maxReplicas") or 0, spec.get("minReplicas")
    least = 1 if least is None else least
    if 1 <= most < least:
        check.report(at + "maxReplicas", f"`maxReplicas` is {most}, below `minReplicas`, {least}", fix="raise it")


@rule("autoscaler-zero-without-metric", on=_SPECS, source=_SCALING + "#scaling-on-custom-metrics")
def autoscaler_zero_without_metric(spec: _Value, at: Path, check: Check) -> None:
    """Only a metric from outside the pods, `Object` or `External`, could bring replicas back from zero."""
    if spec.get("minReplicas") != 0:
        return
    if not any((metric or {}).get("type") in ("Object", "External") for metric in spec.get("metrics") or ()):
        check.report(
            at + "metrics", "nothing could tell that replicas are needed again", fix="let `minReplicas` be 1 or more"
        )


@rule("scale-target", on=_SPECS, source=_SCALING)
def scale_target(spec: _Value, at: Path, check: Check) -> None:
    """An autoscaler names the object that it scales by kind and name."""
    report_reference(spec.get("scaleTargetRef") or {}, at + "scaleTargetRef", check)


@rule("scale-target-version", on=_SPECS, source=_SCALING)
def scale_target_version(spec: _Value, at: Path, check: Check) -> None:
    """What an autoscaler scales is named with its group, such as `apps/v1`; only ReplicationControllers have none."""
    target = spec.get("scaleTargetRef") or {}
    version = target.get("apiVersion") or ""
    if not check.at_least("1.34") or is_group_version(
        version, needs_group=target.get("kind") != "ReplicationController"
    ):
        return
    check.report(
        at + "scaleTargetRef" + "apiVersion",
        f"`apiVersion` is {version!r}, which is no API group with a version",
        fix="write apps/v1 for a Deployment or StatefulSet",
    )


@rule(
    "utilization-target",
    on="autoscaling/v1 HorizontalPodAutoscalerSpec",
    source=_SCALING,
    needs="targetCPUUtilizationPercentage",
)
def utilization_target(spec: _Value, at: Path, check: Check) -> None:
    """The share of CPU to aim for is 1 % or more."""
    share = spec.get("targetCPUUtilizationPercentage")
    if share is not None and share < 1:
        said = at + "metrics" + 0 + "resource" + "target" + "averageUtilization"
        check.report(at + "targetCPUUtilizationPercentage", f"the target is {share}%", fix="use 1 or more", field=said)


@rule("stabilization-window", on=_RULES, source=_SCALING + "#stabilization-window", needs="stabilizationWindowSeconds")
def stabilization_window(rules: _Value, at: Path, check: Check) -> None:
    """An autoscaler looks back between 0 and 3600 seconds."""
    seconds = rules.get("stabilizationWindowSeconds")
    if seconds is not None and not 0 <= seconds <= _LONGEST_WINDOW:
        check.report(
            at + "stabilizationWindowSeconds", f"the window is {seconds} seconds", fix=f"use 0 to {_LONGEST_WINDOW}"
        )


@rule("select-policy-unknown", on=_RULES, source=_SCALING + "#scaling-policies", needs="selectPolicy")
def select_policy_unknown(rules: _Value, at: Path, check: Check) -> None:
    """Of several policies the one with the most (`Max`) or least (`Min`) change counts, or none (`Disabled`)."""
    policy = rules.get("selectPolicy")
    if policy is not None and policy not in ("Max", "Min", "Disabled"):
        check.report(at + "selectPolicy", f"`selectPolicy` is {policy!r}", fix="use Max, Min or Disabled")


@rule("scaling-policies-empty", on=_RULES, source=_SCALING + "#scaling-policies")
def scaling_policies_empty(rules: _Value, at: Path, check: Check) -> None:
    """A list of scaling policies has at least one; without a list, the default ones hold."""
    if rules.get("policies") == []:
        check.report(at + "policies", "there is no policy in the list", fix="remove `policies` for the default ones")


@rule("scaling-tolerance-negative", on=_RULES, source=_SCALING + "#tolerance", needs="tolerance")
def scaling_tolerance_negative(rules: _Value, at: Path, check: Check) -> None:
    """The deviation that an autoscaler tolerates must be zero or more."""
    tolerance = rules.get("tolerance")
    if tolerance is not None and check.at_least("1.35") and quantity_value(tolerance) < 0:
        check.report(at + "tolerance", f"`tolerance` is {tolerance}", fix="use 0 or more, such as 0.1 for 10 %")


@rule("scaling-policy-type", on=_POLICIES, source=_SCALING + "#scaling-policies")
def scaling_policy_type(policy: _Value, at: Path, check: Check) -> None:
    """A scaling policy counts `Pods` or is a `Percent` of them."""
    kind = policy.get("type") or ""
    if kind not in ("Pods", "Percent"):
        check.report(at + "type", f"`type` is {kind!r}", fix="use Pods or Percent")


@rule("scaling-policy-value", on=_POLICIES, source=_SCALING + "#scaling-policies")
def scaling_policy_value(policy: _Value, at: Path, check: Check) -> None:
    """A scaling policy allows a change of one or more in each period."""
    value = policy.get("value") or 0
    if value < 1:
        check.report(at + "value", f"`value` is {value}", fix="use 1 or more")


@rule("scaling-policy-period", on=_POLICIES, source=_SCALING + "#scaling-policies")
def scaling_policy_period(policy: _Value, at: Path, check: Check) -> None:
    """The period of a scaling policy is 1 to 1800 seconds."""
    seconds = policy.get("periodSeconds") or 0
    if not 1 <= seconds <= _LONGEST_PERIOD:
        check.report(at + "periodSeconds", f"`periodSeconds` is {seconds}", fix=f"use 1 to {_LONGEST_PERIOD}")


def is_group_version(text: str, *, needs_group: bool = False) -> bool:
    """Return whether a server takes a text for a group and a version, such as `apps/v1`, or for a version alone."""
    group = text.rpartition("/")[0]
    return "/" not in group and not (needs_group and not group)


def report_reference(reference: _Value, at: Path, check: Check) -> None:
    """Report kind and name of another object where they are missing, or could not stand in a URL."""
    for field in ("kind", "name"):
        word = reference.get(field) or ""
        fault = path_segment_fault(word) if word else "must not be empty"
        if fault:
            check.report(at + field, f"`{field}` is {word!r}, and {fault}")
