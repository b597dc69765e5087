"""What an autoscaler follows, and how fast."""

from __future__ import annotations

from typing import Any

from kpy.importing.short.selectors import selector
from kpy.importing.writer import Steps, Writer, kpy, positional
from kpy.python_source.expressions import Item, Node, Text, literal

__all__ = ["as_newer", "behavior", "metric", "resource_goals", "scale_target", "scaling_rules"]

_REFERENCE = "CrossVersionObjectReference"
#: Kinds that have a construct and can be scaled.
_SCALED = {"Deployment": "apps/v1", "StatefulSet": "apps/v1", "ReplicaSet": "apps/v1"}


def scale_target(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return what is scaled; the reference itself for kinds, and versions of them, for which nothing is shorter."""
    match value:
        case {"apiVersion": str() as version, "kind": str() as kind, "name": str() as name, **rest} if not rest:
            group = version.rpartition("/")[0]
            found = writer.scope.find(writer.subject, kind, group, name) if writer.options.refers else None
            if found is not None and found.api_version == version:
                return writer.refer(found)
            if _SCALED.get(kind) == version:
                return writer.existing_object(kind, name)
    return writer.model(f"autoscaling/v2 {_REFERENCE}", value, steps) if isinstance(value, dict) else None


def as_newer(tree: dict[str, Any]) -> dict[str, Any]:
    """Return an autoscaler of the first version as the second has it."""
    match tree.get("spec"):
        case {"targetCPUUtilizationPercentage": int() as goal, **rest} if not isinstance(goal, bool):
            target = {"type": "Utilization", "averageUtilization": goal}
            rest["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
            return {**tree, "spec": rest}
    return tree


def resource_goals(metrics: Any) -> dict[str, Any]:
    """Return the goals that have a keyword of their own: of CPU and memory, where they come first."""
    goals: dict[str, Any] = {}
    for name, said in zip(("cpu", "memory"), metrics if isinstance(metrics, list) else (), strict=False):
        goal = _goal(said, name)
        if goal is None and name == "cpu":
            goal = _goal(said, "memory")
            return {} if goal is None else {"memory": goal}
        if goal is None:
            break
        goals[name] = goal
    return goals


def _goal(said: Any, name: str) -> Any:
    match said:
        case {"type": "Resource", "resource": {"name": found, "target": dict() as target, **more}, **rest} if not (
            more or rest or found != name
        ):
            return _of_resource(target)
    return None


def _of_resource(target: dict[str, Any]) -> Any:
    match target:
        case {"type": "Utilization", "averageUtilization": int() as goal, **rest} if not rest:
            return goal
        case {"type": "AverageValue", "averageValue": str() as goal, **rest} if not rest:
            return goal
    return None


def metric(writer: Writer, node: dict[str, Any], steps: Steps) -> Node | None:
    """Return a measure and its goal."""
    match node:
        case {"type": "Resource", "resource": {"name": str() as name, "target": dict() as target, **more}, **rest}:
            goal = None if more or rest else _of_resource(target)
            if goal is None:
                return None
            if name in ("cpu", "memory"):
                return kpy("Metric", positional(literal(goal)), rest=f".{name}")
            return kpy("Metric", positional(Text(name)), positional(literal(goal)), rest=".of_resource")
        case {
            "type": "ContainerResource",
            "containerResource": {
                "name": str() as name,
                "container": str() as container,
                "target": dict() as target,
                **more,
            },
            **rest,
        }:
            goal = None if more or rest else _of_resource(target)
            if goal is None:
                return None
            items = positional(Text(name)), positional(literal(goal)), Item(Text(container), "container=")
            return kpy("Metric", *items, rest=".of_resource")
        case {"type": "Pods", "pods": {"metric": dict() as measure, "target": dict() as target, **more}, **rest}:
            return None if more or rest else _measured(writer, "pods", measure, target, steps)
        case {
            "type": "External",
            "external": {"metric": dict() as measure, "target": dict() as target, **more},
            **rest,
        }:
            return None if more or rest else _measured(writer, "external", measure, target, steps)
        case {
            "type": "Object",
            "object": {"describedObject": described, "metric": dict() as measure, "target": dict() as target, **more},
            **rest,
        }:
            if more or rest:
                return None
            said = scale_target(writer, described, steps)
            if said is None:
                return None
            return _measured(writer, "object", measure, target, steps, positional(said))
    return None


def _measured(
    writer: Writer, name: str, measure: dict[str, Any], target: dict[str, Any], steps: Steps, *described: Item
) -> Node | None:
    match target:
        case {"type": "AverageValue", "averageValue": str() | int() as goal, **rest} if not rest:
            wanted = Item(literal(goal), "average=")
        case {"type": "Value", "value": str() | int() as goal, **rest} if not rest and name != "pods":
            wanted = Item(literal(goal), "value=")
        case _:
            return None
    if not isinstance(measure.get("name"), str) or not measure.keys() <= {"name", "selector"}:
        return None
    items = [positional(Text(measure["name"])), *described, wanted]
    if measure.get("selector") is not None:
        labels = selector(writer, measure["selector"], steps)
        if labels is None:
            return None
        items.append(Item(labels, "selector="))
    return kpy("Metric", *items, rest=f".{name}")


def behavior(writer: Writer, value: Any, steps: Steps) -> list[Item] | None:
    """Return both halves of how fast to follow."""
    if not isinstance(value, dict) or not value.keys() <= {"scaleUp", "scaleDown"}:
        return None
    names = {"scaleUp": "scale_up", "scaleDown": "scale_down"}
    return [
        Item(writer.struct("autoscaling/v2 HPAScalingRules", rules, (*steps, key)), f"{names[key]}=", (*steps, key))
        for key, rules in value.items()
        if rules is not None
    ]


def scaling_rules(writer: Writer, node: dict[str, Any], steps: Steps) -> Node | None:
    """Return how fast to follow in one direction."""
    if node.get("selectPolicy") not in (None, "Max", "Min", "Disabled"):
        return None
    if node == {"selectPolicy": "Disabled"}:
        return kpy("ScalingRules", rest=".never")
    if not node.keys() <= {"policies", "selectPolicy", "stabilizationWindowSeconds"}:
        return None
    found: dict[str, Any] = {}
    periods = []
    for policy in node.get("policies") or ():
        match policy:
            case {
                "type": "Pods" | "Percent" as kind,
                "value": int() as value,
                "periodSeconds": int() as period,
                **rest,
            } if not rest and kind not in found:
                found[kind] = value
                periods.append(period)
            case _:
                return None
    if not found or node.get("selectPolicy") == "Disabled" or len({*periods}) > 1 or [*found] == ["Percent", "Pods"]:
        return None
    given = {
        "pods": found.get("Pods"),
        "percent": found.get("Percent"),
        "period": periods[0],
        "select": node.get("selectPolicy"),
        "stabilization": node.get("stabilizationWindowSeconds"),
    }
    items = [Item(literal(value), f"{name}=") for name, value in given.items() if value is not None]
    return kpy("ScalingRules", *items, rest=".at_most")
