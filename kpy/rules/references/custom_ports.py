"""Ports of Services that custom resources name: those of routes, and of what monitors scrape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kpy.checking.object_set import Member, Objects, See, SetCheck
from kpy.checking.rule import declare
from kpy.objects import title
from kpy.paths import Path
from kpy.rules.references.absent import Wanted
from kpy.rules.references.backends import has_open_ports, ports_of_service

__all__ = ["PORT_UNKNOWN", "check_port", "check_port_names"]

PORT_UNKNOWN: Final = declare(
    "custom-port-unknown",
    "A custom resource names a port that the Service, or the pods, do not have: a route of the Gateway API leads to "
    "nothing, and what a ServiceMonitor or PodMonitor wants is not scraped.",
    source="https://gateway-api.sigs.k8s.io/reference/spec/#backendobjectreference",
    family="reference",
    severity="warning",
)


def check_port(
    objects: Objects, check: SetCheck, member: Member, node: Mapping[str, Any], field: str, service: Wanted, at: Path
) -> None:
    """Report the port beside the name of a Service, by number or name, that no candidate for it has."""
    port = node.get(field)
    by = "name" if isinstance(port, str) and not port.isdigit() else "number"
    services = objects.find(*service)
    if not port or isinstance(port, bool) or not isinstance(port, str | int) or not services:
        return
    wanted = port if by == "name" else int(port)
    if any(has_open_ports(each) or wanted in ports_of_service(each, by) for each in services):
        return
    there = _there(services, by) or _there(services, "number" if by == "name" else "name")
    _report(check, member, at.parent + field, f"{service} has no port {_shown(wanted)}", there, services)


def check_port_names(check: SetCheck, member: Member, name: str, at: Path, services: Sequence[Member]) -> None:
    """Report the name of a port that none of the Services has which a monitor selects."""
    if any(has_open_ports(each) or name in ports_of_service(each, "name") for each in services):
        return
    what = title(services[0].tree) if len(services) == 1 else f"none of the {len(services)} Services that are selected"
    lacks = f'{what} has {"no" if len(services) == 1 else "a"} port named "{name}"'
    _report(check, member, at, lacks, _there(services, "name"), services)


def _there(services: Sequence[Member], by: str) -> list[str]:
    return list(dict.fromkeys(str(port) for service in services for port in ports_of_service(service, by)))


def _report(
    check: SetCheck, member: Member, at: Path, lacks: str, there: list[str], services: Sequence[Member]
) -> None:
    check.report(
        member,
        at,
        f"{lacks}; there is {', '.join(there[:8])}" if there else lacks,
        fix="use a port of the Service, or add this one to it" if there else "give a port of the Service a name",
        see_also=[See(title(service.tree), service) for service in services[:3]],
        rule=PORT_UNKNOWN,
    )


def _shown(port: str | int) -> str:
    return f'"{port}"' if isinstance(port, str) else str(port)
