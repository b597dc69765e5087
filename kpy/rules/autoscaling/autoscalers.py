"""HorizontalPodAutoscalers: what they scale, between which bounds, and how fast."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.formats import path_segment_fault
from kpy.units import quantity_value

_V2 = ("autoscaling/v2", "autoscaling/v2beta2")
_SPECS_V2 = tuple(f"{version} HorizontalPodAutoscalerSpec" for version in _V2)
_SPECS = ("autoscaling/v1 HorizontalPodAutoscalerSpec", *_SPECS_V2)
_RULES = tuple(f"{version} HPAScalingRules" for version in _V2)
_SCALING = "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/"


@rule("autoscaler-min-replicas", on=_SPECS, source=_SCALING)
def autoscaler_min_replicas(spec: Tree, at: Path, check: Check) -> None:
    """An autoscaler keeps at least one replica; since 1.37 it can keep none."""
    least, bound = spec.get("minReplicas"), 0 if check.at_least("1.37") else 1
    if least is not None and least < bound:
        check.report(at + "minReplicas", f"`minReplicas` is {least}", fix=f"use {bound} or more")


@rule("autoscaler-bounds", on=_SPECS, source=_SCALING)
def autoscaler_bounds(spec: Tree, at: Path, check: Check) -> None:
    """The upper bound of replicas cannot be below the lower one, which is 1 when not set."""
    most, least = spec.get("maxReplicas") or 0, spec.get("minReplicas")
    least = 1 if least is None else least
    if 1 <= most < least:
        check.report(at + "maxReplicas", f"`maxReplicas` is {most}, below `minReplicas`, {least}", fix="raise it")


@rule("autoscaler-zero-without-metric", on=_SPECS, source=_SCALING + "#scaling-on-custom-metrics")
def autoscaler_zero_without_metric(spec: Tree, at: Path, check: Check) -> None:
    """Only a metric from outside the pods, `Object` or `External`, could bring replicas back from zero."""
    if spec.get("minReplicas") != 0:
        return
    if not any((metric or {}).get("type") in ("Object", "External") for metric in spec.get("metrics") or ()):
        check.report(
            at + "metrics", "nothing could tell that replicas are needed again", fix="let `minReplicas` be 1 or more"
        )


@rule("scale-target", on=_SPECS, source=_SCALING)
def scale_target(spec: Tree, at: Path, check: Check) -> None:
    """An autoscaler names the object that it scales by kind and name."""
    report_reference(spec.get("scaleTargetRef") or {}, at + "scaleTargetRef", check)


@rule("scale-target-version", on=_SPECS, source=_SCALING)
def scale_target_version(spec: Tree, at: Path, check: Check) -> None:
    """What an autoscaler scales is named with its group, such as `apps/v1`; only ReplicationControllers have none."""
    target = spec.get("scaleTargetRef") or {}
    version = target.get("apiVersion") or ""
    if not check.at_least("1.34") or is_group_version(
        version, needs_group=target.get("kind") != "ReplicationController"
    ):
        return
    check.report(
        at + "scaleTargetRef" + "apiVersion",
        f"`apiVersion` is {version!r}, which is not an API group with a version",
        fix="write apps/v1 for a Deployment or StatefulSet",
    )


@rule(
    "utilization-target",
    on="autoscaling/v1 HorizontalPodAutoscalerSpec",
    source=_SCALING,
    needs="targetCPUUtilizationPercentage",
)
def utilization_target(spec: Tree, at: Path, check: Check) -> None:
    """The share of CPU to aim for is 1 % or more."""
    share = spec.get("targetCPUUtilizationPercentage")
    if share is not None and share < 1:
        server_field = at + "metrics" + 0 + "resource" + "target" + "averageUtilization"
        check.report(
            at + "targetCPUUtilizationPercentage", f"the target is {share}%", fix="use 1 or more", field=server_field
        )


@rule("scaling-tolerance-negative", on=_RULES, source=_SCALING + "#tolerance", needs="tolerance")
def scaling_tolerance_negative(rules: Tree, at: Path, check: Check) -> None:
    """The deviation that an autoscaler tolerates must be zero or more."""
    tolerance = rules.get("tolerance")
    if tolerance is not None and check.at_least("1.35") and quantity_value(tolerance) < 0:
        check.report(at + "tolerance", f"`tolerance` is {tolerance}", fix="use 0 or more, such as 0.1 for 10 %")


def is_group_version(text: str, *, needs_group: bool = False) -> bool:
    """Return whether a server takes a text for a group and a version, such as `apps/v1`, or for a version alone."""
    group = text.rpartition("/")[0]
    return "/" not in group and not (needs_group and not group)


def report_reference(reference: Tree, at: Path, check: Check) -> None:
    """Report kind and name of another object where they are missing, or could not stand in a URL."""
    for field in ("kind", "name"):
        word = reference.get(field) or ""
        fault = path_segment_fault(word) if word else "must not be empty"
        if fault:
            check.report(at + field, f"`{field}` is {word!r}, and {fault}")
