"""Ports of a container: numbers, names and numbers, or the API's own `ContainerPort`s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kpy.api.core.v1 import ContainerPort
from kpy.errors import ArgumentError
from kpy.model.mappings import as_model
from kpy.model.typing import JsonObject

if TYPE_CHECKING:
    from kpy.constructs.fields.mappings import ContainerPortMapping
else:  # types for editors, which no program needs
    ContainerPortMapping = JsonObject

__all__ = ["PortsInput", "to_ports"]

#: `8080`, `"53/UDP"`, `[8080, 9090]`, `{"http": 8080, "dns": "53/UDP"}`, or a list of `ContainerPort`s. A text is one
#: port; `Several`, which is no text, would take the keys of a mapping for ports in the eyes of mypy.
PortsInput = (
    int
    | str
    | Sequence[int | str | ContainerPort | ContainerPortMapping | JsonObject]
    | Mapping[str, int | str | ContainerPort | ContainerPortMapping | JsonObject]
)

_EXPECTED = 'a number, `"53/UDP"`, or a ContainerPort'


def to_ports(said: PortsInput | None) -> list[ContainerPort] | None:
    """Return the ports as the API's own type."""
    if said is None:
        return None
    if isinstance(said, Mapping):
        return [_to_port(port, name) for name, port in said.items()]
    if isinstance(said, str) or not isinstance(said, Sequence):
        return [_to_port(said, None)]
    return [_to_port(port, None) for port in said]


def _to_port(said: object, name: str | None) -> ContainerPort:
    match said:
        case Mapping():
            return _to_port(as_model(ContainerPort, said), name)
        case ContainerPort():
            if name is not None and said.name is None:
                said.name = name
            return said
        case bool():
            pass
        case int():
            return ContainerPort(name=name, container_port=said)
        case str():
            number, _, protocol = said.partition("/")
            if number.isdecimal() and protocol in ("TCP", "UDP", "SCTP"):
                return ContainerPort(name=name, container_port=int(number), protocol=protocol)  # type: ignore[arg-type]  # one of three
    fix = f"; write {said} without quotes" if isinstance(said, str) and said.isdecimal() else ""
    raise ArgumentError(f"{said!r} is not a port of a container: expected {_EXPECTED}{fix}")
