"""What monitors of the Prometheus operator select, and the ports that they scrape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.checking.object_set import Member, Objects, See, SetCheck
from kpy.checking.rule import declare
from kpy.diagnostics import Severity
from kpy.objects import metadata_of, title
from kpy.paths import ROOT, Path
from kpy.rules.references.custom_ports import PORT_UNKNOWN, check_port_names
from kpy.rules.references.elsewhere import are_made_by_controllers, is_outside, is_platform
from kpy.rules.references.selected_pods import Pods, Selected, lacking_port, pods_of
from kpy.rules.references.spelling import misspelled
from kpy.schema.custom.places import Place, Steps, value_at
from kpy.syntax.selectors import is_empty, is_sound, matches

__all__ = ["check_monitor"]

SELECTS_NOTHING: Final = declare(
    "custom-selects-nothing",
    "A ServiceMonitor selects no Service that is here, or a PodMonitor no pods: nothing is scraped. A ServiceMonitor "
    "looks at the labels of Services, not of pods.\n\n"
    "It is told only where there are Services, or pods, in the namespace.",
    source="https://prometheus-operator.dev/docs/developer/getting-started/#using-servicemonitors",
    family="reference",
    severity="warning",
)


def check_monitor(objects: Objects, check: SetCheck, member: Member, place: Place) -> None:
    """Report a monitor that selects nothing, and the ports that nothing has which it selects."""
    selector = place.value
    namespaces = _namespaces(member, place)
    if not is_sound(selector) or is_empty(selector) or is_outside(objects, member):
        return
    if any(is_platform(objects, namespace) for namespace in namespaces or ()):
        return
    match place.row.kind:
        case "Service":
            _check_services(objects, check, member, place, namespaces)
        case "Pod":
            _check_pods(objects, check, member, place, namespaces)


def _namespaces(member: Member, place: Place) -> tuple[str, ...]:
    """Return the namespaces that are looked at; the empty one for any."""
    way = place.row.options.get("namespaces")
    said = value_at(member.tree, way.split(".")) if way else None
    if not isinstance(said, Mapping):
        return (member.namespace,)
    names = said.get("matchNames")
    if said.get("any") is True:
        return ("",)
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) and names else ("",)


def _check_services(
    objects: Objects, check: SetCheck, member: Member, place: Place, namespaces: tuple[str, ...]
) -> None:
    there = [each for each in objects.of("", "Service") if _is_in(each, namespaces)]
    selected = [each for each in there if matches(place.value, _labels(each.tree))]
    if selected:
        for name, at in _ports(member, place):
            check_port_names(check, member, name, at, selected)
    elif there and all(each.is_clear("metadata", "labels") for each in there):
        near = next((each for each in there if _is_near(place.value, _labels(each.tree))), None)
        _report_nothing(objects, check, member, place, "Service", near or there[0], is_near=near is not None)


def _check_pods(objects: Objects, check: SetCheck, member: Member, place: Place, namespaces: tuple[str, ...]) -> None:
    pods = pods_of(objects)
    templates = [each for each in pods.templates if _is_in(each.member, namespaces)]
    selected = Selected([each for each in templates if Pods.fits(place.value, each.labels)])
    if selected:
        for name, at in _ports(member, place):
            if not selected.may_listen(name):
                check.report(
                    member,
                    at,
                    f"no container of the pods that are selected has a port {lacking_port(selected, name, 'TCP')}",
                    fix="use a port of the pods, or add this one to the ports of a container",
                    see_also=[See(title(each.member.tree), each.member, each.at) for each in selected[:3]],
                    rule=PORT_UNKNOWN,
                )
    elif templates and all(each.has_clear_labels for each in templates):
        if any(are_made_by_controllers(objects, place.value, namespace) for namespace in namespaces):
            return
        near = next((each.member for each in templates if _is_near(place.value, each.labels)), None)
        _report_nothing(objects, check, member, place, "pod", near or templates[0].member, is_near=near is not None)


def _report_nothing(
    objects: Objects, check: SetCheck, member: Member, place: Place, what: str, near: Member, *, is_near: bool
) -> None:
    severity: Severity = "warning" if is_near or objects.setting.is_app else "note"
    labels = "the labels of the Service itself" if what == "Service" else "the labels of the pods"
    if what == "Service" and objects.is_given(member, _path(place.steps)):
        labels = (
            "the Service, `selector=service`, since a workload means its pods; otherwise, the labels of the Service"
        )
    check.report(
        member,
        _path(place.steps),
        f"{member.kind} selects no {what} that is here",
        fix=f'use {labels}; for what others make, write `external = ["{member.kind}/{member.name}"]` under [tool.kpy]',
        severity=severity,
        see_also=[See(title(near.tree), near)],
        rule=SELECTS_NOTHING,
    )


def _is_in(member: Member, namespaces: tuple[str, ...]) -> bool:
    return not member.namespace or "" in namespaces or member.namespace in namespaces


def _is_near(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Return whether labels have one that a selector asks for, or nearly."""
    asked = [(key, value) for key, value in (selector.get("matchLabels") or {}).items() if key in labels]
    return any(labels[key] == value or misspelled(value, [str(labels[key])]) is not None for key, value in asked)


def _labels(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    labels = metadata_of(tree).get("labels")
    return labels if isinstance(labels, Mapping) else {}


def _ports(member: Member, place: Place) -> Iterator[tuple[str, Path]]:
    """Yield the names of the ports that are scraped: `spec.endpoints.port`, of a list of endpoints."""
    *way, field = place.row.options.get("ports", "").split(".")
    endpoints = value_at(member.tree, way)
    for index, endpoint in enumerate(endpoints if isinstance(endpoints, list) else ()):
        name = endpoint.get(field) if isinstance(endpoint, Mapping) else None
        if isinstance(name, str) and name:
            yield name, _path((*way, index, field))


def _path(steps: Steps) -> Path:
    at = ROOT
    for step in steps:
        at = at + step
    return at
