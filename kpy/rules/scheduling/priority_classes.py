"""Priority classes."""

from __future__ import annotations

from typing import Final

from kpy.checking.check import Check
from kpy.checking.type_rules import rule
from kpy.objects import Tree
from kpy.paths import Path

__all__: list[str] = []

_PRIORITY: Final = "scheduling/v1 PriorityClass"
_PRIORITIES: Final = "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass"
_HIGHEST: Final = 1_000_000_000
_SYSTEM: Final = {"system-node-critical": 2_000_001_000, "system-cluster-critical": 2_000_000_000}


@rule("priority-too-high", on=_PRIORITY, source=_PRIORITIES)
def priority_too_high(priority: Tree, at: Path, check: Check) -> None:
    """The priorities above one billion belong to Kubernetes itself."""
    name = priority.get("metadata", {}).get("name", "")
    value = priority.get("value", 0)
    if value > _HIGHEST and not name.startswith("system-"):
        check.report(at + "value", f"the priority {value} is above {_HIGHEST}, the highest of one's own")


@rule("priority-name-reserved", on=_PRIORITY, source=_PRIORITIES)
def priority_name_reserved(priority: Tree, at: Path, check: Check) -> None:
    """The names of priority classes that begin with `system-` belong to Kubernetes itself."""
    name = priority.get("metadata", {}).get("name", "")
    if not name.startswith("system-"):
        return
    if name not in _SYSTEM:
        message = f'the name "{name}" begins with "system-", which is reserved'
    elif priority.get("value", 0) != _SYSTEM[name] or priority.get("globalDefault"):
        message = f'the class "{name}" has the priority {_SYSTEM[name]} and is not the default'
    else:
        return
    check.report(at + "metadata" + "name", message)
