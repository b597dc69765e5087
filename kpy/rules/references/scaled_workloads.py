"""What autoscalers scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.checking.hints import near_word
from kpy.checking.object_set import Member, Objects, See, SetCheck, check_on_all
from kpy.checking.rule import declare
from kpy.objects import title
from kpy.paths import ROOT, Path
from kpy.rules.references.absent import Wanted, report_unfound
from kpy.rules.references.elsewhere import is_elsewhere
from kpy.rules.references.selected_pods import Template, pods_of

__all__ = ["TARGET_MISSING", "report_shared"]

_SOURCE: Final = "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"
_TARGET: Final = ROOT + "spec" + "scaleTargetRef"
TARGET_MISSING: Final = declare(
    "autoscaler-target-missing",
    "An autoscaler names a workload that is not here, or a kind that cannot be scaled: it scales nothing.",
    source=_SOURCE,
    family="reference",
    severity="warning",
)
_SHARED: Final = declare(
    "autoscaler-target-shared",
    "Two autoscalers scale one workload: each undoes what the other does.",
    source=_SOURCE,
    family="reference",
)
_NO_REQUEST: Final = declare(
    "autoscaler-without-requests",
    "An autoscaler measures the use of a resource in percent of what the containers request, and one requests nothing.",
    source=_SOURCE + "#algorithm-details",
    family="reference",
    severity="warning",
)
_CONTAINER: Final = declare(
    "autoscaler-container-unknown",
    "An autoscaler measures one container by its name, and the pods that it scales have no such container.",
    source=_SOURCE + "#container-resource-metrics",
    family="reference",
    severity="warning",
)
_SCALABLE: Final = {
    "Deployment": "apps",
    "ReplicaSet": "apps",
    "StatefulSet": "apps",
    "ReplicationController": "",
}


@check_on_all(kinds=("HorizontalPodAutoscaler",))
def follow_targets(objects: Objects, check: SetCheck) -> None:
    """Look up what autoscalers scale."""
    first: dict[tuple[str, str, str, str], Member] = {}
    for member in objects.of("autoscaling", "HorizontalPodAutoscaler"):
        target = member.spec.get("scaleTargetRef") or {}
        kind, name = target.get("kind") or "", target.get("name") or ""
        group = (target.get("apiVersion") or "").rpartition("/")[0]
        if not _can_be_scaled(objects, check, member, group, kind, target):
            continue
        wanted = Wanted(group, kind, name, member.namespace)
        is_absent = not name or report_unfound(objects, check, member, _TARGET + "name", wanted, TARGET_MISSING)
        members = [] if is_absent else objects.find(*wanted)
        other = first.setdefault((group, kind, member.namespace, name), member)
        if other is not member and other.name != member.name:
            report_shared(objects, check, member, other, f'{kind} "{name}"')
        for workload in members[:1]:
            _check_requests(objects, check, member, workload)
            _check_containers(objects, check, member, workload)


def _can_be_scaled(
    objects: Objects, check: SetCheck, member: Member, group: str, kind: str, target: Mapping[str, Any]
) -> bool:
    """Report a target whose kind is not that of any group, or of another one, or cannot be scaled."""
    right = _SCALABLE.get(kind)
    if right == group or (right is None and group not in objects.api.groups):
        return True
    if is_elsewhere(objects, group, kind, target.get("name") or "", member.namespace):
        return False
    api_version = target.get("apiVersion") or ""
    if right is None:
        near = near_word(kind, _SCALABLE)
        message, fix = (
            f"{kind} of {api_version or 'no apiVersion'} cannot be scaled",
            f"did you mean {near}?" if near else "",
        )
    else:
        wanted = f"{right}/v1" if right else "v1"
        message = (
            f"{kind} is not a kind of {api_version}" if api_version else f"{kind} needs its `apiVersion` to be found"
        )
        fix = f"write `apiVersion: {wanted}`"
    at = _TARGET + ("kind" if right is None else "apiVersion")
    check.report(member, at if at.field in target else _TARGET, message, fix=fix, rule=TARGET_MISSING)
    return False


def report_shared(
    objects: Objects, check: SetCheck, member: Member, other: Member, target: str, at: Path = _TARGET + "name"
) -> None:
    """Report an autoscaler of a workload that another one scales already."""
    check.report(
        member,
        at,
        f"{target} is scaled by {title(other.tree)} already",
        fix="keep one autoscaler, with the metrics of both",
        severity="warning" if member.known is None or objects.are_alternatives(member, other) else "error",
        see_also=[See(title(other.tree), other)],
        rule=_SHARED,
    )


def _check_requests(objects: Objects, check: SetCheck, member: Member, workload: Member) -> None:
    if any(objects.of("", "LimitRange")):
        return
    template = next((candidate for candidate in pods_of(objects).templates if candidate.member is workload), None)
    for resource, container, at in _utilizations(member) if template else ():
        assert template is not None
        lacking = _without_request(template, resource, container)
        if lacking is not None:
            name, place = lacking
            check.report(
                member,
                at,
                f'the use of {resource} is measured in percent of requests, and container "{name}" of '
                f"{title(workload.tree)} requests none",
                fix=f"give the container a request for {resource}, or measure an `AverageValue`",
                see_also=[See(f'container "{name}"', workload, place)],
                rule=_NO_REQUEST,
            )


def _check_containers(objects: Objects, check: SetCheck, member: Member, workload: Member) -> None:
    """Report the names of containers that the pods do not have."""
    template = next((candidate for candidate in pods_of(objects).templates if candidate.member is workload), None)
    if template is None or not workload.is_clear(*template.at.steps, "spec", "containers"):
        return
    names = [container.get("name") or "" for container, _ in template.containers]
    for index, metric in enumerate(member.spec.get("metrics") or ()):
        name = (metric.get("containerResource") or {}).get("container")
        if name and name not in names:
            near = near_word(name, names)
            check.report(
                member,
                ROOT + "spec" + "metrics" + index + "containerResource" + "container",
                f'{title(workload.tree)} has no container "{name}"; it has {", ".join(names)}',
                fix=f'did you mean "{near}"?' if near else "use the name of a container that keeps running",
                see_also=[See(title(workload.tree), workload, template.at + "spec" + "containers")],
                rule=_CONTAINER,
            )


def _utilizations(member: Member) -> Iterator[tuple[str, str | None, Path]]:
    """Yield the resources that are measured in percent, the one container if it is one, and the place."""
    spec, at = member.spec, ROOT + "spec"
    if "targetCPUUtilizationPercentage" in spec:
        yield "cpu", None, at + "targetCPUUtilizationPercentage"
        return
    metrics = spec.get("metrics")
    if not metrics:
        yield "cpu", None, at + "scaleTargetRef"
    for index, metric in enumerate(metrics or ()):
        for field in ("resource", "containerResource"):
            source = metric.get(field) or {}
            target = source.get("target") or {}
            if source.get("name") and (target.get("averageUtilization") or source.get("targetAverageUtilization")):
                yield source["name"], source.get("container"), at + "metrics" + index + field


def _without_request(template: Template, resource: str, only: str | None) -> tuple[str, Path] | None:
    if (template.spec.get("resources") or {}).get("requests", {}).get(resource) is not None:
        return None
    for container, at in template.containers:
        if only is not None and container.get("name") != only:
            continue
        amounts = container.get("resources") or {}
        if not template.member.is_clear(*at.steps, "resources"):
            continue
        if all((amounts.get(side) or {}).get(resource) is None for side in ("requests", "limits")):
            return container.get("name") or "", at
    return None
