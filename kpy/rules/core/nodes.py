"""Nodes."""

from __future__ import annotations

import re

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.syntax.addresses import range_advice, range_fault, read_range
from kpy.syntax.formats import label_key_fault, label_value_fault, qualified_name_fault
from kpy.units import is_whole, quantity_value

NODES = "https://kubernetes.io/docs/concepts/architecture/nodes/"
TAINTS = "https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/"
CAPACITY = "https://kubernetes.io/docs/reference/node/node-status/#capacity"
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
DUAL_STACK = "https://kubernetes.io/docs/concepts/services-networking/dual-stack/"


_WHOLE = frozenset(
    (
        "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps",
        "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
    )
)  # fmt: skip
_FEATURE = re.compile(r"[A-Z][a-zA-Z0-9]*(/[a-zA-Z][a-zA-Z0-9]*)*", re.ASCII)


@rule("node-taint", on="core/v1 NodeSpec", source=TAINTS)
def taint(spec: Tree, at: Path, check: Check) -> None:
    """A taint has a key and perhaps a value, such as labels have, and an effect, such as NoSchedule."""
    for index, taint in enumerate(spec.get("taints") or ()):
        key, value, effect = taint.get("key") or "", taint.get("value") or "", taint.get("effect")
        faults = {
            "key": label_key_fault(key) and f"key {key!r} {label_key_fault(key)}",
            "value": label_value_fault(value) and f"value {value!r} {label_value_fault(value)}",
            "effect": effect not in EFFECTS and f"effect {effect!r} is not one of {', '.join(EFFECTS)}",
        }
        for field, fault in faults.items():
            if fault:
                check.report(at + "taints" + index + field, fault, field=_said(check) + index + field)


@rule("node-taint-duplicate", on="core/v1 NodeSpec", source=TAINTS)
def taint_duplicate(spec: Tree, at: Path, check: Check) -> None:
    """The taints of a node differ in key or effect."""
    seen = set()
    for index, taint in enumerate(spec.get("taints") or ()):
        key = taint.get("key") or "", taint.get("effect") or ""
        if key in seen:
            check.report(at + "taints" + index, f"taint {key[0]}:{key[1]} is listed twice", field=_said(check) + index)
        seen.add(key)


def _said(check: Check) -> Path:
    """Return where a server says that taints are."""
    return check.at + "metadata" + "taints"


@rule("node-pod-ranges", on="core/v1 NodeSpec", source=NODES)
def pod_ranges(spec: Tree, at: Path, check: Check) -> None:
    """The podCIDRs of a node are ranges in CIDR form."""
    ranges = _pod_ranges(spec)
    for index, text in enumerate(ranges):
        if fault := range_fault(text, strict=check.at_least("1.36")):
            place = at + "podCIDRs" + index if spec.get("podCIDRs") == ranges else at + "podCIDR"
            check.report(place, f"range {text!r} {fault}", field=at + "podCIDRs" + index)


@rule("node-pod-range-families", on="core/v1 NodeSpec", source=DUAL_STACK)
def pod_range_families(spec: Tree, at: Path, check: Check) -> None:
    """A node has at most one range for pods of each IP family."""
    ranges = _pod_ranges(spec)
    families = {parsed.address.family if (parsed := read_range(text)) else 0 for text in ranges}
    if len(ranges) > 2 or (len(ranges) == 2 and families != {4, 6}):
        check.report(at + "podCIDRs", "there must be at most one range of each IP family")


def _pod_ranges(spec: Tree) -> list[str]:
    """Return the ranges that a server reads: `podCIDR` counts more than `podCIDRs`."""
    first: str | None = spec.get("podCIDR")
    ranges: list[str] = list(spec.get("podCIDRs") or ())
    return [first] if first and ranges[:1] != [first] else ranges


@rule("node-pod-range-form", on="core/v1 NodeSpec", source=NODES, severity="warning")
def pod_range_form(spec: Tree, at: Path, check: Check) -> None:
    """The podCIDRs of a node are best in their canonical form."""
    ranges = _pod_ranges(spec)
    for index, text in enumerate(ranges):
        if advice := range_advice(text):
            place = at + "podCIDRs" + index if spec.get("podCIDRs") == ranges else at + "podCIDR"
            check.report(place, f"range {text!r} {advice}", field=at + "podCIDRs" + index)


@rule("node-field-removed", on="core/v1 NodeSpec", source=NODES, severity="warning", needs="externalID")
def field_removed(spec: Tree, at: Path, check: Check) -> None:
    """Servers ignore the `externalID` of a node, which is no longer used."""
    if spec.get("externalID"):
        check.report(at + "externalID", "`externalID` has no effect any more", fix="drop it")


@rule("node-resource-amount", on="core/v1 NodeStatus", source=CAPACITY)
def resource_amount(status: Tree, at: Path, check: Check) -> None:
    """The capacity of a node is not negative, and whole for what can be counted: pods, devices."""
    for field in ("capacity", "allocatable"):
        for name, text in (status.get(field) or {}).items():
            amount, server_field = quantity_value(text), at + field + name
            if amount < 0:
                check.report((at + field).key(name), f"{name} {text!r} is negative", field=server_field)
            if _is_counted(name) and not is_whole(amount):
                check.report((at + field).key(name), f"{name} {text!r} is not a whole number", field=server_field)


def _is_counted(name: str) -> bool:
    if name in _WHOLE:
        return True
    extended = "/" in name and "kubernetes.io/" not in name and not name.startswith("requests.")
    return extended and qualified_name_fault(f"requests.{name}") is None


@rule("node-swap-capacity", on="core/v1 NodeSwapStatus", source=NODES, needs="capacity")
def swap_capacity(swap: Tree, at: Path, check: Check) -> None:
    """The capacity of a node's swap is positive."""
    capacity = swap.get("capacity")
    if capacity is not None and capacity <= 0:
        server_field = check.at + "metadata" + "nodeSwapStatus" + "capacity"
        check.report(at + "capacity", f"capacity {capacity} is not positive", field=server_field)


@rule("node-declared-features", on="core/v1 NodeStatus", source=NODES)
def declared_features(status: Tree, at: Path, check: Check) -> None:
    """The features that a node declares are names such as MyFeature/part, in order and each once (from 1.36)."""
    features, place = status.get("declaredFeatures") or (), at + "declaredFeatures"
    for index, name in enumerate(features if check.at_least("1.36") else ()):
        if len(name) > 253 or not _FEATURE.fullmatch(name):
            check.report(place + index, f"feature {name!r} must be a name such as MyFeature or MyFeature/part")
        if index and name <= features[index - 1]:
            what = "is listed twice" if name == features[index - 1] else "is not in alphabetical order"
            check.report(place + index, f"feature {name!r} {what}")
