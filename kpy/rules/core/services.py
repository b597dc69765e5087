"""Services."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.labels import check_labels
from kpy.syntax.addresses import address_fault, endpoint_address_fault, range_fault, read_address
from kpy.syntax.formats import qualified_name_fault, subdomain_fault
from kpy.syntax.ports import port_fault, port_name_fault

SERVICES = "https://kubernetes.io/docs/concepts/services-networking/service/"
HEADLESS = SERVICES + "#headless-services"
PORTS = SERVICES + "#multi-port-services"
TYPES = SERVICES + "#publishing-services-service-types"
AFFINITY = "https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity"
TRAFFIC = "https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-policies"
DISTRIBUTION = "https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution"
DUAL_STACK = "https://kubernetes.io/docs/concepts/services-networking/dual-stack/"
SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
TOPOLOGY_MODE = "service.kubernetes.io/topology-mode"
TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints"


def service_type(spec: Tree) -> str:
    """Return the type of a Service, which is ClusterIP unless said."""
    return spec.get("type") or "ClusterIP"


def cluster_ips(spec: Tree) -> list[str]:
    """Return the cluster IPs of a Service; a lone `clusterIP` counts as the list of it."""
    if ips := spec.get("clusterIPs"):
        return list(ips)
    return [spec["clusterIP"]] if spec.get("clusterIP") else []


def is_headless(spec: Tree) -> bool:
    """Return whether a Service has no cluster IP of its own."""
    return cluster_ips(spec) == ["None"]


def is_external(spec: Tree) -> bool:
    """Return whether traffic from outside the cluster can reach the Service."""
    kind = service_type(spec)
    return kind in ("NodePort", "LoadBalancer") or (kind == "ClusterIP" and bool(spec.get("externalIPs")))


@rule("service-ports-required", on="core/v1 Service", source=SERVICES)
def ports_required(service: Tree, at: Path, check: Check) -> None:
    """A Service needs at least one port, unless it is headless or of type ExternalName."""
    spec = service.get("spec") or {}
    if not spec.get("ports") and not is_headless(spec) and service_type(spec) != "ExternalName":
        check.report(at + "spec" + "ports", "Service has no ports", fix="add a port, or set `clusterIP: None`")


@rule("service-headless-type", on="core/v1 ServiceSpec", source=HEADLESS, needs=("clusterIP", "clusterIPs"))
def headless_type(spec: Tree, at: Path, check: Check) -> None:
    """A Service of type NodePort or LoadBalancer cannot be headless."""
    if is_headless(spec) and service_type(spec) in ("NodePort", "LoadBalancer"):
        message = f"Service of type {service_type(spec)} cannot be headless"
        _report_ip(spec, at, 0, check, message, fix="drop `clusterIP: None`")


@rule("service-external-name-required", on="core/v1 ServiceSpec", source=SERVICES + "#externalname", needs="type")
def external_name_required(spec: Tree, at: Path, check: Check) -> None:
    """A Service of type ExternalName needs the DNS name that it stands for."""
    if service_type(spec) == "ExternalName" and not (spec.get("externalName") or "").removesuffix("."):
        check.report(at + "externalName", "Service of type ExternalName has no externalName")


@rule(
    "service-external-name-invalid", on="core/v1 ServiceSpec", source=SERVICES + "#externalname", needs="externalName"
)
def external_name_invalid(spec: Tree, at: Path, check: Check) -> None:
    """The externalName of a Service of type ExternalName is a DNS name, a dot at its end allowed."""
    name = (spec.get("externalName") or "").removesuffix(".")
    if service_type(spec) == "ExternalName" and name and (fault := subdomain_fault(name)):
        check.report(at + "externalName", f"externalName {name!r} {fault}")


@rule("service-external-name-cluster-ip", on="core/v1 ServiceSpec", source=SERVICES + "#externalname", needs="type")
def external_name_cluster_ip(spec: Tree, at: Path, check: Check) -> None:
    """A Service of type ExternalName is a name only: it has no cluster IPs and no IP families."""
    if service_type(spec) != "ExternalName":
        return
    if spec.get("clusterIPs") or spec.get("clusterIP"):
        name = "clusterIPs" if spec.get("clusterIPs") else "clusterIP"
        message = f"Service of type ExternalName cannot have `{name}`"
        check.report(at + name, message, field=at + "clusterIPs")
    for field in ("ipFamilies", "ipFamilyPolicy"):
        if spec.get(field) not in (None, []):
            check.report(at + field, f"Service of type ExternalName cannot have `{field}`")


@rule(
    "service-selector-labels", on="core/v1 ServiceSpec", source=SERVICES + "#services-in-kubernetes", needs="selector"
)
def selector_labels(spec: Tree, at: Path, check: Check) -> None:
    """The selector of a Service is a map of labels."""
    check_labels(spec.get("selector") or {}, at + "selector", check)


@rule("service-port-name-required", on="core/v1 ServiceSpec", source=PORTS, needs="ports")
def port_name_required(spec: Tree, at: Path, check: Check) -> None:
    """When a Service has more than one port, each needs a name."""
    ports = spec.get("ports") or ()
    for index, port in enumerate(ports):
        if len(ports) > 1 and not port.get("name"):
            check.report(at + "ports" + index + "name", "port has no name, but the Service has several ports")


@rule("service-port-duplicate", on="core/v1 ServiceSpec", source=PORTS, needs="ports")
def port_duplicate(spec: Tree, at: Path, check: Check) -> None:
    """Two ports of a Service cannot have the same number and protocol."""
    seen = set()
    for index, port in enumerate(spec.get("ports") or ()):
        key = port.get("port") or 0, port.get("protocol") or "TCP"
        if key in seen:
            check.report(at + "ports" + index, f"port {key[0]}/{key[1]} is already used by an earlier port")
        seen.add(key)


@rule("service-target-port", on="core/v1 ServicePort", source=SERVICES + "#field-spec-ports")
def target_port_invalid(port: Tree, at: Path, check: Check) -> None:
    """The targetPort of a Service is a number from 1 to 65535, or the name of a container's port."""
    target = port.get("targetPort") or port.get("port") or 0
    fault = port_name_fault(target) if isinstance(target, str) else port_fault(target)
    if fault:
        fix = "write the number without quotes" if isinstance(target, str) and target.isdecimal() else ""
        check.report(at + "targetPort", f"targetPort {target!r} {fault}", fix=fix)


