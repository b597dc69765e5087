"""Ingresses: HTTP from outside to Services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from kpy.api.networking import v1 as networking
from kpy.constructs.fields.networking_v1 import IngressFields
from kpy.constructs.object import Home, Object
from kpy.constructs.services import Service, ServiceTarget
from kpy.errors import ArgumentError, UsageError
from kpy.model.declarative import Accepts, accepts
from kpy.model.lists import to_list
from kpy.model.plain import Sink, to_plain
from kpy.model.referable import Referable
from kpy.tree.part import describe

__all__ = ["Ingress", "RouteTarget", "TlsInput", "to_backend", "to_routes", "to_tls"]

#: A Service with one port, one port of it (`service["http"]`), or the API's own backend.
RouteTarget = Service | ServiceTarget | networking.IngressBackend
#: The Secret with the certificate of all hosts, hosts to Secrets, or the API's own type.
TlsInput = str | Referable | Mapping[str, str | Referable] | Sequence[networking.IngressTLS]


class Ingress(IngressFields, Object):
    """Routes of HTTP hosts and paths to Services.

        chart.add(Ingress("edge", host="shop.io", routes={"/api": api_service, "/": web_service["http"]}))

    Routes match by prefix, or by another `path_type`; `rules` says everything else.

    https://kubernetes.io/docs/concepts/services-networking/ingress/
    """

    api_version: ClassVar[str] = "networking.k8s.io/v1"
    kind: ClassVar[str] = "Ingress"
    _homes: ClassVar[tuple[Home, ...]] = ((IngressFields, ("spec",)),)

    #: The host of `routes`; unsaid, any.
    host: str | None = None
    #: Paths to Services; a key `"other.io/path"`, with a host before the first slash, has a host of its own.
    routes: Accepts[Mapping[str, RouteTarget] | None, dict[str, RouteTarget] | None] = accepts(
        "kpy.constructs.ingresses:to_routes", default=None
    )
    #: How the paths of `routes` match; unsaid, by prefix.
    path_type: Literal["Exact", "ImplementationSpecific", "Prefix"] | None = None

    def _finish(self, tree: dict[str, Any], sink: Sink) -> None:
        if self.host is not None and self.routes is None:
            raise UsageError(f'{describe(self)} has a `host` and no `routes`; write `routes={{"/": service}}`')
        if self.routes:
            self._write_routes(tree.setdefault("spec", {}).setdefault("rules", []), sink)
        if self.tls and isinstance(self.tls[0], _TlsOfAllHosts):
            hosts = dict.fromkeys(rule["host"] for rule in tree["spec"].get("rules", ()) if "host" in rule)
            if hosts:
                tree["spec"]["tls"][0]["hosts"] = list(hosts)

    def _write_routes(self, rules: list[dict[str, Any]], sink: Sink) -> None:
        by_host: dict[str | None, list[dict[str, Any]]] = {}
        for route, target in (self.routes or {}).items():
            host, slash, path = route.partition("/")
            if not slash:
                raise ArgumentError(f'{describe(self)} routes {route!r}: a route begins with "/" or with "host/"')
            backend = to_plain(to_backend(target, describe(self)), sink)
            paths = by_host.setdefault(host or self.host, [])
            paths.append({"path": f"/{path}", "pathType": self.path_type or "Prefix", "backend": backend})
        for name, paths in by_host.items():
            rules.append({**({} if name is None else {"host": name}), "http": {"paths": paths}})


class _TlsOfAllHosts(networking.IngressTLS):
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
        return [_TlsOfAllHosts(secret_name=said)]
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
