"""Runtime classes: what runs containers, what it costs, and where it is."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path
from kpy.rules.meta.labels import check_labels
from kpy.rules.pods.amounts import (
    amounts,
    container_resource_fault,
    huge_page_size,
    is_extended,
    is_huge_pages,
    thousandths,
    units,
)

__all__: list[str] = []

_OVERHEAD: Final = "node/v1 Overhead"
_SCHEDULING: Final = "node/v1 Scheduling"
_CLASSES: Final = "https://kubernetes.io/docs/concepts/containers/runtime-class/"
_COSTS: Final = "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-overhead/"


@rule("runtime-overhead", on=_OVERHEAD, source=_COSTS)
def runtime_overhead(overhead: Tree, at: Path, check: Check) -> None:
    """The overhead of a runtime is an amount of resources that containers can ask for."""
    overheads = amounts(overhead.get("podFixed", {}))
    for name, amount in overheads.items():
        fault = container_resource_fault(name)
        if fault is None and amount < 0:
            fault = f"is {amount}, and must not be negative"
        if fault is None and is_extended(name) and thousandths(amount) % 1000:
            fault = f"is {amount}, and must be a whole number"
        if fault is None and is_huge_pages(name):
            size = huge_page_size(name)
            if size is None or units(amount) % units(size):
                fault = f"is {amount}, which is not a number of whole pages"
        if fault:
            place = (at + "podFixed").key(name)
            check.report(place, f'resource "{name}" {fault}', field=(at + "limits").key(name))


@rule("runtime-huge-pages-alone", on=_OVERHEAD, source=_COSTS)
def runtime_huge_pages_alone(overhead: Tree, at: Path, check: Check) -> None:
    """An overhead of huge pages comes with cpu or memory."""
    names = overhead.get("podFixed", {})
    if any(is_huge_pages(name) for name in names) and "cpu" not in names and "memory" not in names:
        check.report(at, "huge pages are set, but neither cpu nor memory", fix="set cpu or memory too")


@rule("runtime-node-labels", on=_SCHEDULING, source=_CLASSES + "#scheduling")
def runtime_node_labels(scheduling: Tree, at: Path, check: Check) -> None:
    """The labels of nodes that a runtime class asks for are such as labels can be."""
    if "nodeSelector" in scheduling:
        check_labels(scheduling["nodeSelector"], at + "nodeSelector", check)


@rule("runtime-toleration-twice", on=_SCHEDULING, source=_CLASSES + "#scheduling")
def runtime_toleration_twice(scheduling: Tree, at: Path, check: Check) -> None:
    """No two tolerations of a runtime class have the same key, operator, value and effect."""
    seen: set[tuple[str, ...]] = set()
    for index, toleration in enumerate(scheduling.get("tolerations", ())):
        key = tuple(str(toleration.get(name, "")) for name in ("key", "operator", "value", "effect"))
        if key in seen:
            check.report(at + "tolerations" + index, "the toleration is there already", fix="remove one of the two")
        seen.add(key)
