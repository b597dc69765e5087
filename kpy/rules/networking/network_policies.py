"""NetworkPolicies."""

from __future__ import annotations

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.addresses import range_advice, range_fault, read_range
from kpy.syntax.ports import port_fault, port_name_fault

POLICIES = "https://kubernetes.io/docs/concepts/services-networking/network-policies/"
PEERS = POLICIES + "#behavior-of-to-and-from-selectors"
PORT_RANGES = POLICIES + "#targeting-a-range-of-ports"
IP_BLOCKS = POLICIES + "#behavior-of-ipblock-selectors"


@rule("network-policy-peer-empty", on="networking/v1 NetworkPolicyPeer", source=PEERS)
def peer_empty(peer: Tree, at: Path, check: Check) -> None:
    """A peer says who it is: by podSelector, namespaceSelector or ipBlock."""
    if not any(peer.get(field) is not None for field in ("podSelector", "namespaceSelector", "ipBlock")):
        fix = "write `podSelector: {}` for all pods of the namespace, or drop the peer to allow everyone"
        check.report(at, "peer is empty", fix=fix)


@rule("network-policy-peer-mixed", on="networking/v1 NetworkPolicyPeer", source=PEERS)
def peer_mixed(peer: Tree, at: Path, check: Check) -> None:
    """A peer with an ipBlock has no selector beside it."""
    selects = peer.get("podSelector") is not None or peer.get("namespaceSelector") is not None
    if peer.get("ipBlock") is not None and selects:
        check.report(at, "peer has an ipBlock and a selector", fix="make them two peers")


@rule("network-policy-range-invalid", on="networking/v1 IPBlock", source=IP_BLOCKS)
def range_invalid(block: Tree, at: Path, check: Check) -> None:
    """The ranges of an ipBlock are in CIDR form, such as `10.0.0.0/8`."""
    strict = check.at_least("1.36")
    cidr = block.get("cidr")
    if not cidr:
        check.report(at + "cidr", "ipBlock has no cidr")
        return
    if fault := range_fault(cidr, strict=strict):
        check.report(at + "cidr", f"range {cidr!r} {fault}")
    if read_range(cidr):
        for index, text in enumerate(block.get("except") or ()):
            if fault := range_fault(text, strict=strict):
                check.report(at + "except" + index, f"range {text!r} {fault}")


@rule("network-policy-except-outside", on="networking/v1 IPBlock", source=IP_BLOCKS)
def except_outside(block: Tree, at: Path, check: Check) -> None:
    """A range that an ipBlock excepts is a part of its cidr, and not all of it."""
    whole = read_range(block.get("cidr") or "")
    for index, text in enumerate(block.get("except") or ()):
        part = read_range(text)
        if whole and part and not whole.strictly_contains(part):
            check.report(at + "except" + index, f"range {text!r} is not a part of {block['cidr']!r}")


@rule("network-policy-range-form", on="networking/v1 IPBlock", source=IP_BLOCKS, severity="warning")
def range_form(block: Tree, at: Path, check: Check) -> None:
    """The ranges of an ipBlock are best in their canonical form."""
    places = [(at + "cidr", block.get("cidr") or "")]
    places += [(at + "except" + index, text) for index, text in enumerate(block.get("except") or ())]
    for place, text in places:
        if advice := range_advice(text):
            check.report(place, f"range {text!r} {advice}")


@rule("network-policy-port-invalid", on="networking/v1 NetworkPolicyPort", source=POLICIES)
def port_invalid(port: Tree, at: Path, check: Check) -> None:
    """The port of a NetworkPolicy is a number from 1 to 65535, or the name of a container's port."""
    number = port.get("port")
    if number is None:
        return
    if fault := port_name_fault(number) if isinstance(number, str) else port_fault(number):
        fix = "write the number without quotes" if isinstance(number, str) and number.isdecimal() else ""
        check.report(at + "port", f"port {number!r} {fault}", fix=fix)


@rule("network-policy-end-port", on="networking/v1 NetworkPolicyPort", source=PORT_RANGES)
def end_port(port: Tree, at: Path, check: Check) -> None:
    """An endPort ends the range that a number in `port` begins."""
    first, last = port.get("port"), port.get("endPort")
    if last is None:
        return
    place = at + "endPort"
    if not isinstance(first, int):
        check.report(place, f"endPort {last} has no number in `port` to begin the range")
    elif last < first:
        check.report(place, f"endPort {last} is less than port {first}")
    elif fault := port_fault(last):
        check.report(place, f"endPort {last} {fault}")


@rule("network-policy-types", on="networking/v1 NetworkPolicySpec", source=POLICIES)
def policy_types(spec: Tree, at: Path, check: Check) -> None:
    """The policyTypes are Ingress, Egress or both."""
    types = spec.get("policyTypes") or ()
    if len(types) > 2:
        check.report(at + "policyTypes", f"NetworkPolicy has {len(types)} policyTypes; at most two are allowed")
        return
    for index, name in enumerate(types):
        if name not in ("Ingress", "Egress"):
            check.report(at + "policyTypes" + index, f"policyType {name!r} is neither 'Ingress' nor 'Egress'")
