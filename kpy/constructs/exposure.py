"""What everything that makes pods can be given: a Service, an Ingress, a disruption budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from kpy.constructs.autoscaling import PodDisruptionBudget
from kpy.constructs.ingresses import Ingress
from kpy.constructs.services import Service, service_for
from kpy.errors import ArgumentError, UsageError
from kpy.tree.construct import Construct
from kpy.tree.part import describe

if TYPE_CHECKING:
    from kpy.constructs.fields.ingress import IngressArguments
    from kpy.constructs.fields.service import ServiceArguments
    from kpy.constructs.object import ObjectArguments
    from kpy.model.lists import Several
    from kpy.model.referable import Selectable

__all__ = ["Exposed"]


class Exposed(Construct):
    """What makes pods that others talk to."""

    def expose(
        self, name: str | None = None, *, port: int | None = None, **arguments: Unpack[ServiceArguments]
    ) -> Service:
        """Return a Service, not yet added, in front of the pods.

        If not given, its name is the workload's and its ports are the containers' ports: the same number under the
        same name, with the name as target where there is one. Several ports without names are an error. `port=80`
        leads to the only container port, `ports={"http": 80}` to the container port `http`. All fields of a Service
        can be given.
        """
        if isinstance(name, int):
            raise ArgumentError(
                f"the first argument of `expose` is the name of the Service: write `expose(port={name})`"
            )
        return service_for(self, name, port, arguments)

    def expose_via_ingress(
        self,
        host: str | Several[str] | None = None,
        path: str = "/",
        *,
        port: str | int | None = None,
        name: str | None = None,
        **arguments: Unpack[IngressArguments],
    ) -> tuple[Service, Ingress]:
        """Return a Service and an Ingress, not yet added, that lead a host and path to the pods.

        `port` picks one of several ports. All fields of an Ingress can be given; the namespace and the labels are
        those of the Service, too.

            chart.add(*web.expose_via_ingress("shop.io", tls=certificate))
        """
        service = self.expose(name, namespace=arguments.get("namespace"), labels=arguments.get("labels"))
        target = service if port is None else service[port]
        return service, Ingress(name or self.name, host=host, routes={path: target}, **arguments)

    def budget(
        self,
        *,
        min_available: int | str | None = None,
        max_unavailable: int | str | None = None,
        name: str | None = None,
        **arguments: Unpack[ObjectArguments],
    ) -> PodDisruptionBudget:
        """Return a disruption budget, not yet added, for the pods: a number or a percentage (`"50%"`)."""
        if min_available is None and max_unavailable is None:
            raise UsageError(f"a budget for {describe(self)} says `min_available=` or `max_unavailable=`")
        return PodDisruptionBudget(
            name or self.name,
            selector=self._pods(),
            min_available=min_available,
            max_unavailable=max_unavailable,
            **arguments,
        )

    def _pods(self) -> Selectable:
        """Return the workload itself, as what selects its pods."""
        return self  # type: ignore[return-value]  # all that mix this in are selectable
