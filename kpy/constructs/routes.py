"""Where an Ingress leads and with which certificates: the short forms of its fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpy.api.networking import v1 as networking
from kpy.constructs.services import Service, ServiceTarget
from kpy.errors import ArgumentError, UsageError
from kpy.model.lists import to_list
from kpy.model.referable import Referable
from kpy.tree.part import describe

__all__ = ["RouteTarget", "TlsInput", "TlsOfAllHosts", "to_backend", "to_routes", "to_tls"]

#: A Service with one port, one port of it (`service["http"]`), or the API's own backend.
RouteTarget = Service | ServiceTarget | networking.IngressBackend
#: The Secret with the certificate of all hosts, hosts to Secrets, or the API's own type.
TlsInput = str | Referable | Mapping[str, str | Referable] | Sequence[networking.IngressTLS]


class TlsOfAllHosts(networking.IngressTLS):
    """A Secret with the certificate of all hosts of an Ingress."""


def to_routes(said: Mapping[str, RouteTarget]) -> dict[str, RouteTarget]:
    """Return routes as a mapping of their own."""
    if not isinstance(said, Mapping):
        raise ArgumentError(f'expected a mapping of paths to Services, `{{"/": service}}`, not {said!r}')
    for route in said:
        if not isinstance(route, str):
            raise ArgumentError(f'{route!r} stands where the path belongs: write `{{"/": service}}`')
    return dict(said)


def to_tls(said: TlsInput) -> list[networking.IngressTLS]:
    """Return certificates as the API's own type; hosts with the same Secret stand together."""
    if isinstance(said, str | Referable):
        return [TlsOfAllHosts(secret_name=said)]
    if not isinstance(said, Mapping):
        return to_list(said, "certificates")
    made: dict[object, networking.IngressTLS] = {}
    for host, secret in said.items():
        key = secret if isinstance(secret, str) else id(secret)
        entry = made.setdefault(key, networking.IngressTLS(hosts=[], secret_name=secret))
        entry.hosts = [*(entry.hosts or ()), host]
    return list(made.values())


def to_backend(target: RouteTarget, who: str = "the Ingress") -> networking.IngressBackend:
    """Return where a route leads as the API's own type."""
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
