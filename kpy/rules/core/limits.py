"""Limit ranges: what the containers, pods and claims of a namespace may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.pods.amounts import (
    Amounts,
    amounts,
    container_resource_fault,
    is_huge_pages,
    is_native,
    resource_name_fault,
    thousandths,
    units,
)
from kpy.syntax.formats import qualified_name_fault

__all__: list[str] = []

_ITEM: Final = "core/v1 LimitRangeItem"
_LIMITS: Final = "https://kubernetes.io/docs/concepts/policy/limit-range/"
_TYPES: Final = ("Pod", "Container", "PersistentVolumeClaim")
_FIELDS: Final = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
_MOST_EXACT: Final = (2**63 - 1) // 1000


class _Item(NamedTuple):
    """The amounts of a limit, with the defaults that a server fills in for containers."""

    min: Amounts
    max: Amounts
    default: Amounts
    default_request: Amounts
    ratio: Amounts


def _item(limit: Tree) -> _Item:
    least, most, default, request, ratio = (
        amounts(limit.get(name, {})) for name in ("min", "max", "default", "defaultRequest", "maxLimitRequestRatio")
    )
    if limit.get("type") == "Container":
        default = {**most, **default}
        request = {**least, **default, **request}
    if limit.get("type") == "Pod":
        default, request = {}, {}
    return _Item(least, most, default, request, ratio)


@rule("limit-type", on=_ITEM, source=_LIMITS)
def limit_type(limit: Tree, at: Path, check: Check) -> None:
    """A limit is for a `Pod`, a `Container`, a `PersistentVolumeClaim`, or something with a domain."""
    kind = limit.get("type", "")
    if kind not in _TYPES and ("/" not in kind or qualified_name_fault(kind)):
        subject = f'the type of the limit is "{kind}"' if kind else "the limit has no type"
        check.report(at + "type", f"{subject}; it must be one of {', '.join(_TYPES)}")


@rule("limit-resource-name", on=_ITEM, source=_LIMITS)
def limit_resource_name(limit: Tree, at: Path, check: Check) -> None:
    """Limits are on standard resources and those with a domain; for pods and containers, on what these can ask for."""
    for field, name in _names(limit):
        if fault := _name_fault(name, limit.get("type", "")):
            check.report((at + field).key(name), f'resource "{name}" {fault}')


@rule("limit-default-of-pod", on=_ITEM, source=_LIMITS)
def limit_default_of_pod(limit: Tree, at: Path, check: Check) -> None:
    """There are no defaults for whole pods."""
    if limit.get("type") == "Pod":
        for field in ("default", "defaultRequest"):
            if limit.get(field):
                check.report(at + field, f"a limit for pods has no `{field}`", fix="set it for the type Container")


@rule(
    "limit-storage-missing",
    on=_ITEM,
    source="https://kubernetes.io/docs/tasks/administer-cluster/limit-storage-consumption/",
)
def limit_storage_missing(limit: Tree, at: Path, check: Check) -> None:
    """A limit for claims says the least or the most storage."""
    if limit.get("type") == "PersistentVolumeClaim" and not any(
        "storage" in limit.get(field, ()) for field in ("min", "max")
    ):
        check.report(at, "a limit for claims needs `min` or `max` of storage", field=at + "limits")


@rule("limit-order", on=_ITEM, source=_LIMITS)
def limit_order(limit: Tree, at: Path, check: Check) -> None:
    """The amounts of a limit rise from `min` over `defaultRequest` and `default` to `max`.

    Of a container, the defaults that are not given follow from the others, and are compared as well.
    """
    item = _item(limit)
    for low, high, blamed, low_name, high_name in (
        (item.min, item.max, "min", "min", "max"),
        (item.min, item.default_request, "defaultRequest", "min", "defaultRequest"),
        (item.default_request, item.max, "defaultRequest", "defaultRequest", "max"),
        (item.default_request, item.default, "defaultRequest", "defaultRequest", "default"),
        (item.min, item.default, "default", "min", "default"),
        (item.default, item.max, "default", "default", "max"),
    ):
        for name, amount in low.items():
            if name in high and amount > high[name]:
                message = f"`{low_name}` of {name} is {amount}, above `{high_name}`, which is {high[name]}"
                check.report((at + blamed).key(name), message)


@rule("limit-ratio", on=_ITEM, source=_LIMITS)
def limit_ratio(limit: Tree, at: Path, check: Check) -> None:
    """A limit is at least the request, so their ratio is at least 1, and at most what `max` and `min` allow."""
    item = _item(limit)
    for name, ratio in item.ratio.items():
        place = (at + "maxLimitRequestRatio").key(name)
        if ratio < 1:
            check.report(place, f"the ratio of {name} is {ratio}, and must be at least 1")
        elif name in item.min and name in item.max and _exceeds(item, name):
            check.report(place, f"the ratio of {name} is {ratio}, above that of `max` to `min`")


@rule("limit-overcommit", on=_ITEM, source=_LIMITS)
def limit_overcommit(limit: Tree, at: Path, check: Check) -> None:
    """Huge pages and resources with a domain cannot be overcommitted: request and limit are equal."""
    item = _item(limit)
    for name, amount in item.default.items():
        request = item.default_request.get(name)
        if request is not None and request != amount and not (is_native(name) and not is_huge_pages(name)):
            message = f"the default request of {name} is {request}, and must be the default limit, {amount}"
            check.report((at + "defaultRequest").key(name), message)


def _names(limit: Tree) -> Iterator[tuple[str, str]]:
    for field in _FIELDS:
        if field in ("default", "defaultRequest") and limit.get("type") == "Pod":
            continue
        amounts_by_name = limit.get(field, {})
        if limit.get("type") == "Container" and field in ("default", "defaultRequest"):
            amounts_by_name = getattr(_item(limit), "default" if field == "default" else "default_request")
        for name in amounts_by_name:
            yield field, name


def _name_fault(name: str, kind: str) -> str | None:
    return container_resource_fault(name) if kind in ("Pod", "Container") else resource_name_fault(name)


def _exceeds(item: _Item, name: str) -> bool:
    """Return whether a ratio is above that of the most to the least; a server compares thousandths where they fit."""
    least, most, ratio = item.min[name], item.max[name], item.ratio[name]
    exact = all(units(amount) < _MOST_EXACT for amount in (least, most, ratio))
    low, high = (thousandths(least), thousandths(most)) if exact else (units(least), units(most))
    value = thousandths(ratio) / 1000 if exact else float(units(ratio))
    if low == 0:
        return high < 0
    return value > high / low