@rule("service-node-port-cluster-ip", on="core/v1 ServiceSpec", source=TYPES, needs="ports")
def node_port_cluster_ip(spec: Tree, at: Path, check: Check) -> None:
    """Only a Service of type NodePort or LoadBalancer can have a nodePort."""
    if service_type(spec) != "ClusterIP":
        return
    for index, port in enumerate(spec.get("ports") or ()):
        if port.get("nodePort"):
            at_port = at + "ports" + index + "nodePort"
            check.report(at_port, "Service of type ClusterIP cannot have a nodePort", fix="set `type: NodePort`")


@rule("service-node-port-duplicate", on="core/v1 ServiceSpec", source=TYPES, needs="ports")
def node_port_duplicate(spec: Tree, at: Path, check: Check) -> None:
    """Two ports of a Service cannot have the same nodePort and protocol."""
    seen = set()
    for index, port in enumerate(spec.get("ports") or ()):
        key = port.get("nodePort"), port.get("protocol") or "TCP"
        if key[0] and key in seen:
            check.report(at + "ports" + index + "nodePort", f"nodePort {key[0]} is already used by an earlier port")
        seen.add(key)


@rule("service-cluster-ips-mismatch", on="core/v1 ServiceSpec", source=DUAL_STACK, needs="clusterIPs")
def cluster_ips_mismatch(spec: Tree, at: Path, check: Check) -> None:
    """When `clusterIPs` is given, its first is also given as `clusterIP`."""
    ips, first = spec.get("clusterIPs"), spec.get("clusterIP")
    if ips and first != ips[0] and service_type(spec) != "ExternalName":
        fix = f"set `clusterIP: {ips[0]}`"
        check.report(at + "clusterIPs", f"the first of clusterIPs is {ips[0]!r}, but clusterIP is {first!r}", fix=fix)


