"""What an API server takes in a Service, but warns of."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.core.services import (
    DISTRIBUTION,
    HEADLESS,
    SERVICES,
    TOPOLOGY_HINTS,
    TOPOLOGY_MODE,
    TYPES,
    is_headless,
    service_type,
)
from kpy.syntax.addresses import address_advice, range_advice


@rule(
    "service-ip-form",
    on="core/v1 ServiceSpec",
    source=SERVICES,
    severity="warning",
    needs=("clusterIPs", "externalIPs", "loadBalancerIP", "loadBalancerSourceRanges"),
)
def ip_form(spec: Tree, at: Path, check: Check) -> None:
    """Addresses and ranges of a Service are best in their canonical form."""
    named = {"clusterIPs": spec.get("clusterIPs") or (), "externalIPs": spec.get("externalIPs") or ()}
    for name, ips in named.items():
        for index, ip in enumerate(ips):
            if ip != "None" and (advice := address_advice(ip)):
                check.report(at + name + index, f"IP address {ip!r} {advice}")
    if (ip := spec.get("loadBalancerIP")) and (advice := address_advice(ip)):
        check.report(at + "loadBalancerIP", f"IP address {ip!r} {advice}")
    for index, text in enumerate(spec.get("loadBalancerSourceRanges") or ()):
        if advice := range_advice(text):
            check.report(at + "loadBalancerSourceRanges" + index, f"range {text!r} {advice}")


@rule(
    "service-headless-ignores",
    on="core/v1 ServiceSpec",
    source=HEADLESS,
    severity="warning",
    needs=("clusterIP", "clusterIPs"),
)
def headless_ignores(spec: Tree, at: Path, check: Check) -> None:
    """A headless Service has nothing to balance: load balancer, external IPs and session affinity are ignored."""
    if service_type(spec) != "ClusterIP" or not is_headless(spec):
        return
    for name in ("loadBalancerIP", "externalIPs"):
        if spec.get(name):
            check.report(at + name, f"`{name}` is ignored, as the Service is headless")
    if (spec.get("sessionAffinity") or "None") != "None":
        check.report(at + "sessionAffinity", "`sessionAffinity` is ignored, as the Service is headless")


@rule(
    "service-external-ips-deprecated",
    on="core/v1 ServiceSpec",
    source=SERVICES + "#external-ips",
    severity="warning",
    needs="externalIPs",
)
def external_ips_deprecated(spec: Tree, at: Path, check: Check) -> None:
    """External IPs are deprecated since 1.36: some clusters may not implement them."""
    used = spec.get("externalIPs") and not is_headless(spec) and service_type(spec) != "ExternalName"
    if used and check.at_least("1.36"):
        check.report(at + "externalIPs", "`externalIPs` is deprecated; some clusters do not implement it")


@rule(
    "service-external-name-ignored",
    on="core/v1 ServiceSpec",
    source=SERVICES + "#externalname",
    severity="warning",
    needs=("externalName", "externalIPs"),
)
def external_name_ignored(spec: Tree, at: Path, check: Check) -> None:
    """An externalName and externalIPs exclude each other: the type of the Service says which is ignored."""
    kind = service_type(spec)
    if kind == "ExternalName" and spec.get("externalIPs"):
        check.report(at + "externalIPs", "`externalIPs` is ignored in a Service of type ExternalName")
    if kind != "ExternalName" and spec.get("externalName"):
        check.report(at + "externalName", f"`externalName` is ignored in a Service of type {kind}")


@rule(
    "service-prefer-close",
    on="core/v1 ServiceSpec",
    source=DISTRIBUTION,
    severity="warning",
    needs="trafficDistribution",
)
def prefer_close(spec: Tree, at: Path, check: Check) -> None:
    """The trafficDistribution PreferClose is deprecated since 1.34: PreferSameZone says what it means."""
    if spec.get("trafficDistribution") == "PreferClose" and check.at_least("1.34"):
        check.report(at + "trafficDistribution", "`PreferClose` is deprecated", fix="write `PreferSameZone`")


@rule(
    "service-topology-hints-deprecated",
    on="core/v1 Service",
    source=DISTRIBUTION,
    severity="warning",
    needs="metadata.annotations",
)
def topology_hints_deprecated(service: Tree, at: Path, check: Check) -> None:
    """The annotation topology-aware-hints is deprecated: topology-mode took its place."""
    annotations = (service.get("metadata") or {}).get("annotations") or {}
    if TOPOLOGY_HINTS in annotations:
        place = (at + "metadata" + "annotations").key(TOPOLOGY_HINTS)
        check.report(place, "this annotation is deprecated", fix=f"write `{TOPOLOGY_MODE}`")


@rule("service-node-port-range", on="core/v1 ServiceSpec", source=TYPES, severity="warning", needs="ports")
def node_port_range(spec: Tree, at: Path, check: Check) -> None:
    """A nodePort outside of 30000 to 32767 is refused, unless the cluster was set up with another range."""
    for index, port in enumerate(spec.get("ports") or ()):
        number = port.get("nodePort") or 0
        if number and not 30000 <= number <= 32767 and service_type(spec) in ("NodePort", "LoadBalancer"):
            message = f"nodePort {number} is outside of 30000 to 32767, the range of most clusters"
            check.report(at + "ports" + index + "nodePort", message)
