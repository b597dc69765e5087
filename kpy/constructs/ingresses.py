"""Ingresses: HTTP from outside to Services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from kpy.api.networking import v1 as networking
from kpy.constructs.fields.networking_v1 import IngressFields
from kpy.constructs.object import Home, Object
from kpy.constructs.services import Service, ServiceTarget
from kpy.errors import ArgumentError, UsageError
from kpy.model.plain import Sink, to_plain
from kpy.tree.part import describe

if TYPE_CHECKING:
    pass

__all__ = ["Ingress", "RouteTarget"]

#: A Service with one port, one port of it (`service["http"]`), or the API's own backend.
RouteTarget = Service | ServiceTarget | networking.IngressBackend


class Ingress(IngressFields, Object):
    """Routes of HTTP hosts and paths to Services.

        chart.add(Ingress("edge", host="shop.io", routes={"/api": api_service, "/": web_service["http"]}))

    Routes match by prefix; `rules` says everything else.

    https://kubernetes.io/docs/concepts/services-networking/ingress/
    """

    api_version: ClassVar[str] = "networking.k8s.io/v1"
    kind: ClassVar[str] = "Ingress"
    _homes: ClassVar[tuple[Home, ...]] = ((IngressFields, ("spec",)),)

    #: The host of `routes`; unsaid, any.
    host: str | None = None
    #: Path prefixes to Services; a key `"other.io/path"`, with a host before the first slash, has a host of its own.
    routes: Mapping[str, RouteTarget] | None = None

    def _finish(self, tree: dict[str, Any], sink: Sink) -> None:
        if self.host is not None and self.routes is None:
            raise UsageError(f'{describe(self)} has a `host` and no `routes`; write `routes={{"/": service}}`')
        if not self.routes:
            return
        rules: list[dict[str, Any]] = tree.setdefault("spec", {}).setdefault("rules", [])
        by_host: dict[str | None, list[dict[str, Any]]] = {}
        for route, target in self.routes.items():
            host, slash, path = route.partition("/")
            if not slash:
                raise ArgumentError(f'{describe(self)} routes {route!r}: a route begins with "/" or with "host/"')
            backend = to_plain(_backend(target, self), sink)
            paths = by_host.setdefault(host or self.host, [])
            paths.append({"path": f"/{path}", "pathType": "Prefix", "backend": backend})
        for name, paths in by_host.items():
            rules.append({**({} if name is None else {"host": name}), "http": {"paths": paths}})


def _backend(target: RouteTarget, ingress: Ingress) -> networking.IngressBackend:
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
            raise UsageError(f"{describe(ingress)} routes to {describe(target)}, which has {has}")
    if hasattr(target, "expose"):
        raise UsageError(
            f"{describe(ingress)} routes to {describe(target)}, and routes lead to Services: "
            f"add one with `chart.add(....expose())` and route to that"
        )
    raise ArgumentError(
        f'{describe(ingress)} routes to {target!r}: expected a Service, one of its ports (`service["http"]`) or an '
        f"IngressBackend"
    )


def _service_backend(service: Service, port: str | int | None) -> networking.IngressBackend:
    by = (
        networking.ServiceBackendPort(name=port)
        if isinstance(port, str)
        else networking.ServiceBackendPort(number=port)
    )
    return networking.IngressBackend(service=networking.IngressServiceBackend(name=service, port=by))