@rule(
    "service-cluster-ip-invalid",
    on="core/v1 ServiceSpec",
    source=SERVICES + "#type-clusterip",
    needs=("clusterIP", "clusterIPs"),
)
def cluster_ip_invalid(spec: Tree, at: Path, check: Check) -> None:
    """A cluster IP is an IP address, or `None` alone for a headless Service."""
    if service_type(spec) == "ExternalName":
        return
    ips = cluster_ips(spec)
    headless = ips[:1] == ["None"]
    if headless and len(ips) > 1:
        check.report(at + "clusterIPs", "`None` cannot be combined with other cluster IPs", fix="keep `None` alone")
    for index, ip in enumerate(ips):
        fault = address_fault(ip, strict=check.at_least("1.36"))
        if fault and not (headless and index == 0):
            _report_ip(spec, at, index, check, f"cluster IP {ip!r} {fault}")


@rule("service-cluster-ips-families", on="core/v1 ServiceSpec", source=DUAL_STACK, needs="clusterIPs")
def cluster_ips_families(spec: Tree, at: Path, check: Check) -> None:
    """A Service has at most two cluster IPs, one of each IP family."""
    ips = spec.get("clusterIPs") or ()
    if len(ips) < 2 or service_type(spec) == "ExternalName":
        return
    addresses = [read_address(ip) for ip in ips]
    families = {address.family for address in addresses if address}
    if len(ips) > 2:
        check.report(at + "clusterIPs", f"Service has {len(ips)} cluster IPs; at most two are allowed")
    elif None not in addresses and len(families) < 2:
        check.report(at + "clusterIPs", "both cluster IPs are of the same IP family")


@rule("service-cluster-ip-family", on="core/v1 ServiceSpec", source=DUAL_STACK, needs="ipFamilies")
def cluster_ip_family(spec: Tree, at: Path, check: Check) -> None:
    """A cluster IP is of the IP family at the same place in `ipFamilies`."""
    if is_headless(spec) or service_type(spec) == "ExternalName":
        return
    ips = cluster_ips(spec)
    if not _are_addresses(ips, check):
        return
    for index, (ip, family) in enumerate(zip(ips, spec.get("ipFamilies") or (), strict=False)):
        address = read_address(ip)
        if address and family in ("IPv4", "IPv6") and family != f"IPv{address.family}":
            message = f"cluster IP {ip!r} is not of the family {family}, which ipFamilies asks for"
            _report_ip(spec, at, index, check, message)


@rule("service-ip-family-invalid", on="core/v1 ServiceSpec", source=DUAL_STACK, needs="ipFamilies")
def ip_family_invalid(spec: Tree, at: Path, check: Check) -> None:
    """An IP family is `IPv4` or `IPv6`, and each is named once."""
    if service_type(spec) == "ExternalName":
        return
    seen = set()
    for index, family in enumerate(spec.get("ipFamilies") or ()):
        if family not in ("IPv4", "IPv6"):
            check.report(at + "ipFamilies" + index, f"IP family {family!r} is neither 'IPv4' nor 'IPv6'")
        if family in seen:
            check.report(at + "ipFamilies" + index, f"IP family {family!r} is named twice")
        seen.add(family)


@rule("service-ip-family-policy", on="core/v1 ServiceSpec", source=DUAL_STACK, needs=("clusterIPs", "ipFamilies"))
def single_stack(spec: Tree, at: Path, check: Check) -> None:
    """A Service with two cluster IPs or two IP families needs a dual-stack `ipFamilyPolicy`."""
    ips, families = cluster_ips(spec), spec.get("ipFamilies") or ()
    policy = spec.get("ipFamilyPolicy")
    if policy is None:
        dual = spec.get("clusterIP") == "None" and not spec.get("selector")
        policy = "RequireDualStack" if dual else "SingleStack"
    if policy != "SingleStack" or service_type(spec) == "ExternalName":
        return
    if (len(set(ips)) == 2 and _are_addresses(ips, check)) or len(set(families) & {"IPv4", "IPv6"}) == 2:
        what = "cluster IPs" if len(ips) == 2 else "IP families"
        fix = "set `ipFamilyPolicy: PreferDualStack`"
        check.report(at + "ipFamilyPolicy", f"Service has two {what}, but is single-stack", fix=fix)


