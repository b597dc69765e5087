"""Services: one address in front of pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from kpy.constructs.fields.service import ServiceFields
from kpy.constructs.object import Home, Object
from kpy.constructs.service_ports import only_port, ports_of, write_targets
from kpy.errors import UsageError
from kpy.tree.part import Part, describe, namespace_of

if TYPE_CHECKING:
    from kpy.api.core.v1 import ServicePort
    from kpy.constructs.fields.service import ServiceArguments
    from kpy.model.plain import Sink

__all__ = ["Service", "ServiceTarget", "service_for"]


class ServiceTarget:
    """One port of a Service, for an Ingress: `service["http"]`."""

    def __init__(self, service: Service, port: str | int) -> None:
        self.service = service
        self.port = port


class Service(ServiceFields, Object):
    """One stable address in front of the pods that a selector finds.

        service = chart.add(Service("api", selector=api, ports={"http": 80}))

    `api.expose()` makes the usual one.

    https://kubernetes.io/docs/concepts/services-networking/service/
    """

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Service"
    _homes: ClassVar[tuple[Home, ...]] = ((ServiceFields, ("spec",)),)

    def _serves(self) -> Part | None:
        return self.selector if isinstance(self.selector, Part) else None

    def _finish(self, tree: dict[str, Any], sink: Sink) -> None:
        if self.ports and self.selector is not None:
            write_targets(self.ports, tree["spec"]["ports"], self.selector)

    def __getitem__(self, port: str | int) -> ServiceTarget:
        """Return one port, by name or number, for `Ingress(routes={...})`."""
        return ServiceTarget(self, port)

    @property
    def port(self) -> int:
        """The number of its only port, for addresses that are put together: `f"{service.host}:{service.port}"`."""
        match self.ports or ():
            case [only] if only.port is not None:
                return only.port
            case [_, _, *_] as several:
                names = ", ".join(f'"{each.name or each.port}"' for each in several)
                raise UsageError(f"{describe(self)} has several ports, {names}: write the number of the one you mean")
        raise UsageError(f"{describe(self)} has no port: give it `ports=`, or the containers behind it")

    @property
    def host(self) -> str:
        """The DNS name within the namespace: `api`."""
        return self.name

    @property
    def fqdn(self) -> str:
        """The DNS name within the cluster: `api.shop.svc`, with the namespace that the Service or its chart names.

        https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
        """
        namespace = namespace_of(self)
        if namespace is not None:
            return f"{self.name}.{namespace}.svc"
        raise UsageError(
            f"{describe(self)} has no namespace yet, so no `fqdn`: give the Service or its chart one, and add it first"
        )


def service_for(workload: Any, name: str | None, port: int | None, arguments: ServiceArguments) -> Service:
    """Return the Service in front of a workload; `port` leads to the only port of its containers."""
    settled: dict[str, Any] = dict(arguments)
    settled.setdefault("selector", workload)
    if port is not None:
        if "ports" in settled:
            raise UsageError("`expose` was given both `port` and `ports`; leave one out")
        settled["ports"] = only_port(workload, port)
    if "ports" not in settled:
        settled["ports"] = ports_of(workload) or _refuse_portless(workload)
    return Service(name or workload.name, **settled)


def _refuse_portless(workload: Any) -> list[ServicePort]:
    raise UsageError(
        f"{describe(workload)} has no container port to expose: give a container `ports={{...}}`, "
        f"or write `expose(ports=...)`"
    )
