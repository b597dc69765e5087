"""How much of a device's capacity a request may take."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.resource.devices import ALLOCATION
from kpy.units import quantity_value

CAPACITY = ALLOCATION + "#consumable-capacity"


@rule("device-capacity-shared", on="resource/v1 Device", source=CAPACITY)
def capacity_shared(device: Tree, at: Path, check: Check) -> None:
    """Only the capacities of a device that can be allocated several times have a requestPolicy."""
    if device.get("allowMultipleAllocations") or not check.at_least("1.36"):
        return
    for name, capacity in (device.get("capacity") or {}).items():
        if capacity.get("requestPolicy") is not None:
            place = (at + "capacity").key(name) + "requestPolicy"
            check.report(place, "the device is allocated once only", fix="set `allowMultipleAllocations: true`")


@rule("device-capacity-policy", on="resource/v1 Device", source=CAPACITY)
def capacity_policy(device: Tree, at: Path, check: Check) -> None:
    """A requestPolicy has validValues or a validRange, which hold its default and do not exceed the capacity."""
    if not device.get("allowMultipleAllocations") or not check.at_least("1.36"):
        return
    for name, capacity in (device.get("capacity") or {}).items():
        if (policy := capacity.get("requestPolicy")) is not None:
            place = (at + "capacity").key(name) + "requestPolicy"
            _check_policy(policy, quantity_value(capacity.get("value", "0")), place, check)


def _check_policy(policy: Tree, most: Decimal, at: Path, check: Check) -> None:
    values, span, default = policy.get("validValues") or (), policy.get("validRange"), policy.get("default")
    if values and span is not None:
        check.report(at, "policy has both `validValues` and `validRange`")
    elif default is None:
        if values or span is not None:
            check.report(at + "default", "policy has no default")
    elif values:
        numbers = [quantity_value(value) for value in values]
        _check_values(numbers, quantity_value(default), most, at + "validValues", check)
    elif span is not None:
        _check_span(span, quantity_value(default), most, at + "validRange", check)


def _check_values(values: list[Decimal], default: Decimal, most: Decimal, at: Path, check: Check) -> None:
    for index, (before, value) in enumerate(pairwise(values)):
        if before > value:
            check.report(at + (index + 1), "the values do not ascend")
    if len(values) > 10:
        check.report(at, f"there are {len(values)} values; at most 10 are allowed")
    elif default not in values:
        check.report(at, "the default is not among the values")
    seen = set()
    for index, value in enumerate(values if len(values) <= 10 else ()):
        if value > most:
            check.report(at + index, "the value exceeds the capacity")
        if (whole := _whole(value)) in seen:
            check.report(at + index, "the value is listed twice")
        seen.add(whole)


def _check_span(span: Tree, default: Decimal, most: Decimal, at: Path, check: Check) -> None:
    if span.get("min") is None:
        check.report(at + "min", "range has no min")
        return
    least = quantity_value(span["min"])
    if least > most or default < least:
        check.report(at + "min", "min exceeds the " + ("capacity" if least > most else "default"))
    last = quantity_value(span["max"]) if span.get("max") is not None else None
    if last is not None and (least > last or last > most or default > last):
        check.report(at + "max", "max exceeds the capacity" if last > most else "max is less than min or default")
    if span.get("step") is None:
        return
    step = quantity_value(span["step"])
    if least + step > most:
        check.report(at + "step", "min and one step exceed the capacity")
    if whole := _whole(step):
        for name, value in (("default", default), ("max", last)):
            if value is not None and (_whole(value) - _whole(least)) % whole:
                check.report(at + "step", f"{name} is not min and a number of steps")


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))