def _are_addresses(ips: list[str], check: Check) -> bool:
    return not any(address_fault(ip, strict=check.at_least("1.36")) for ip in ips)


def _report_ip(spec: Tree, at: Path, index: int, check: Check, message: str, fix: str = "") -> None:
    """Report a cluster IP where the user wrote it; a server always says `clusterIPs`."""
    server_field = at + "clusterIPs" + index
    check.report(server_field if spec.get("clusterIPs") else at + "clusterIP", message, fix=fix, field=server_field)


@rule("service-external-ip-invalid", on="core/v1 ServiceSpec", source=SERVICES + "#external-ips", needs="externalIPs")
def external_ip_invalid(spec: Tree, at: Path, check: Check) -> None:
    """An external IP is an address that packets can be sent to: not loopback, link-local or unspecified."""
    for index, ip in enumerate(spec.get("externalIPs") or ()):
        if fault := address_fault(ip, strict=check.at_least("1.36")) or endpoint_address_fault(ip):
            check.report(at + "externalIPs" + index, f"external IP {ip!r} {fault}")


@rule("service-affinity-timeout", on="core/v1 ServiceSpec", source=AFFINITY, needs="sessionAffinityConfig")
def affinity_timeout(spec: Tree, at: Path, check: Check) -> None:
    """The time that a client sticks to its pod is from 1 to 86400 seconds."""
    client = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
    timeout = client.get("timeoutSeconds")
    if spec.get("sessionAffinity") == "ClientIP" and timeout is not None and not 0 < timeout <= 86400:
        at = at + "sessionAffinityConfig" + "clientIP" + "timeoutSeconds"
        check.report(at, f"timeoutSeconds {timeout} is not from 1 to 86400")


@rule(
    "service-load-balancer-only",
    on="core/v1 ServiceSpec",
    source=SERVICES + "#loadbalancer",
    needs=("loadBalancerSourceRanges", "allocateLoadBalancerNodePorts", "loadBalancerClass"),
)
def load_balancer_only(spec: Tree, at: Path, check: Check) -> None:
    """Fields about the load balancer can stand in a Service of type LoadBalancer only."""
    if service_type(spec) == "LoadBalancer":
        return
    for name in ("loadBalancerSourceRanges", "allocateLoadBalancerNodePorts", "loadBalancerClass"):
        if spec.get(name) not in (None, []):
            fix = "set `type: LoadBalancer`, or drop the field"
            check.report(at + name, f"Service of type {service_type(spec)} cannot have `{name}`", fix=fix)


@rule(
    "service-load-balancer-class",
    on="core/v1 ServiceSpec",
    source=SERVICES + "#load-balancer-class",
    needs="loadBalancerClass",
)
def load_balancer_class(spec: Tree, at: Path, check: Check) -> None:
    """The loadBalancerClass is a name like that of a label, such as `example.com/internal`."""
    name = spec.get("loadBalancerClass")
    if service_type(spec) == "LoadBalancer" and name is not None and (fault := qualified_name_fault(name)):
        check.report(at + "loadBalancerClass", f"loadBalancerClass {name!r} {fault}")


@rule(
    "service-source-range-invalid",
    on="core/v1 ServiceSpec",
    source=SERVICES + "#loadbalancer",
    needs="loadBalancerSourceRanges",
)
def source_range_invalid(spec: Tree, at: Path, check: Check) -> None:
    """A source range of a load balancer is a range in CIDR form, such as `10.0.0.0/8`."""
    for index, text in enumerate(spec.get("loadBalancerSourceRanges") or ()):
        if fault := range_fault(text.strip(), strict=check.at_least("1.36")):
            check.report(at + "loadBalancerSourceRanges" + index, f"source range {text!r} {fault}")


