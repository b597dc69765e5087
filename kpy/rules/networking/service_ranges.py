"""IPAddresses and ServiceCIDRs: where Services get their addresses from."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.names import generated_name
from kpy.syntax.addresses import canonical_address_fault, canonical_range_fault, read_range
from kpy.syntax.formats import path_segment_fault, subdomain_fault

RANGES = "https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/"
ADDRESSES = "https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/ip-address-v1/"


@rule("ip-address-parent-required", on="networking/v1 IPAddress", source=ADDRESSES)
def parent_required(address: Tree, at: Path, check: Check) -> None:
    """An IPAddress says which object it belongs to."""
    if (address.get("spec") or {}).get("parentRef") is None:
        check.report(at + "spec" + "parentRef", "IPAddress has no parentRef")


@rule(
    "ip-address-parent-invalid",
    on="networking/v1 ParentReference",
    source=ADDRESSES,
)
def parent_invalid(parent: Tree, at: Path, check: Check) -> None:
    """The parent of an IPAddress has a resource and a name, fit for a URL, and a valid group."""
    if (group := parent.get("group")) and (fault := subdomain_fault(group)):
        check.report(at + "group", f"group {group!r} {fault}")
    for field in ("resource", "name", "namespace"):
        value = parent.get(field)
        if value and (fault := path_segment_fault(value)):
            check.report(at + field, f"{field} {value!r} {fault}")
        elif not value and field != "namespace":
            check.report(at + field, f"parentRef has no {field}")


@rule("service-cidr-required", on="networking/v1 ServiceCIDR", source=RANGES)
def ranges_required(service_cidr: Tree, at: Path, check: Check) -> None:
    """A ServiceCIDR has one range, or one of each IP family."""
    count = len((service_cidr.get("spec") or {}).get("cidrs") or ())
    if count == 0:
        check.report(at + "spec" + "cidrs", "ServiceCIDR has no range")
    elif count > 2:
        check.report(at + "spec" + "cidrs", f"ServiceCIDR has {count} ranges; at most two are allowed")


@rule("service-cidr-invalid", on="networking/v1 ServiceCIDRSpec", source=RANGES)
def ranges_invalid(spec: Tree, at: Path, check: Check) -> None:
    """The ranges of a ServiceCIDR are in canonical CIDR form, and of different IP families."""
    ranges = spec.get("cidrs") or ()
    if len(ranges) > 2:
        return
    for index, text in enumerate(ranges):
        if fault := canonical_range_fault(text):
            check.report(at + "cidrs" + index, f"range {text!r} {fault}")
    families = [parsed.address.family for text in ranges if (parsed := read_range(text))]
    if len(families) == 2 and families[0] == families[1]:
        check.report(at + "cidrs", f"both ranges are of the family IPv{families[0]}")


@rule("ip-address-name", on="networking/v1 IPAddress", source=ADDRESSES)
def name_is_address(address: Tree, at: Path, check: Check) -> None:
    """An IPAddress is named after its address, in canonical form; its name cannot be generated."""
    metadata = address.get("metadata") or {}
    name, prefix = metadata.get("name"), metadata.get("generateName")
    if prefix and (fault := canonical_address_fault(prefix)):
        check.report(at + "metadata" + "generateName", f"generateName {prefix!r} {fault}", fix="set `metadata.name`")
    name = name or (generated_name(prefix) if prefix else None)
    if name and (fault := canonical_address_fault(name)):
        check.report(at + "metadata" + "name", f"name {name!r} {fault}")
