"""Ingresses: HTTP from outside to Services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from kpy.constructs.fields.ingress import IngressFields
from kpy.constructs.object import Home, Object
from kpy.constructs.routes import RouteTarget, TlsOfAllHosts, to_backend
from kpy.errors import ArgumentError, UsageError
from kpy.model.fields import Accepts, accepts
from kpy.model.plain import Sink, to_plain
from kpy.tree.part import describe

__all__ = ["Ingress"]


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
        "kpy.constructs.routes:to_routes", default=None
    )
    #: How the paths of `routes` match; unsaid, by prefix.
    path_type: Literal["Exact", "ImplementationSpecific", "Prefix"] | None = None

    def _finish(self, tree: dict[str, Any], sink: Sink) -> None:
        if self.host is not None and self.routes is None:
            raise UsageError(f'{describe(self)} has a `host` and no `routes`; write `routes={{"/": service}}`')
        if self.routes:
            self._write_routes(tree.setdefault("spec", {}).setdefault("rules", []), sink)
        if self.tls and isinstance(self.tls[0], TlsOfAllHosts):
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
