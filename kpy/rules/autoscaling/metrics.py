"""HorizontalPodAutoscalers: the metrics that they look at."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.autoscaling.autoscalers import is_group_version, report_reference
from kpy.syntax.formats import path_segment_fault, qualified_name_fault
from kpy.units import quantity_value

_METRICS = (
    "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#scaling-on-resource-metrics"
)
#: The field that a type of metric has, in the order in which a server looks for them.
_SOURCES: Final = {
    "Object": "object",
    "External": "external",
    "Pods": "pods",
    "Resource": "resource",
    "ContainerResource": "containerResource",
}
_RESOURCES: Final = ("cpu", "memory", "ephemeral-storage")


def _on(*types: str) -> tuple[str, ...]:
    """Return the types of both versions that have metrics."""
    return tuple(f"{version} {name}" for version in ("autoscaling/v2", "autoscaling/v2beta2") for name in types)


@rule("metric-type", on=_on("MetricSpec"), source=_METRICS)
def metric_type(metric: Tree, at: Path, check: Check) -> None:
    """A metric has one of five types: a resource of pods or containers, of an object, of pods, or from outside."""
    kind = metric.get("type") or ""
    if kind not in _SOURCES:
        check.report(
            at + "type", f"`type` is {kind!r}, which is not a type of metric", fix=f"use {', '.join(_SOURCES)}"
        )


@rule("metric-source-missing", on=_on("MetricSpec"), source=_METRICS)
def metric_source_missing(metric: Tree, at: Path, check: Check) -> None:
    """A metric has the field that belongs to its type."""
    field = _SOURCES.get(metric.get("type") or "")
    if field and metric.get(field) is None:
        check.report(at + field, f"a metric of type {metric['type']} needs `{field}`", fix="set it, or another type")


@rule("metric-source-foreign", on=_on("MetricSpec"), source=_METRICS)
def metric_source_foreign(metric: Tree, at: Path, check: Check) -> None:
    """A metric does not have several sources, but only the field that belongs to its type."""
    present = [field for field in _SOURCES.values() if metric.get(field) is not None]
    own = _SOURCES.get(metric.get("type") or "")
    for field in present if len(present) > 1 else ():
        if field != own:
            if field != present[0]:
                check.withdraw(at + field)
            check.report(at + field, f"a metric of type {metric.get('type')!r} cannot have `{field}`", fix="remove it")


@rule("metric-object", on=_on("ObjectMetricSource"), source=_METRICS)
def metric_object(source: Tree, at: Path, check: Check) -> None:
    """The object that a metric describes is named by kind and name."""
    report_reference(source.get("describedObject") or {}, at + "describedObject", check)


@rule("metric-object-version", on=_on("ObjectMetricSource"), source=_METRICS)
def metric_object_version(source: Tree, at: Path, check: Check) -> None:
    """The object that a metric describes is of an API version, with or without a group."""
    version = (source.get("describedObject") or {}).get("apiVersion") or ""
    if check.at_least("1.34") and not is_group_version(version):
        place = at + "describedObject" + "apiVersion"
        check.report(place, f"`apiVersion` is {version!r}, which is not an API version", fix="write group/version")


@rule("metric-name", on=_on("ObjectMetricSource", "ExternalMetricSource", "PodsMetricSource"), source=_METRICS)
def metric_name(source: Tree, at: Path, check: Check) -> None:
    """A metric that is not a resource has a name that can stand in a URL."""
    name = (source.get("metric") or {}).get("name") or ""
    fault = path_segment_fault(name) if name else "must not be empty"
    if fault:
        check.report(at + "metric" + "name", f"{name!r} is not a valid name of a metric: it {fault}")


@rule("metric-target-type", on=_on(*(f"{kind}MetricSource" for kind in _SOURCES)), source=_METRICS)
def metric_target_type(source: Tree, at: Path, check: Check) -> None:
    """The target of a metric is a `Value`, an `AverageValue` or a `Utilization`."""
    kind = (source.get("target") or {}).get("type") or ""
    if kind not in ("Utilization", "Value", "AverageValue"):
        check.report(at + "target" + "type", f"`type` is {kind!r}", fix="use Utilization, Value or AverageValue")


@rule("metric-target-value", on=_on("MetricTarget"), source=_METRICS)
def metric_target_value(target: Tree, at: Path, check: Check) -> None:
    """What a metric aims for must be above zero."""
    for field in ("value", "averageValue"):
        value = target.get(field)
        if value is not None and quantity_value(value) <= 0:
            check.report(at + field, f"`{field}` is {value}", fix="use more than 0")
    share = target.get("averageUtilization")
    if share is not None and share < 1:
        check.report(at + "averageUtilization", f"`averageUtilization` is {share}", fix="use 1 or more")


@rule(
    "metric-target-missing", on=_on("ObjectMetricSource", "ExternalMetricSource", "PodsMetricSource"), source=_METRICS
)
def metric_target_missing(source: Tree, at: Path, check: Check) -> None:
    """A metric aims for an average over the pods or, when it is not one of pods, for a value."""
    target = source.get("target") or {}
    alternative = "" if at.field == "pods" else "value"
    if target.get("averageValue") is None and target.get(alternative) is None:
        fix = "set `averageValue`" + (" or `value`" if alternative else "")
        check.report(at + "target" + "averageValue", "the target has no value to aim for", fix=fix)


@rule("metric-target-both", on=_on("ExternalMetricSource"), source=_METRICS)
def metric_target_both(source: Tree, at: Path, check: Check) -> None:
    """An external metric aims for a value or for an average over the pods, not both."""
    target = source.get("target") or {}
    if target.get("averageValue") is not None and target.get("value") is not None:
        check.report(at + "target" + "value", "`value` and `averageValue` are both set", fix="remove one of them")


@rule("metric-utilization-missing", on=_on("ResourceMetricSource", "ContainerResourceMetricSource"), source=_METRICS)
def metric_utilization_missing(source: Tree, at: Path, check: Check) -> None:
    """A metric of a resource aims for a share of what is requested or for an average amount."""
    target = source.get("target") or {}
    if target.get("averageValue") is None and target.get("averageUtilization") is None:
        place = at + "target" + "averageUtilization"
        check.report(place, "the target has no value to aim for", fix="set `averageUtilization` or `averageValue`")


@rule("metric-utilization-both", on=_on("ResourceMetricSource", "ContainerResourceMetricSource"), source=_METRICS)
def metric_utilization_both(source: Tree, at: Path, check: Check) -> None:
    """A metric of a resource aims for a share of what is requested or for an average amount, not both."""
    target = source.get("target") or {}
    if target.get("averageValue") is not None and target.get("averageUtilization") is not None:
        place = at + "target" + "averageValue"
        check.report(place, "`averageValue` and `averageUtilization` are both set", fix="remove one of them")


@rule("metric-container-resource", on=_on("ContainerResourceMetricSource"), source=_METRICS)
def metric_container_resource(source: Tree, at: Path, check: Check) -> None:
    """A metric of a container's resource names one that containers can have."""
    name = source.get("name")
    fault = qualified_name_fault(name) if name else None
    if name and not fault and "/" not in name and name not in _RESOURCES and not name.startswith("hugepages-"):
        fault = "must be cpu, memory, ephemeral-storage, or a name with a domain"
    if name and not fault and "/" in name and "kubernetes.io/" not in name:
        fault = "must not begin with requests." if name.startswith("requests.") else None
        fault = fault or qualified_name_fault("requests." + name)
    if fault:
        check.report(at + "name", f"{name!r} is not a resource of a container: it {fault}")
