"""Ports of services: what containers listen on, and what a host publishes.

https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from kpy.importing.compose.fields import Fields
from kpy.importing.compose.interpolation import UNSET
from kpy.importing.compose.names import port_name

__all__ = ["Port", "read_ports"]

#: `[host:][published:]target[/protocol]`; a host of IPv6 stands in brackets.
_SHORT: Final = re.compile(
    r"(?:(?:\[[^\]]*\]|[\w.-]+):(?=[^:]*:))?(?:(?P<published>\d+(?:-\d+)?)?:)?(?P<target>\d+(?:-\d+)?)(?:/(?P<protocol>\w+))?"
)
_PROTOCOLS: Final = ("TCP", "UDP", "SCTP")
_HIGHEST: Final = 65535
#: The ports that official images expose. In compose nobody has to say them, since containers reach every port.
_IMAGES: Final = {
    "cassandra": 9042,
    "elasticsearch": 9200,
    "mariadb": 3306,
    "memcached": 11211,
    "mongo": 27017,
    "mysql": 3306,
    "nats": 4222,
    "neo4j": 7687,
    "postgres": 5432,
    "rabbitmq": 5672,
    "redis": 6379,
    "valkey/valkey": 6379,
}


class Port(NamedTuple):
    """A port of a container."""

    number: int
    protocol: str
    name: str
    app_protocol: str = ""


def read_ports(service: Fields) -> list[Port]:
    """Return the ports of a service, each once; those of the host are told, since a Service has none."""
    ports: dict[tuple[int, str], str] = {}
    names: dict[tuple[int, str], str] = {}
    published: list[str] = []
    for entry in service.items("ports"):
        for number, outside, protocol, app_protocol, name in _port(service, entry):
            key = (number, protocol)
            ports[key] = app_protocol or ports.get(key, "")
            names[key] = name or names.get(key, "")
            if outside:
                published.append(str(number) if outside == str(number) else f"{number} as {outside}")
    if published:
        text = f"a Service has the port of the container; what a host published ({', '.join(dict.fromkeys(published))})"
        service.note("ports", f"{text} is reached by an Ingress, a Gateway or `kubectl port-forward`")
    for entry in service.items("expose"):
        for number, _, protocol, _, _ in _port(service, entry, "expose"):
            ports.setdefault((number, protocol), "")
    if not ports and (known := _port_of_image(service)):
        ports[known, "TCP"] = ""
        service.note("image", f"the file says no port: {known} is the one that the image says")
    taken: set[str] = {name for name in names.values() if name}
    return [
        Port(number, protocol, names.get((number, protocol)) or port_name(number, protocol, taken), app_protocol)
        for (number, protocol), app_protocol in ports.items()
    ]


def _port_of_image(service: Fields) -> int | None:
    """Return the port of an image that everybody knows; nothing for others, and on the network of a host."""
    if service.take("network_mode") == "host":
        return None
    name = str(service.take("image") or "").partition("@")[0].removeprefix("docker.io/").removeprefix("library/")
    return _IMAGES.get(name.partition(":")[0])


def _port(service: Fields, entry: Any, key: str = "ports") -> Iterator[tuple[int, str, str, str, str]]:
    """Yield number, published port, protocol, protocol of the application and name of each port of an entry."""
    if isinstance(entry, Mapping):
        fields = Fields(entry, (*service.steps, key), service.notes, service.places)
        target, outside = fields.text("target"), fields.text("published")
        protocol = (fields.text("protocol") or "tcp").upper()
        app_protocol, name = fields.text("app_protocol"), fields.text("name")
        for known in ("mode", "host_ip"):
            fields.take(known)
        fields.rest({})
    else:
        text = str(entry)
        if UNSET in text:
            text = text.rpartition(":")[2]
        found = _SHORT.fullmatch(text)
        if found is None:
            if UNSET in text:
                service.note(key, "the port is in a variable that nobody has set, so that it is left out")
                return
            raise service.wrong(f'expected a port, such as "8080:80" or "80/udp", not {entry!r}', key)
        target, outside = found["target"], found["published"] or ""
        protocol, app_protocol, name = (found["protocol"] or "tcp").upper(), "", ""
    if protocol not in _PROTOCOLS:
        raise service.wrong(f"{protocol.lower()!r} is no protocol: expected tcp, udp or sctp", key)
    inside, there = _range(target), _range(outside)
    if not inside or not all(0 < number <= _HIGHEST for number in inside):
        raise service.wrong(f"expected ports from 1 to {_HIGHEST}, not {entry!r}", key)
    for index, number in enumerate(inside):
        yield number, str(there[index]) if index < len(there) else "", protocol, app_protocol, _port_label(name)


def _range(text: str) -> list[int]:
    first, dash, last = text.partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()):
        return []
    return list(range(int(first), int(last) + 1)) if dash else [int(first)]


def _port_label(name: str) -> str:
    label = re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")[:15].strip("-")
    return label if re.search(r"[a-z]", label) else ""