@rule(
    "service-source-ranges-annotation",
    on="core/v1 Service",
    source=SERVICES + "#loadbalancer",
    needs="metadata.annotations",
)
def source_ranges_annotation(service: Tree, at: Path, check: Check) -> None:
    """The annotation of source ranges is for a Service of type LoadBalancer, and is a list of CIDR ranges."""
    spec = service.get("spec") or {}
    ranges = ((service.get("metadata") or {}).get("annotations") or {}).get(SOURCE_RANGES)
    if ranges is None or spec.get("loadBalancerSourceRanges"):
        return
    at = (at + "metadata" + "annotations").key(SOURCE_RANGES)
    if service_type(spec) != "LoadBalancer":
        check.report(at, f"Service of type {service_type(spec)} cannot have source ranges")
    for text in ranges.split(",") if ranges.strip() else ():
        if fault := range_fault(text.strip(), strict=check.at_least("1.36")):
            check.report(at, f"source range {text.strip()!r} {fault}")


@rule("service-external-traffic-policy", on="core/v1 ServiceSpec", source=TRAFFIC, needs="externalTrafficPolicy")
def external_traffic_policy(spec: Tree, at: Path, check: Check) -> None:
    """A Service that nothing outside the cluster can reach cannot have an externalTrafficPolicy."""
    if spec.get("externalTrafficPolicy") in ("Cluster", "Local") and not is_external(spec):
        fix = "drop it, or set `type: LoadBalancer` or `type: NodePort`"
        message = f"Service of type {service_type(spec)} has no external traffic for externalTrafficPolicy"
        check.report(at + "externalTrafficPolicy", message, fix=fix)


@rule("service-health-check-port", on="core/v1 ServiceSpec", source=TRAFFIC, needs="healthCheckNodePort")
def health_check_port(spec: Tree, at: Path, check: Check) -> None:
    """Only a LoadBalancer with `externalTrafficPolicy: Local` has a healthCheckNodePort, from 1 to 65535."""
    port = spec.get("healthCheckNodePort") or 0
    needed = service_type(spec) == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"
    if needed and port and (fault := port_fault(port)):
        check.report(at + "healthCheckNodePort", f"healthCheckNodePort {port} {fault}")
    elif port and not needed:
        fix = "set `type: LoadBalancer` and `externalTrafficPolicy: Local`, or drop it"
        check.report(at + "healthCheckNodePort", "Service has no health check on a nodePort", fix=fix)


@rule("service-traffic-distribution", on="core/v1 ServiceSpec", source=DISTRIBUTION, needs="trafficDistribution")
def traffic_distribution(spec: Tree, at: Path, check: Check) -> None:
    """The trafficDistribution is PreferSameZone, PreferSameNode (both from 1.34) or PreferClose."""
    allowed = ("PreferClose", "PreferSameZone", "PreferSameNode") if check.at_least("1.34") else ("PreferClose",)
    distribution = spec.get("trafficDistribution")
    if distribution is not None and distribution not in allowed:
        check.report(at + "trafficDistribution", f"trafficDistribution {distribution!r} is not {' or '.join(allowed)}")


@rule("service-topology-annotations", on="core/v1 Service", source=DISTRIBUTION, needs="metadata.annotations")
def topology_annotations(service: Tree, at: Path, check: Check) -> None:
    """The annotations topology-mode and topology-aware-hints say the same when both are there."""
    annotations = (service.get("metadata") or {}).get("annotations") or {}
    mode, hints = annotations.get(TOPOLOGY_MODE), annotations.get(TOPOLOGY_HINTS)
    if mode is not None and hints is not None and mode != hints:
        place = (at + "metadata" + "annotations").key(TOPOLOGY_MODE)
        check.report(place, f"{mode!r} is not {hints!r}, which {TOPOLOGY_HINTS} says")
