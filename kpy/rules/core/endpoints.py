"""Endpoints and EndpointSlices."""

from __future__ import annotations

from collections.abc import Iterator

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.addresses import (
    address_advice,
    address_fault,
    canonical_address_fault,
    endpoint_address_fault,
    read_address,
)
from kpy.syntax.formats import label_fault, label_value_fault, subdomain_fault

ENDPOINTS = "https://kubernetes.io/docs/concepts/services-networking/service/#endpoints"
SLICES = "https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/"
HINTS = SLICES + "#topology-information"


_CONTROLLERS = ("endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io")


@rule("endpoints-subset-empty", on="core/v1 EndpointSubset", source=ENDPOINTS)
def subset_empty(subset: Tree, at: Path, check: Check) -> None:
    """A subset of Endpoints has addresses, ready or not."""
    if not subset.get("addresses") and not subset.get("notReadyAddresses"):
        check.report(at, "subset has neither `addresses` nor `notReadyAddresses`")


@rule("endpoints-port-name-required", on="core/v1 EndpointSubset", source=ENDPOINTS)
def port_name_required(subset: Tree, at: Path, check: Check) -> None:
    """When a subset of Endpoints has more than one port, each needs a name."""
    ports = subset.get("ports") or ()
    for index, port in enumerate(ports):
        if len(ports) > 1 and not port.get("name"):
            check.report(at + "ports" + index + "name", "port has no name, but the subset has several ports")


@rule("endpoints-address-invalid", on="core/v1 EndpointAddress", source=ENDPOINTS)
def address_invalid(address: Tree, at: Path, check: Check) -> None:
    """An address of Endpoints is an IP address: not loopback, link-local or unspecified."""
    ip = address.get("ip") or ""
    if fault := address_fault(ip, strict=check.at_least("1.36")) or endpoint_address_fault(ip):
        check.report(at + "ip", f"IP address {ip!r} {fault}")


@rule(
    "endpoint-hostname-invalid",
    on=("core/v1 EndpointAddress", "discovery/v1 Endpoint"),
    source=ENDPOINTS,
    needs="hostname",
)
def hostname_invalid(endpoint: Tree, at: Path, check: Check) -> None:
    """The hostname of an endpoint is a DNS label."""
    name = endpoint.get("hostname")
    if name is not None and (name or check.kind == "EndpointSlice") and (fault := label_fault(name)):
        check.report(at + "hostname", f"hostname {name!r} {fault}")


@rule("endpoint-slice-address-invalid", on="discovery/v1 EndpointSlice", source=SLICES + "#address-types")
def slice_address_invalid(endpoint_slice: Tree, at: Path, check: Check) -> None:
    """An address of an EndpointSlice is of its addressType, and one that packets can be sent to."""
    kind = endpoint_slice.get("addressType")
    if len(endpoint_slice.get("endpoints") or ()) > 1000:
        return
    for place, index, address in _addresses(endpoint_slice, at):
        if kind == "FQDN":
            fault = _domain_name_fault(address)
        elif kind == "IPv4":
            fault = address_fault(address, strict=check.at_least("1.36"))
        elif kind == "IPv6":
            fault = canonical_address_fault(address) if check.at_least("1.33") else address_fault(address, strict=False)
        else:
            return
        if fault:
            check.report(place + index, f"address {address!r} {fault}")
        elif kind != "FQDN":
            _check_family(address, kind, place, index, check)


def _check_family(address: str, kind: str, place: Path, index: int, check: Check) -> None:
    parsed = read_address(address)
    if parsed and kind != f"IPv{parsed.family}":
        check.report(place, f"address {address!r} is not of the family {kind}, the slice's addressType")
    if fault := endpoint_address_fault(address):
        check.report(place + index, f"address {address!r} {fault}")


def _addresses(endpoint_slice: Tree, at: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield the place of the list, the index and the text of each address."""
    for number, endpoint in enumerate(endpoint_slice.get("endpoints") or ()):
        place = at + "endpoints" + number + "addresses"
        for index, address in enumerate(endpoint.get("addresses") or ()):
            yield place, index, address


def _domain_name_fault(name: str) -> str | None:
    """Check a DNS name of at least two labels; a dot may end it."""
    if not name:
        return "must not be empty"
    plain = name.removesuffix(".")
    if fault := subdomain_fault(plain):
        return fault
    if "." not in plain:
        return "must have at least two parts, separated by a dot"
    if any(len(part) > 63 for part in plain.split(".")):
        return "must have parts of at most 63 characters"
    return None


@rule("endpoint-hints-invalid", on="discovery/v1 EndpointHints", source=HINTS)
def hints_invalid(hints: Tree, at: Path, check: Check) -> None:
    """The hints of an endpoint name up to 8 zones and up to 8 nodes, each once."""
    for field, fault_of in (("forZones", label_value_fault), ("forNodes", subdomain_fault)):
        named = hints.get(field) or ()
        if len(named) > 8:
            check.report(at + field, f"`{field}` has {len(named)} entries; at most 8 are allowed")
            return
        seen = set()
        for index, entry in enumerate(named):
            name = entry.get("name") or ""
            place = at + field + index + "name"
            if name in seen:
                check.report(place, f"{name!r} is named twice")
            seen.add(name)
            if fault := fault_of(name):
                check.report(place, f"{name!r} {fault}")


@rule("endpoint-slice-fqdn-deprecated", on="discovery/v1 EndpointSlice", source=SLICES, severity="warning")
def fqdn_deprecated(endpoint_slice: Tree, at: Path, check: Check) -> None:
    """EndpointSlices of DNS names are deprecated: nothing reads them."""
    if endpoint_slice.get("addressType") == "FQDN":
        check.report(at + "addressType", "addressType FQDN is deprecated")


@rule("endpoint-address-form", on="discovery/v1 EndpointSlice", source=SLICES, severity="warning")
def address_form(endpoint_slice: Tree, at: Path, check: Check) -> None:
    """Addresses of an EndpointSlice are best in their canonical form."""
    labels = (endpoint_slice.get("metadata") or {}).get("labels") or {}
    if labels.get("endpointslice.kubernetes.io/managed-by") in _CONTROLLERS:
        return
    for place, index, address in _addresses(endpoint_slice, at):
        if advice := address_advice(address):
            check.report(place + index, f"IP address {address!r} {advice}")


@rule("endpoints-deprecated", on="core/v1 Endpoints", source=ENDPOINTS, severity="warning")
def endpoints_deprecated(endpoints: Tree, at: Path, check: Check) -> None:
    """Endpoints are deprecated since 1.33: EndpointSlices took their place."""
    if check.at_least("1.33"):
        check.report(at, "Endpoints is deprecated", fix="write an EndpointSlice (discovery.k8s.io/v1)")


@rule("endpoints-address-form", on="core/v1 EndpointAddress", source=ENDPOINTS, severity="warning")
def endpoints_address_form(address: Tree, at: Path, check: Check) -> None:
    """Addresses of Endpoints are best in their canonical form."""
    if (ip := address.get("ip")) and (advice := address_advice(ip)):
        check.report(at + "ip", f"IP address {ip!r} {advice}")
