"""Ingresses: HTTP from outside to Services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from kpy.constructs.fields.ingress import IngressFields
from kpy.constructs.object import Home, Object
from kpy.constructs.routes import PathType, Route, TlsOfAllHosts, path_type_of, to_backend
from kpy.errors import ArgumentError, UsageError
from kpy.model.fields import Accepts, accepts
from kpy.model.lists import Several
from kpy.model.plain import Sink, to_plain
from kpy.model.scalars import plain_text
from kpy.tree.part import describe

__all__ = ["Ingress"]


#: The hosts of a rule for all of them.
_ANY_HOST: list[str | None] = [None]


class Ingress(IngressFields, Object):
    """Routes of HTTP hosts and paths to Services.

        chart.add(Ingress("edge", host="shop.io", routes={"/api": api_service, "/": web_service["http"]}))

    Routes match by prefix, or by another `path_type`, which a route can have of its own:
    `{"/": web, "/healthz": (web, "Exact")}`. `rules` says everything else.

    https://kubernetes.io/docs/concepts/services-networking/ingress/
    """

    api_version: ClassVar[str] = "networking.k8s.io/v1"
    kind: ClassVar[str] = "Ingress"
    _homes: ClassVar[tuple[Home, ...]] = ((IngressFields, ("spec",)),)

    host: Accepts[str | Several[str] | None, list[str] | None] = accepts("kpy.constructs.routes:to_hosts", default=None)
    """The host of `routes`, or several; if not given, any."""
    routes: Accepts[Mapping[str, Route] | None, dict[str, Route] | None] = accepts(
        "kpy.constructs.routes:to_routes", default=None
    )
    """Paths to Services; a key `"other.io/path"`, with a host before the first slash, has a host of its own."""
    path_type: PathType | None = None
    """How the paths of `routes` match; by default, by prefix."""

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
            service, path_type = path_type_of(target, plain_text(self.path_type) or "Prefix")
            for each in [host] if host else self.host or _ANY_HOST:
                backend = to_plain(to_backend(service, describe(self)), sink)
                by_host.setdefault(each, []).append({"path": f"/{path}", "pathType": path_type, "backend": backend})
        for name, paths in by_host.items():
            rules.append({**({} if name is None else {"host": name}), "http": {"paths": paths}})
