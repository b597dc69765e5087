"""Names of compose as Kubernetes takes them."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["dns_label", "key_of_file", "port_name"]

_LONGEST: Final = 63
_OTHER: Final = re.compile(r"[^a-z0-9-]+")
#: Ports whose protocol is known to everybody.
_PORTS: Final = {
    80: "http",
    443: "https",
    1433: "mssql",
    1883: "mqtt",
    3306: "mysql",
    4222: "nats",
    4317: "otlp-grpc",
    4318: "otlp-http",
    5432: "postgres",
    5672: "amqp",
    6379: "redis",
    8080: "http",
    8443: "https",
    9092: "kafka",
    9200: "elasticsearch",
    11211: "memcached",
    27017: "mongodb",
}


def dns_label(name: str) -> str:
    """Return a name as a DNS label: small letters, digits and dashes."""
    label = _OTHER.sub("-", name.lower()).strip("-")[:_LONGEST].strip("-")
    return label if label and not label[0].isdigit() else f"x{label}"[:_LONGEST]


def key_of_file(name: str) -> str:
    """Return the name of a file as a key of a ConfigMap."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip(".") or "file"


def port_name(number: int, protocol: str, taken: set[str]) -> str:
    """Return a name for a port that no other of the service has."""
    name = _PORTS.get(number, f"port-{number}")
    if protocol != "TCP":
        name = f"{name}-{protocol.lower()}"[:15].strip("-")
    if name in taken:
        name = f"port-{number}" if protocol == "TCP" else f"port-{number}-{protocol.lower()}"[:15]
    taken.add(name)
    return name
