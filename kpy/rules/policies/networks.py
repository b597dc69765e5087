"""Who may talk to pods: policies that allow everything, and doors that stand open to the outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kpy.checking.check import Check
from kpy.checking.policies import policy
from kpy.diagnostics import Severity
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.selectors import is_empty

__all__: list[str] = []

_GROUPS: Final = ("network",)
_POLICIES: Final = "https://kubernetes.io/docs/concepts/services-networking/network-policies/"
_SERVICES: Final = "https://kubernetes.io/docs/concepts/services-networking/service/"
_SSH: Final = 22
_EVERYWHERE: Final = frozenset({"0.0.0.0/0", "::/0"})
#: Annotations, with their values if these matter, by which a load balancer is within a network, or is limited.
_INTERNAL: Final = {
    "cloud.google.com/load-balancer-type": "internal",
    "networking.gke.io/load-balancer-type": "internal",
    "service.beta.kubernetes.io/aws-load-balancer-internal": "",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
    "service.beta.kubernetes.io/azure-load-balancer-internal": "true",
    "service.beta.kubernetes.io/azure-allowed-ip-ranges": "",
    "service.beta.kubernetes.io/azure-allowed-service-tags": "",
    "service.beta.kubernetes.io/load-balancer-source-ranges": "",
    "service.beta.kubernetes.io/oci-load-balancer-internal": "true",
    "service.beta.kubernetes.io/openstack-internal-load-balancer": "true",
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": "private",
}


@policy("network-policy-allows-all", on="networking/v1 NetworkPolicySpec", source=_POLICIES, groups=_GROUPS)
def network_policy_allows_all(spec: Tree, at: Path, check: Check) -> None:
    """A NetworkPolicy allows all traffic: a rule says neither the other side nor a port.

    It is a note where the policy selects some pods only, which may be the public ones, and for traffic that goes out,
    where the policy has no rules for traffic that comes in.

    Why: The pods look protected and are not: rules add up, so that no other policy can take away what this one allows.
    """
    severity: Severity | None = None if is_empty(spec.get("podSelector") or {}) else "note"
    for index, rule in enumerate(spec.get("ingress") or ()):
        if not rule.get("ports") and _has_everywhere(rule.get("from") or ()):
            message = "the rule allows all traffic, from everywhere to all ports"
            check.report(at + "ingress" + index, message, fix="give it `from` or `ports`", severity=severity)
    for index, rule in enumerate(spec.get("egress") or ()):
        if not rule.get("ports") and not spec.get("ingress") and _has_everywhere(rule.get("to") or ()):
            message = "the rule allows all traffic, to everywhere and all ports"
            check.report(at + "egress" + index, message, fix="give it `to` or `ports`", severity="note")


def _has_everywhere(peers: Sequence[Tree]) -> bool:
    return not peers or any(
        (peer.get("ipBlock") or {}).get("cidr") in _EVERYWHERE and not (peer.get("ipBlock") or {}).get("except")
        for peer in peers
    )


@policy("node-port-open", on="core/v1 Service", source=f"{_SERVICES}#type-nodeport", groups=_GROUPS)
def node_port_open(service: Tree, at: Path, check: Check) -> None:
    """A Service is of the type NodePort: every node opens a port for it.

    Why: Whoever reaches any node reaches the Service, past Ingresses, TLS and load balancers, and most firewalls
    between nodes let such ports through.
    """
    if (service.get("spec") or {}).get("type") == "NodePort":
        message = "the Service opens a port on every node"
        check.report(at + "spec" + "type", message, fix="use ClusterIP behind an Ingress or a Gateway")


@policy("load-balancer-open", on="core/v1 Service", severity="note", source=f"{_SERVICES}#loadbalancer", groups=_GROUPS)
def load_balancer_open(service: Tree, at: Path, check: Check) -> None:
    """A Service of the type LoadBalancer says neither `loadBalancerSourceRanges` nor that it is internal.

    Why: In most clouds its address is public at once. For the front door of a site that is meant; for everything else
    the whole Internet can try the door.
    """
    spec = service.get("spec") or {}
    if spec.get("type") != "LoadBalancer" or spec.get("loadBalancerSourceRanges") or spec.get("loadBalancerClass"):
        return
    if _is_limited((service.get("metadata") or {}).get("annotations") or {}):
        return
    message = "the load balancer takes connections from everywhere"
    check.report(at + "spec" + "type", message, fix="set `loadBalancerSourceRanges`, unless it is meant for everybody")


def _is_limited(annotations: Tree) -> bool:
    """Return whether annotations say that a load balancer is for some networks only."""
    given = ((annotations.get(key, "").lower(), wanted) for key, wanted in _INTERNAL.items())
    return any(value not in ("", "false") and (not wanted or value == wanted) for value, wanted in given)


@policy("ssh-port-declared", on="core/v1 ContainerPort", source=_SERVICES, groups=("security",))
def ssh_port_declared(port: Tree, at: Path, check: Check) -> None:
    """A container declares port 22, which is that of SSH.

    Why: A login into a container goes past the API server, its rights and its audit log, and what is done there is gone
    with the pod.
    """
    if port.get("containerPort") == _SSH and (port.get("protocol") or "TCP") == "TCP":
        check.report(
            at + "containerPort",
            "port 22 is the port of SSH",
            fix="use `kubectl exec`, or waive this for an SSH server",
        )
