"""Where an Ingress leads and with which certificates: the short forms of its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from kpy.api.networking import v1 as networking
from kpy.constructs.services import Service, ServiceTarget
from kpy.errors import ArgumentError, UsageError
from kpy.model.lists import to_list
from kpy.model.mappings import as_model, as_models
from kpy.model.referable import Referable
from kpy.model.shown import shown
from kpy.model.typing import JsonObject
from kpy.tree.part import describe

__all__ = [
    "PathType",
    "Route",
    "RouteTarget",
    "TlsInput",
    "TlsOfAllHosts",
    "path_type_of",
    "to_backend",
    "to_hosts",
    "to_routes",
    "to_tls",
]

#: A Service with one port, one port of it (`service["http"]`), or the API's own backend.
RouteTarget = Service | ServiceTarget | networking.IngressBackend | JsonObject
PathType = Literal["Exact", "ImplementationSpecific", "Prefix"]
#: Where a route leads, and how its path matches where that is not as the others do: `(service, "Exact")`.
Route = RouteTarget | tuple[RouteTarget, PathType]
#: The Secret with the certificate of all hosts, hosts to Secrets, or the API's own type.
TlsInput = str | Referable | Mapping[str, str | Referable] | Sequence[networking.IngressTLS | JsonObject]


class TlsOfAllHosts(networking.IngressTLS):
    """A Secret with the certificate of all hosts of an Ingress."""


def to_routes(said: Mapping[str, Route]) -> dict[str, Route]:
    """Return routes as a mapping of their own."""
    if not isinstance(said, Mapping):
        raise ArgumentError(f'expected a mapping of paths to Services, `{{"/": service}}`, not {said!r}')
    for route in said:
        if not isinstance(route, str):
            raise ArgumentError(f'{route!r} stands where the path belongs: write `{{"/": service}}`')
    return dict(said)


def to_hosts(said: str | Iterable[str]) -> list[str]:
    """Return one host or several as a list."""
    hosts = [said] if isinstance(said, str) else to_list(said, "hosts")
    if not hosts:
        raise ArgumentError("there is no host in the list; leave `host` out for any host")
    return hosts


def path_type_of(route: object, default: PathType) -> tuple[object, PathType]:
    """Return where a route leads and how its path matches."""
    if not isinstance(route, tuple):
        return route, default
    match route:
        case (target, ("Exact" | "ImplementationSpecific" | "Prefix") as path_type):
            return target, path_type
    raise ArgumentError(
        f'{shown(route)} is not a route: expected a Service, or a Service and "Exact", "Prefix" or '
        f'"ImplementationSpecific", `(service, "Exact")`'
    )


def to_tls(said: TlsInput) -> list[networking.IngressTLS]:
    """Return certificates as the API's own type; hosts with the same Secret stand together."""
    if isinstance(said, str | Referable):
        return [TlsOfAllHosts(secret_name=said)]
    if not isinstance(said, Mapping):
        entries = as_models(networking.IngressTLS, to_list(said, "certificates"))
        for each in entries:
            if not isinstance(each, networking.IngressTLS):
                raise ArgumentError(
                    f'{shown(each)} is not a certificate: write `{{"shop.io": secret}}`, hosts to Secrets'
                )
        return entries
    made: dict[object, networking.IngressTLS] = {}
    for host, secret in said.items():
        key = secret if isinstance(secret, str) else id(secret)
        entry = made.setdefault(key, networking.IngressTLS(hosts=[], secret_name=secret))
        entry.hosts = [*(entry.hosts or ()), host]
    return list(made.values())


def to_backend(said: object, who: str = "the Ingress") -> networking.IngressBackend:
    """Return where a route leads as the API's own type."""
    target = as_model(networking.IngressBackend, said)
    match target:
        case networking.IngressBackend():
            return target
        case ServiceTarget(service=service, port=port):
            return _service_backend(service, port)
        case Service(ports=[port]):
            return _service_backend(target, port.name or port.port)
        case Service(ports=ports):
            names = [f'"{port.name or port.port}"' for port in ports or ()]
            has = f"several ports, {', '.join(names)}; pick one: `service[{names[0]}]`" if names else "no ports"
            if target._is_existing:
                has = 'ports that nobody here knows; pick one: `service["http"]` or `service[80]`'
            raise UsageError(f"{who} routes to {describe(target)}, which has {has}")
    if hasattr(target, "expose"):
        raise UsageError(
            f"{who} routes to {describe(target)}, and routes lead to Services: "
            f"add one with `chart.add(....expose())` and route to that"
        )
    raise ArgumentError(
        f'{who} routes to {target!r}: expected a Service, one of its ports (`service["http"]`) or an IngressBackend'
    )


def _service_backend(service: Service, port: str | int | None) -> networking.IngressBackend:
    by = (
        networking.ServiceBackendPort(name=port)
        if isinstance(port, str)
        else networking.ServiceBackendPort(number=port)
    )
    return networking.IngressBackend(service=networking.IngressServiceBackend(name=service, port=by))
