"""Ports of Services and of the pods behind them, and the Services of StatefulSets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.checking.object_set import Member, Objects, See, SetCheck, rule_on_all
from kpy.objects import title
from kpy.paths import ROOT, Path
from kpy.rules.references.absent import Wanted, report_unfound
from kpy.rules.references.selected_pods import (
    PROBES,
    WITH_PODS,
    Selected,
    distinct,
    lacking_port,
    pods_of,
    selector_of_labels,
)

__all__: list[str] = []

_SERVICES: Final = "https://kubernetes.io/docs/concepts/services-networking/service/"
_STATEFUL: Final = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-network-id"
#: How many workloads are looked at to know whether all belong together.
_MOST: Final = 20
_PORTS: Final = ROOT + "spec" + "ports"
_SERVICE_NAME: Final = ROOT + "spec" + "serviceName"


def _services(objects: Objects) -> Iterator[tuple[Member, Selected]]:
    """Yield the Services that select pods which are here, with those."""
    pods = pods_of(objects)
    for member in objects.of("", "Service"):
        labels = member.spec.get("selector")
        if labels and member.spec.get("type") != "ExternalName":
            selected = pods.perhaps_selected(selector_of_labels(labels), member.namespace)
            if selected:
                yield member, selected


def _target(port: Mapping[str, Any]) -> str | int:
    target: str | int = port.get("targetPort") or port.get("port") or 0
    return target


@rule_on_all("target-port-unknown", source=_SERVICES + "#field-spec-ports", severity="error", kinds=("Service",))
def target_port_unknown(objects: Objects, check: SetCheck) -> None:
    """The `targetPort` of a Service names a port that no container of the selected pods has.

    A named port is looked up by name and protocol. A number need not be among the ports of a container, so that only
    names are an error; a number that is not there, while others are, is a warning in an app and a note elsewhere.
    """
    for member, templates in _services(objects):
        for index, port in enumerate(member.spec.get("ports") or ()):
            target, protocol = _target(port), port.get("protocol") or "TCP"
            if not member.is_clear("spec", "ports", index):
                continue
            if target and not templates.may_listen(target, protocol):
                _report_target(objects, check, member, templates, index, target, protocol)


def _report_target(
    objects: Objects,
    check: SetCheck,
    member: Member,
    templates: Selected,
    index: int,
    target: str | int,
    protocol: str,
) -> None:
    is_name = isinstance(target, str)
    severity = (
        objects.proven(member, *(template.member for template in templates[:_MOST])) if is_name else objects.undeclared
    )
    check.report(
        member,
        _PORTS + index + ("targetPort" if "targetPort" in member.spec["ports"][index] else "port"),
        f"no container of the pods behind the Service has a port {lacking_port(templates, target, protocol)}",
        fix="use a port of the pods, or add this one to the ports of a container",
        severity=severity,
        see_also=[See(title(template.member.tree), template.member, template.at) for template in templates[:3]],
    )


@rule_on_all("service-mixes-workloads", source=_SERVICES, kinds=("Service",))
def service_mixes_workloads(objects: Objects, check: SetCheck) -> None:
    """A Service selects the pods of several workloads, and some do not have its port: they refuse what it sends."""
    for member, templates in _services(objects):
        for port in member.spec.get("ports") or () if len(templates) > 1 else ():
            target, protocol = _target(port), port.get("protocol") or "TCP"
            lacking = distinct(templates.without(target, protocol)) if templates.has(target, protocol) else []
            if lacking and objects.together(member, *(template.member for template in templates[:_MOST])):
                names = ", ".join(title(template.member.tree) for template in lacking[:3])
                check.report(
                    member,
                    ROOT + "spec" + "selector",
                    f"the Service selects the pods of {names} too, which have no port {target}",
                    fix="select by a label that only the pods have that are meant",
                    see_also=[See(title(other.member.tree), other.member) for other in lacking[:3]],
                )
                break


@rule_on_all("stateful-set-service-missing", source=_STATEFUL, kinds=("StatefulSet",))
def stateful_set_service_missing(objects: Objects, check: SetCheck) -> None:
    """The Service that a StatefulSet names is not here: its pods get no names in DNS."""
    for member in objects.of("apps", "StatefulSet"):
        wanted = Wanted("", "Service", member.spec.get("serviceName") or "", member.namespace)
        if wanted.name:
            report_unfound(objects, check, member, _SERVICE_NAME, wanted, check.rule)


@rule_on_all("stateful-set-service-not-headless", source=_STATEFUL, kinds=("StatefulSet",))
def stateful_set_service_not_headless(objects: Objects, check: SetCheck) -> None:
    """The Service that a StatefulSet names has an address of its own, so that the pods get no names in DNS.

    It is a note where there is one pod, which hardly anybody calls by its name.
    """
    for member in objects.of("apps", "StatefulSet"):
        services = objects.find("", "Service", member.spec.get("serviceName") or "", member.namespace)
        if services and not any(_is_headless(service) for service in services) and objects.together(member, *services):
            check.report(
                member,
                _SERVICE_NAME,
                f'Service "{services[0].name}" is not headless, so that the pods get no names in DNS',
                fix="give the Service `clusterIP: None`, or name one that has it",
                severity=None if objects.setting.is_app or member.spec.get("replicas", 1) > 1 else "note",
                see_also=[See(title(service.tree), service) for service in services[:3]],
            )


def _is_headless(service: Member) -> bool:
    return service.spec.get("clusterIP") == "None" or not service.is_clear("spec", "clusterIP")


@rule_on_all(
    "probe-port-unknown",
    source="https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
    kinds=WITH_PODS,
)
def probe_port_unknown(objects: Objects, check: SetCheck) -> None:
    """A probe or a lifecycle hook names a port that its container does not have: it always fails."""
    for template in pods_of(objects).templates:
        for container, at in template.containers:
            names: set[str] | None = None
            for place, action in _calls(container, at):
                port = action.get("port")
                if not isinstance(port, str) or not port or port.isdigit():
                    continue
                names = names or {
                    container_port["name"]
                    for container_port in container.get("ports") or ()
                    if container_port.get("name")
                }
                if port not in names and template.has_clear_ports("name"):
                    _report_probe(objects, check, template.member, place, port, names)


def _calls(container: Mapping[str, Any], at: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name in PROBES:
        if probe := container.get(name):
            yield from _actions(probe, at + name)
    if hooks := container.get("lifecycle"):
        for name in ("postStart", "preStop"):
            if hook := hooks.get(name):
                yield from _actions(hook, at + "lifecycle" + name)


def _actions(handler: Mapping[str, Any], at: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name in ("httpGet", "tcpSocket"):
        if action := handler.get(name):
            yield at + name + "port", action


def _report_probe(objects: Objects, check: SetCheck, member: Member, at: Path, port: str, names: set[str]) -> None:
    there = f"; it has {', '.join(sorted(names))}" if names else ""
    check.report(
        member,
        at,
        f'the container has no port named "{port}"{there}',
        fix="use the name of a port of this container, or its number",
        severity="error" if objects.setting.is_app else "warning",
    )
