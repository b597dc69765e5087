"""Traffic between workloads, as one network policy per workload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from kpy.api.networking.v1 import NetworkPolicyPort
from kpy.constructs.network_policies import NetworkPolicy, PolicyPortsInput
from kpy.constructs.service_ports import container_ports
from kpy.errors import ArgumentError
from kpy.tree.construct import Construct
from kpy.tree.part import describe

if TYPE_CHECKING:
    from kpy.api.core.v1 import ContainerPort
    from kpy.constructs.pods import Pod, PodOwner

__all__ = ["Traffic"]


def _policy_port(port: ContainerPort) -> NetworkPolicyPort:
    return NetworkPolicyPort(port=port.name or port.container_port, protocol=port.protocol or "TCP")


class Traffic(Construct):
    """Who talks to whom, said once; each workload that is mentioned gets one policy of its own name.

        traffic = chart.add(Traffic("traffic"))
        traffic.allow_between(web, api, ports=["http"])
        traffic.allow_between(api, database, ports=[5432])
        traffic.allow_dns(web, api)

    The two halves of a connection, out of one workload and into the other, are written together, so that neither is
    forgotten. What a mentioned direction does not allow is refused.

    https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """

    labels: Mapping[str, str] | None = None
    """Labels on the policies."""
    annotations: Mapping[str, str] | None = None
    """Annotations on the policies."""

    def policy(self, workload: PodOwner | Pod) -> NetworkPolicy:
        """Return the policy of a workload, to allow it more than other workloads: ranges, namespaces."""
        policies: dict[int, NetworkPolicy] = self.__dict__.setdefault("_policies", {})
        if id(workload) not in policies:
            if not hasattr(workload, "selector_tree"):
                raise ArgumentError(f"{describe(self)} is about workloads, not {workload!r}")
            policy = NetworkPolicy(workload.name, target=workload, labels=self.labels, annotations=self.annotations)
            policies[id(workload)] = self.add(policy)
        return policies[id(workload)]

    def allow_between(
        self, source: PodOwner | Pod, target: PodOwner | Pod, *, ports: PolicyPortsInput | None = None
    ) -> Self:
        """Allow connections from the pods of one workload to those of another.

        If no ports are given, these are the ports that the containers of the target declare; all, if they declare none.
        """
        if ports is None:
            ports = [_policy_port(port) for port in container_ports(target)] or None
        self.policy(source).allow_to(target, ports=ports)
        self.policy(target).allow_from(source, ports=ports)
        return self

    def allow_dns(self, *workloads: PodOwner | Pod) -> Self:
        """Allow workloads to look names up; see `NetworkPolicy.allow_dns`."""
        for workload in workloads:
            self.policy(workload).allow_dns()
        return self

    def isolate(self, *workloads: PodOwner | Pod) -> Self:
        """Refuse workloads all that is not allowed, in both directions."""
        for workload in workloads:
            self.policy(workload).deny_all()
        return self
