"""ResourceSlices: the devices that a driver offers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.resource.devices import ALLOCATION, TAINTS, attribute_name_fault, driver_name_fault
from kpy.syntax.formats import label_fault, label_key_fault, label_value_fault, subdomain_fault

SLICES = ALLOCATION + "#resourceslice"
PARTITIONS = ALLOCATION + "#partitionable-devices"
BINDING = ALLOCATION + "#device-binding-conditions"


_NUMBER = r"(?:0|[1-9][0-9]*)"
_PRERELEASE = r"(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_BUILD = r"[0-9a-zA-Z-]+"
_VERSION = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-{_PRERELEASE}(?:\.{_PRERELEASE})*)?(?:\+{_BUILD}(?:\.{_BUILD})*)?", re.ASCII
)
_MOST_TEXT = 64


@rule("resource-slice-driver", on="resource/v1 ResourceSlice", source=SLICES)
def driver(resource_slice: Tree, at: Path, check: Check) -> None:
    """A ResourceSlice names its driver: a DNS subdomain of at most 63 characters."""
    name = (resource_slice.get("spec") or {}).get("driver")
    if not name:
        check.report(at + "spec" + "driver", "ResourceSlice has no driver")
    elif fault := driver_name_fault(name):
        check.report(at + "spec" + "driver", f"driver {name!r} {fault}")


@rule("resource-slice-driver-case", on="resource/v1 ResourceSliceSpec", source=SLICES, severity="warning")
def driver_case(spec: Tree, at: Path, check: Check) -> None:
    """The name of a driver is best in lower case."""
    name = spec.get("driver") or ""
    if name != name.lower():
        check.report(at + "driver", f"driver {name!r} has upper case", fix=f"write {name.lower()!r}")


@rule("resource-slice-pool", on="resource/v1 ResourceSlice", source=SLICES)
def pool(resource_slice: Tree, at: Path, check: Check) -> None:
    """A pool has a name (DNS subdomains, separated by slashes), at least one slice, and no negative generation."""
    pool_spec = (resource_slice.get("spec") or {}).get("pool") or {}
    at = at + "spec" + "pool"
    name, count, generation = (
        pool_spec.get("name"),
        pool_spec.get("resourceSliceCount") or 0,
        pool_spec.get("generation") or 0,
    )
    if not name:
        check.report(at + "name", "pool has no name")
    elif len(name) > 253:
        check.report(at + "name", "name of the pool must be at most 253 characters long")
    elif fault := next(filter(None, map(subdomain_fault, name.split("/"))), None):
        check.report(at + "name", f"name {name!r} of the pool {fault}")
    if count <= 0:
        check.report(at + "resourceSliceCount", f"resourceSliceCount {count} is not positive")
    if generation < 0:
        check.report(at + "generation", f"generation {generation} is negative")


@rule("resource-slice-nodes", on="resource/v1 ResourceSlice", source=SLICES)
def nodes(resource_slice: Tree, at: Path, check: Check) -> None:
    """A slice says which nodes reach it by exactly one of nodeName, nodeSelector, allNodes, perDeviceNodeSelection."""
    spec = resource_slice.get("spec") or {}
    places = ["nodeName", "nodeSelector", "allNodes"]
    places += ["perDeviceNodeSelection"] if check.at_least("1.36") else []
    _check_nodes(spec, places, at + "spec", check)
    terms = (spec.get("nodeSelector") or {}).get("nodeSelectorTerms") or ()
    if spec.get("nodeSelector") is not None and len(terms) != 1:
        check.report(at + "spec" + "nodeSelector" + "nodeSelectorTerms", f"there are {len(terms)} terms, not one")


def _check_nodes(owner: Tree, places: list[str], at: Path, check: Check) -> None:
    places_set = []
    for field in places:
        value = owner.get(field)
        if value is None:
            continue
        if value in ("", False):
            what = "is empty" if value == "" else "is false"
            check.report(at + field, f"`{field}` {what}", fix="drop it")
            continue
        places_set.append(field)
        if field == "nodeName" and (fault := subdomain_fault(value)):
            check.report(at + field, f"nodeName {value!r} {fault}")
    if len(places_set) != 1:
        what = f"all of {', '.join(places_set)}" if places_set else f"none of {', '.join(places)}"
        check.report(at, f"exactly one must say which nodes reach the devices; here is {what}")


@rule("resource-slice-contents", on="resource/v1 ResourceSliceSpec", source=PARTITIONS)
def contents(spec: Tree, at: Path, check: Check) -> None:
    """A ResourceSlice has devices or shared counters, not both."""
    if spec.get("sharedCounters") is not None and spec.get("devices") is not None and check.at_least("1.36"):
        check.report(at, "slice has both `devices` and `sharedCounters`", fix="make it two slices")


@rule("resource-slice-too-large", on="resource/v1 ResourceSliceSpec", source=SLICES)
def too_large(spec: Tree, at: Path, check: Check) -> None:
    """A slice has at most 128 devices, 64 when one has taints or uses counters, and 8 sets of shared counters."""
    devices = spec.get("devices") or ()
    most = 64 if any(device.get("taints") or device.get("consumesCounters") for device in devices) else 128
    _check_count(devices, "devices", most, at, check)
    _check_count(spec.get("sharedCounters") or (), "sharedCounters", 8, at, check)


def _check_count(values: Any, field: str, most: int, at: Path, check: Check) -> bool:
    if len(values) > most:
        check.report(at + field, f"`{field}` has {len(values)} entries; at most {most} are allowed")
    return len(values) <= most


@rule("device-name-duplicate", on="resource/v1 ResourceSliceSpec", source=SLICES)
def device_name_duplicate(spec: Tree, at: Path, check: Check) -> None:
    """Devices of a slice are named differently, and so are its sets of counters."""
    for field, key in (("devices", "name"), ("sharedCounters", "name")):
        _check_unique(spec.get(field) or (), key, at + field, check)


def _check_unique(values: Any, key: str, at: Path, check: Check) -> None:
    seen = set()
    for index, value in enumerate(values):
        if (name := value.get(key) or "") in seen:
            check.report(at + index, f"{name!r} is listed twice")
        seen.add(name)


@rule("device-nodes", on="resource/v1 ResourceSliceSpec", source=PARTITIONS)
def device_nodes(spec: Tree, at: Path, check: Check) -> None:
    """With perDeviceNodeSelection each device says which nodes reach it; otherwise none does."""
    if not check.at_least("1.36"):
        return
    places = ["nodeName", "nodeSelector", "allNodes"]
    for index, device in enumerate(spec.get("devices") or ()):
        if spec.get("perDeviceNodeSelection"):
            _check_nodes(device, places, at + "devices" + index, check)
        elif any(device.get(field) is not None for field in places):
            fix = "set `perDeviceNodeSelection: true` in the spec"
            check.report(at + "devices" + index, "device says which nodes reach it, but the slice does too", fix=fix)


@rule("device-attributes", on="resource/v1 Device", source=SLICES)
def attributes(device: Tree, at: Path, check: Check) -> None:
    """Attributes and capacities are identifiers, perhaps with a domain before them; a device has at most 32."""
    count = len(device.get("attributes") or ()) + len(device.get("capacity") or ())
    if count > 32:
        check.report(at, f"device has {count} attributes and capacities; at most 32 are allowed")
    for field in ("attributes", "capacity"):
        for name in device.get(field) or ():
            if fault := attribute_name_fault(name):
                check.report((at + field).key(name), f"{name!r} {fault}", field=at + field)


@rule("device-attribute-value", on="resource/v1 DeviceAttribute", source=SLICES)
def attribute_value(attribute: Tree, at: Path, check: Check) -> None:
    """An attribute has one value: int, bool, a string of at most 64 bytes, or a semantic version."""
    values = [field for field in ("int", "bool", "string", "version") if attribute.get(field) is not None]
    if len(values) != 1:
        check.report(at, f"attribute has {' and '.join(values) if values else 'no value'}; it must have one value")
    for field in ("string", "version"):
        if len((attribute.get(field) or "").encode(errors="surrogatepass")) > _MOST_TEXT:
            check.report(at + field, f"the {field} has more than {_MOST_TEXT} bytes")
    version = attribute.get("version")
    if version is not None and not _VERSION.fullmatch(version):
        check.report(at + "version", f"version {version!r} is not a semantic version, such as 1.2.3")


@rule("device-taint", on="resource/v1 DeviceTaint", source=TAINTS)
def taint(taint: Tree, at: Path, check: Check) -> None:
    """A taint of a device has a key and perhaps a value, such as labels have, and an effect."""
    if not check.at_least("1.36"):
        return
    key, value = taint.get("key") or "", taint.get("value") or ""
    if fault := label_key_fault(key):
        check.report(at + "key", f"key {key!r} {fault}")
    if fault := label_value_fault(value):
        check.report(at + "value", f"value {value!r} {fault}")
    if not taint.get("effect"):
        check.report(at + "effect", "taint has no effect")


@rule("device-counters", on="resource/v1 CounterSet", source=PARTITIONS)
def counters(counter_set: Tree, at: Path, check: Check) -> None:
    """A set of counters has a name and from 1 to 32 counters, all named by DNS labels."""
    _check_counters(counter_set, "name", at, check)


@rule("device-counter-use", on="resource/v1 DeviceCounterConsumption", source=PARTITIONS)
def counter_use(use: Tree, at: Path, check: Check) -> None:
    """A device that uses counters names their set and from 1 to 32 of its counters."""
    _check_counters(use, "counterSet", at, check)


def _check_counters(owner: Tree, name_field: str, at: Path, check: Check) -> None:
    if not check.at_least("1.36"):
        return
    name, counters = owner.get(name_field), owner.get("counters") or {}
    if not name:
        check.report(at + name_field, f"`{name_field}` is missing")
    elif fault := label_fault(name):
        check.report(at + name_field, f"{name!r} {fault}")
    if not counters:
        check.report(at + "counters", "there are no counters")
    elif _check_count(counters, "counters", 32, at, check):
        for key in counters:
            if fault := label_fault(key):
                check.report((at + "counters").key(key), f"counter {key!r} {fault}", field=at + "counters")


@rule("device-counter-uses", on="resource/v1 Device", source=PARTITIONS)
def counter_uses(device: Tree, at: Path, check: Check) -> None:
    """A device uses at most 2 sets of counters, each once."""
    uses = device.get("consumesCounters") or ()
    if check.at_least("1.36") and _check_count(uses, "consumesCounters", 2, at, check):
        _check_unique(uses, "counterSet", at + "consumesCounters", check)


@rule("device-binding-conditions", on="resource/v1 Device", source=BINDING)
def binding_conditions(device: Tree, at: Path, check: Check) -> None:
    """Conditions of binding come with conditions of failure: up to 4 of each, label keys, none of them twice."""
    if not check.at_least("1.36"):
        return
    fields = ("bindingConditions", "bindingFailureConditions")
    good, bad = (device.get(field) or () for field in fields)
    for field, names, other in ((fields[0], good, ()), (fields[1], bad, good)):
        fault_of: Callable[[str], str | None] = label_key_fault
        few = _check_count(names, field, 4, at, check)
        for index, name in enumerate(names):
            if few and (fault := fault_of(name)):
                check.report(at + field + index, f"condition {name!r} {fault}")
            if name in names[:index] or name in other:
                check.report(at + field + index, f"condition {name!r} is listed twice")
    for field, names, other in ((fields[0], good, bad), (fields[1], bad, good)):
        if other and not names:
            check.report(at + field, f"device has no {field}")
