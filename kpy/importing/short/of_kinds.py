"""What kinds have of their own: keywords that stand for parts of a field, or for several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kpy.importing.short.access import allowed
from kpy.importing.short.policies import traffic
from kpy.importing.short.scaling import behavior, resource_goals
from kpy.importing.short.services import ingress_routes
from kpy.importing.writer import Steps, Writer
from kpy.python_source.expressions import Bracket, Imported, Item, Text, literal

__all__ = ["OWN"]


def _claim(writer: Writer, tree: dict[str, Any], items: list[Item], steps: Steps) -> list[Item]:
    """Say how much storage is asked for in short."""
    match tree.get("spec"):
        case {"resources": {"requests": {"storage": str() | int() as storage, **more}, **rest}} if not (more or rest):
            at = (*steps, "spec", "resources")
            items = [Item(literal(storage), "storage=", at) if item.head == "resources=" else item for item in items]
    return [
        item
        for item in items
        if not (item.head == "access_modes=" and tree["spec"]["accessModes"] == ["ReadWriteOnce"])
    ]


def _volume(writer: Writer, tree: dict[str, Any], items: list[Item], steps: Steps) -> list[Item]:
    match tree.get("spec"):
        case {"capacity": {"storage": str() | int() as storage, **rest}} if not rest:
            return [
                Item(literal(storage), "storage=", item.steps) if item.head == "capacity=" else item for item in items
            ]
    return items


def _autoscaler(writer: Writer, tree: dict[str, Any], items: list[Item], steps: Steps) -> list[Item]:
    spec = tree.get("spec")
    if not isinstance(spec, dict):
        return items
    made = []
    for item in items:
        if item.head == "metrics=":
            goals = resource_goals(spec.get("metrics"))
            made += [Item(literal(goal), f"{name}=", item.steps) for name, goal in goals.items()]
            rest = item.value.items[len(goals) :] if isinstance(item.value, Bracket) else ()
            if rest or not goals:
                made.append(
                    item._replace(value=item.value._replace(items=rest))
                    if goals and isinstance(item.value, Bracket)
                    else item
                )
        elif item.head == "behavior=":
            halves = behavior(writer, spec["behavior"], (*steps, "spec", "behavior"))
            made += [item] if halves is None else halves
        else:
            made.append(item)
    if tree["apiVersion"] != "autoscaling/v2":
        made.append(Item(Text(tree["apiVersion"].rpartition("/")[2]), "version="))
    return made


def _ingress(writer: Writer, tree: dict[str, Any], items: list[Item], steps: Steps) -> list[Item]:
    spec = tree.get("spec")
    if not isinstance(spec, dict) or spec.get("rules") is None:
        return items
    routes = ingress_routes(writer, spec, (*steps, "spec"))
    if routes is None:
        writer.reasons.append("its rules are more than hosts and routes")
        return items
    return [each for item in items for each in (routes if item.head == "rules=" else [item])]


def _role(writer: Writer, tree: dict[str, Any], items: list[Item], steps: Steps) -> list[Item]:
    first, calls, is_longer = allowed(writer, tree.get("rules"))
    if is_longer:
        writer.reasons.append("a rule behind others is more than `allow` can say")
    if not calls:
        return items
    return [_cut(item, first) if item.head == "rules=" else item for item in items if item.head != "rules=" or first]


def _cut(item: Item, number: int) -> Item:
    assert isinstance(item.value, Bracket)
    return item._replace(value=item.value._replace(items=item.value.items[:number]))


def _binding(writer: Writer, tree: dict[str, Any], items: list[Item], steps: Steps) -> list[Item]:
    return [item._replace(head="role=") if item.head == "role_ref=" else item for item in items]


def _policy(writer: Writer, tree: dict[str, Any], items: list[Item], steps: Steps) -> list[Item]:
    spec = tree.get("spec")
    if not isinstance(spec, dict):
        return items
    named = {"pod_selector=": "target="}
    items = [item._replace(head=named.get(item.head, item.head)) for item in items]
    chosen = spec.get("podSelector")
    if isinstance(chosen, dict) and not any(value is not None for value in chosen.values()):
        items = [item for item in items if item.head != "target="]
    calls = traffic(writer, spec, (*steps, "spec"))
    if calls is None:
        writer.reasons.append("one of its rules is more than `allow_from` and `allow_to` can say")
    else:
        items = [item for item in items if item.head not in ("ingress=", "egress=") or not _rules_of(item, spec)]
    types = spec.get("policyTypes")
    mentioned = [
        name
        for name in ("Ingress", "Egress")
        if spec.get(name.lower()) is not None or (calls is not None and name in (types or ()))
    ]
    if types is None:
        if mentioned:
            items.append(Item(Imported("kpy", "OFF"), "policy_types="))
    elif types == mentioned:
        items = [item for item in items if item.head != "policy_types="]
    return items


def _rules_of(item: Item, spec: dict[str, Any]) -> bool:
    return bool(spec[item.head.removesuffix("=")])


_Own = Callable[[Writer, dict[str, Any], list[Item], Steps], list[Item]]

#: Constructs to what they have of their own: keywords that stand for parts of a field, or for several.
OWN: dict[str, _Own] = {
    "Claim": _claim,
    "ClusterRole": _role,
    "ClusterRoleBinding": _binding,
    "HorizontalPodAutoscaler": _autoscaler,
    "Ingress": _ingress,
    "NetworkPolicy": _policy,
    "PersistentVolume": _volume,
    "Role": _role,
    "RoleBinding": _binding,
}
