"""Network policies, with a builder for who may talk to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self, Union

from kpy.api.meta.v1 import LabelSelector
from kpy.api.networking import v1 as networking
from kpy.constructs.fields.network_policy import NetworkPolicyFields
from kpy.constructs.object import Home, Object
from kpy.constructs.selectors import SelectorInput, to_selector
from kpy.constructs.service_ports import container_ports
from kpy.errors import ArgumentError
from kpy.model.lists import Several, to_list
from kpy.model.mappings import as_model
from kpy.model.plain import Sink
from kpy.model.referable import Referable, Selectable
from kpy.model.typing import JsonObject
from kpy.tree.off import OFF
from kpy.tree.part import Part, describe, frozen

if TYPE_CHECKING:
    from kpy.api.core.v1 import ContainerPort
    from kpy.constructs.namespaces import Namespace

if TYPE_CHECKING:
    from kpy.constructs.fields.mappings import NetworkPolicyPortMapping
else:  # types for editors, which no program needs
    NetworkPolicyPortMapping = JsonObject

__all__ = ["NAME_OF_NAMESPACE", "NetworkPolicy", "PolicyPortsInput", "to_policy_ports"]

#: The label that every namespace has: its name.
NAME_OF_NAMESPACE = "kubernetes.io/metadata.name"
_PROTOCOLS = ("TCP", "UDP", "SCTP")

#: Numbers, names of container ports, `"53/UDP"`, ranges `"8000-8100"` or `"8000-8100/TCP"`, `"UDP"` for all ports of a
#: protocol, or the API's own ports.
PolicyPortsInput = Several[int | str | networking.NetworkPolicyPort | NetworkPolicyPortMapping | JsonObject]
NamespaceInput = Union[str, "Namespace"]


class NetworkPolicy(NetworkPolicyFields, Object):
    """Who may talk to the pods of a workload, and whom they may talk to.

        policy = NetworkPolicy("api", target=api)
        policy.allow_from(web, ports=["http"])
        policy.allow_from_namespace("ingress-nginx", ports=["http"])
        policy.allow_to(db, ports=[5432]).allow_dns()

    The directions that are mentioned become `policyTypes`; what a mentioned direction does not allow is refused.
    `policy_types=OFF` leaves them to the server.

    https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """

    api_version: ClassVar[str] = "networking.k8s.io/v1"
    kind: ClassVar[str] = "NetworkPolicy"
    _homes: ClassVar[tuple[Home, ...]] = ((NetworkPolicyFields, ("spec",)),)

    target: SelectorInput | None = None
    """The workload whose pods the policy is for: short for `pod_selector`. If not given, all pods of the namespace."""

    def allow_from(
        self,
        *peers: SelectorInput,
        namespace: SelectorInput | None = None,
        ports: PolicyPortsInput | None = None,
    ) -> Self:
        """Allow connections from the pods of workloads or selectors; without any, from everywhere.

        `namespace` selects the namespaces of the peers by label; by default that of the workload, or the policy's.
        """
        return self._allow_from(_peers(peers, namespace), ports)

    def allow_to(
        self,
        *peers: SelectorInput,
        namespace: SelectorInput | None = None,
        ports: PolicyPortsInput | None = None,
    ) -> Self:
        """Allow connections to the pods of workloads or selectors; without any, to everywhere.

        `namespace` selects the namespaces of the peers by label; by default that of the workload, or the policy's.
        """
        return self._allow_to(_peers(peers, namespace), ports, peers)

    def allow_from_namespace(self, *namespaces: NamespaceInput, ports: PolicyPortsInput | None = None) -> Self:
        """Allow connections from all pods of namespaces."""
        return self._allow_from([_namespace_peer(namespace) for namespace in namespaces], ports)

    def allow_to_namespace(self, *namespaces: NamespaceInput, ports: PolicyPortsInput | None = None) -> Self:
        """Allow connections to all pods of namespaces."""
        return self._allow_to([_namespace_peer(namespace) for namespace in namespaces], ports)

    def allow_from_cidr(
        self, cidr: str, *, except_: Several[str] | None = None, ports: PolicyPortsInput | None = None
    ) -> Self:
        """Allow connections from a range of addresses, such as `"172.17.0.0/16"`, but for some."""
        return self._allow_from([_block(cidr, except_)], ports)

    def allow_to_cidr(
        self, cidr: str, *, except_: Several[str] | None = None, ports: PolicyPortsInput | None = None
    ) -> Self:
        """Allow connections to a range of addresses, such as `"10.0.0.0/24"`, but for some."""
        return self._allow_to([_block(cidr, except_)], ports)

    def allow_dns(self) -> Self:
        """Allow name lookups: port 53, UDP and TCP, at the pods of the cluster's DNS in `kube-system`.

        https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
        """
        dns = networking.NetworkPolicyPeer(
            namespace_selector=LabelSelector(match_labels={NAME_OF_NAMESPACE: "kube-system"}),
            pod_selector=LabelSelector(match_labels={"k8s-app": "kube-dns"}),
        )
        return self._allow_to([dns], ["53/UDP", "53/TCP"])

    def deny_ingress(self) -> Self:
        """Mention connections from outside, so that only what is allowed comes in; nothing, unless something is."""
        return self._mention("ingress")

    def deny_egress(self) -> Self:
        """Mention connections to outside, so that only what is allowed goes out; nothing, unless something is."""
        return self._mention("egress")

    def deny_all(self) -> Self:
        """Mention both directions, so that only what is allowed passes."""
        return self.deny_ingress().deny_egress()

    def _serves(self) -> Part | None:
        target = self.pod_selector if self.target is None else self.target
        return target if isinstance(target, Part) else None

    def _mention(self, direction: str) -> Self:
        if self.__dict__["_locked"]:
            raise frozen(self, "allow")
        mentioned: list[str] = self.__dict__.setdefault("_mentioned", [])
        if direction not in mentioned:
            mentioned.append(direction)
        return self

    def _allow_from(self, peers: list[networking.NetworkPolicyPeer] | None, ports: PolicyPortsInput | None) -> Self:
        self._mention("ingress")
        target = self.pod_selector if self.target is None else self.target
        said = None if ports is None else to_policy_ports(ports, [target])
        self.ingress = [*(self.ingress or ()), networking.NetworkPolicyIngressRule(from_=peers, ports=said)]
        return self

    def _allow_to(
        self,
        peers: list[networking.NetworkPolicyPeer] | None,
        ports: PolicyPortsInput | None,
        workloads: Sequence[object] = (),
    ) -> Self:
        self._mention("egress")
        said = None if ports is None else to_policy_ports(ports, workloads)
        self.egress = [*(self.egress or ()), networking.NetworkPolicyEgressRule(to=peers, ports=said)]
        return self

    def _finish(self, tree: dict[str, Any], sink: Sink) -> None:
        spec: dict[str, Any] = tree.setdefault("spec", {})
        if self.target is not None:
            if "podSelector" in spec:
                raise ArgumentError(f"{describe(self)} is given both `target` and `pod_selector`; leave one out")
            target = to_selector(self.target)
            if isinstance(target, Selectable):
                sink.select(spec, "podSelector", target)
            spec["podSelector"] = {} if isinstance(target, Selectable) or target is None else target.to_dict()
        spec.setdefault("podSelector", {})
        if "policyTypes" not in spec and self.policy_types is not OFF:
            mentioned = self.__dict__.get("_mentioned", ())
            said = [name for name in ("ingress", "egress") if name in spec or name in mentioned]
            if said:
                spec["policyTypes"] = [name.capitalize() for name in said]


def to_policy_ports(said: PolicyPortsInput, workloads: Sequence[object] = ()) -> list[networking.NetworkPolicyPort]:
    """Return the ports as the API's own type.

    A port without a protocol has that of the container port of its name or number, at the workloads that are talked
    to, and is TCP where they have none.
    """
    there = [port for workload in workloads for port in container_ports(workload)]
    return [made for port in to_list(said, "ports of a NetworkPolicy") for made in _to_ports(port, there)]


def _to_ports(said: object, there: Sequence[ContainerPort]) -> list[networking.NetworkPolicyPort]:
    said = as_model(networking.NetworkPolicyPort, said)
    if isinstance(said, networking.NetworkPolicyPort):
        return [said]
    if isinstance(said, int) and not isinstance(said, bool):
        said = str(said)
    if not isinstance(said, str):
        raise _refused(said)
    if said in _PROTOCOLS:
        return [_port("", said)]
    text, slash, protocol = said.partition("/")
    if slash:
        if protocol not in _PROTOCOLS:
            raise _refused(said)
        return [_port(text, protocol)]
    meant = dict.fromkeys(port.protocol or "TCP" for port in there if text in (port.name, str(port.container_port)))
    return [_port(text, protocol) for protocol in meant or ("TCP",)]


def _port(text: str, protocol: str) -> networking.NetworkPolicyPort:
    made = networking.NetworkPolicyPort(protocol=protocol)  # type: ignore[arg-type]  # one of three
    first, _, last = text.partition("-")
    if first.isdecimal() and last.isdecimal():
        made.port, made.end_port = int(first), int(last)
    elif text:
        made.port = int(text) if text.isdecimal() else text
    return made


def _refused(said: object) -> ArgumentError:
    return ArgumentError(
        f'{said!r} is not a port of a NetworkPolicy: expected a number, a name, `"53/UDP"`, `"8000-8100"`, `"TCP"` for '
        f"all of a protocol, or a NetworkPolicyPort"
    )


def _peers(
    peers: Sequence[SelectorInput], namespace: SelectorInput | None
) -> list[networking.NetworkPolicyPeer] | None:
    if not peers:
        if namespace is None:
            return None
        return [networking.NetworkPolicyPeer(namespace_selector=to_selector(namespace))]
    return [
        networking.NetworkPolicyPeer(
            pod_selector=to_selector(peer), namespace_selector=None if namespace is None else to_selector(namespace)
        )
        for peer in peers
    ]


def _namespace_peer(namespace: NamespaceInput) -> networking.NetworkPolicyPeer:
    name = namespace.name if isinstance(namespace, Referable) else namespace
    return networking.NetworkPolicyPeer(namespace_selector=LabelSelector(match_labels={NAME_OF_NAMESPACE: name}))


def _block(cidr: str, except_: Several[str] | None) -> networking.NetworkPolicyPeer:
    block = networking.IPBlock(cidr=cidr, except_=None if except_ is None else to_list(except_, "`except_`"))
    return networking.NetworkPolicyPeer(ip_block=block)
