"""Ports of a Service: numbers, names and numbers, or the API's own `ServicePort`s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpy.api.core.v1 import ServicePort
from kpy.errors import ArgumentError

__all__ = ["ServicePortsInput", "to_service_ports"]

#: `80`, `[80, 443]`, `{"http": 80}`, or a list of `ServicePort`s.
ServicePortsInput = int | Sequence[int | ServicePort] | Mapping[str, int | ServicePort]


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
    if isinstance(said, ServicePort):
        if name is not None and said.name is None:
            said.name = name
        return said
    if isinstance(said, int) and not isinstance(said, bool):
        return ServicePort(name=name, port=said)
    raise ArgumentError(f"{said!r} is no port of a Service: expected a number or a ServicePort")
