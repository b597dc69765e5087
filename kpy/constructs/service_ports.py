"""Ports of a Service: numbers, names and numbers, or the API's own `ServicePort`s."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kpy.api.core.v1 import Container, ContainerPort, ServicePort
from kpy.errors import ArgumentError, UsageError
from kpy.model.mappings import as_model
from kpy.model.typing import JsonObject
from kpy.tree.part import describe

if TYPE_CHECKING:
    from kpy.constructs.fields.mappings import ServicePortMapping
else:  # types for editors, which no program needs
    ServicePortMapping = JsonObject

__all__ = ["ServicePortsInput", "container_ports", "only_port", "ports_of", "to_service_ports", "write_targets"]

#: `80`, `"80:8080"`, `"53/UDP"`, a list of these, names to these, or `ServicePort`s.
ServicePortsInput = (
    int
    | str
    | Sequence[int | str | ServicePort | ServicePortMapping | JsonObject]
    | Mapping[str, int | str | ServicePort | ServicePortMapping | JsonObject]
)

#: As `kubectl create service --tcp` has it: port, target, protocol.
_TEXT = r"(?P<port>\d+)(?::(?P<target>[\w-]+))?(?:/(?P<protocol>TCP|UDP|SCTP))?"


class ShortPort(ServicePort):
    """A port said in short, whose target follows from the containers that the Service leads to."""


def to_service_ports(said: ServicePortsInput | None) -> list[ServicePort] | None:
    """Return the ports as the API's own type."""
    if said is None:
        return None
    if isinstance(said, Mapping):
        return [_to_port(port, name) for name, port in said.items()]
    if isinstance(said, Sequence) and not isinstance(said, str):
        return [_to_port(port, None) for port in said]
    return [_to_port(said, None)]


def _to_port(said: object, name: str | None) -> ServicePort:
    said = as_model(ServicePort, said)
    if isinstance(said, ServicePort):
        if name is not None and said.name is None:
            said.name = name
        return said
    if isinstance(said, int) and not isinstance(said, bool):
        return ShortPort(name=name, port=said)
    match = re.fullmatch(_TEXT, said) if isinstance(said, str) else None
    if match is None:
        raise ArgumentError(
            f'{said!r} is not a port of a Service: expected a number, `"80:8080"`, `"53/UDP"` or a ServicePort'
        )
    target = match["target"]
    return ShortPort(
        name=name,
        port=int(match["port"]),
        target_port=int(target) if target and target.isdecimal() else target,
        protocol=match["protocol"],  # type: ignore[arg-type]  # one of three
    )


def container_ports(workload: Any) -> list[ContainerPort]:
    """Return the ports of a workload's containers, sidecars included."""
    inits = [as_model(Container, each) for each in getattr(workload, "init_containers", None) or ()]
    sidecars = [each for each in inits if each.restart_policy == "Always"]
    containers = [as_model(Container, each) for each in getattr(workload, "containers", None) or ()]
    ports = [port for container in (*containers, *sidecars) for port in getattr(container, "ports", None) or ()]
    return [as_model(ContainerPort, port) for port in ports]


def ports_of(workload: Any) -> list[ServicePort]:
    """Return the ports of a Service in front of a workload: those of its containers.

    Raises `UsageError` for several ports without names.
    """
    ports = container_ports(workload)
    nameless = [port for port in ports if port.name is None]
    if len(ports) > 1 and nameless:
        numbers = ", ".join(str(port.container_port) for port in nameless)
        raise UsageError(
            f"{describe(workload)} has {len(ports)} ports and no name for {numbers}; a Service of several ports needs "
            f'names: write `ports={{"http": 8080, ...}}`, or write `expose(ports=...)`'
        )
    return [
        ServicePort(
            name=port.name,
            port=port.container_port,
            target_port=port.name or port.container_port,
            protocol=port.protocol,
        )
        for port in ports
    ]


def only_port(workload: Any, number: int) -> list[ServicePort]:
    """Return the port of a Service that leads to the only port of a workload.

    Raises `UsageError` for a workload of several ports, or of none.
    """
    match container_ports(workload):
        case [only]:
            target = only.name or only.container_port
            return [ServicePort(name=only.name, port=number, target_port=target, protocol=only.protocol)]
        case []:
            raise UsageError(
                f"{describe(workload)} has no container port that {number} could lead to: give a container "
                f'`ports={{...}}`, or say both, `expose(ports="{number}:8080")`'
            )
    raise UsageError(
        f"{describe(workload)} has several container ports, and `port={number}` can lead to one only: say which, "
        f'`expose(ports={{"http": {number}}})`'
    )


def write_targets(said: Sequence[ServicePort], nodes: list[dict[str, Any]], workload: Any) -> None:
    """Write target and protocol of ports said in short: those of the container port of that name, or the only one."""
    there = container_ports(workload)
    for port, node in zip(said, nodes, strict=True):
        target = _target(port, there, len(said)) if isinstance(port, ShortPort) else None
        if target is None:
            continue
        if target.container_port != port.port and "targetPort" not in node:
            node["targetPort"] = target.name or target.container_port
        if target.protocol not in (None, "TCP") and "protocol" not in node:
            node["protocol"] = target.protocol


def _target(port: ServicePort, there: Sequence[ContainerPort], count: int) -> ContainerPort | None:
    """Return the container port that is meant, where that is beyond doubt: one of another protocol never is."""
    wanted = port.target_port
    there = [each for each in there if port.protocol in (None, each.protocol or "TCP")]
    if wanted is not None:
        return next((each for each in there if wanted in (each.name, each.container_port)), None)
    for each in there:
        if port.name is not None and each.name == port.name:
            return each
    for each in there:
        if each.container_port == port.port:
            return each
    return there[0] if len(there) == 1 and count == 1 else None
