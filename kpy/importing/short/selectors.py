"""Label selectors, and the small fields that take a word or a name."""

from __future__ import annotations

from typing import Any

from kpy.importing.writer import Steps, Writer, kpy, list_of, mapping_of, positional
from kpy.python_source.expressions import Bracket, Imported, Item, Node, Text, literal

__all__ = [
    "claim_reference",
    "condition",
    "plain_selector",
    "pull_secrets",
    "schedule",
    "selector",
    "selector_of_pods",
    "strategy",
]

_APPS = "kpy.api.apps.v1"

_STRATEGIES = {
    "DaemonSet": "apps/v1 DaemonSetUpdateStrategy",
    "Deployment": "apps/v1 DeploymentStrategy",
    "StatefulSet": "apps/v1 StatefulSetUpdateStrategy",
}


def selector(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return a selector as labels to values and conditions."""
    if not isinstance(value, dict) or not value.keys() <= {"matchLabels", "matchExpressions"}:
        return None
    labels = value.get("matchLabels")
    conditions = value.get("matchExpressions")
    if labels is None and conditions is None:
        return literal({})
    pairs: list[tuple[str, Node, Steps | None]] = []
    if labels is not None:
        if not isinstance(labels, dict) or not (labels or not conditions):
            return None
        for key, text in labels.items():
            if not isinstance(text, str):
                return None
            pairs.append((key, Text(text), (*steps, "matchLabels", key)))
    for at, said in enumerate(conditions if isinstance(conditions, list) else ()):
        made = condition(said)
        if made is None or said["key"] in [key for key, _, _ in pairs]:
            return None
        pairs.append((said["key"], made, (*steps, "matchExpressions", at)))
    return mapping_of(pairs) if pairs or labels == {} else None


def condition(said: Any) -> Node | None:
    """Return a condition on the value of a label; nothing where it is more than that."""
    match said:
        case {"key": str(), "operator": "In" | "NotIn" as operator, "values": [*values], **rest} if not rest:
            if not values or not all(isinstance(value, str) for value in values):
                return None
            return kpy(operator, *(positional(Text(value)) for value in values))
        case {"key": str(), "operator": "Exists" | "DoesNotExist" as operator, **rest} if not rest:
            return kpy(operator)
    return None


def selector_of_pods(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return the workload that is selected, or labels."""
    match value:
        case {"matchLabels": dict() as labels, **rest} if labels and not rest:
            return _workload(writer, labels) or selector(writer, value, steps)
    return selector(writer, value, steps)


def plain_selector(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return the selector of a Service: the workload, or labels."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        return None
    return (_workload(writer, value) if value else None) or literal(value, steps)


def _workload(writer: Writer, labels: dict[str, Any]) -> Node | None:
    if not (writer.options.selects_by_object and writer.options.refers):
        return None
    found = writer.scope.selected(writer.subject, labels)
    return None if found is None else writer.refer(found)


def strategy(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return how pods are replaced: a word, or what a rolling update may do."""
    match value:
        case {"type": str() as word, **rest} if not rest and word in ("Recreate", "RollingUpdate", "OnDelete"):
            return Text(word)
        case {"type": "RollingUpdate", "rollingUpdate": dict() as numbers, **rest} if not rest and numbers:
            names = {"maxSurge": "max_surge", "maxUnavailable": "max_unavailable", "partition": "partition"}
            if not numbers.keys() <= names.keys():
                return None
            items = [Item(literal(number), f"{names[key]}=", (*steps, key)) for key, number in numbers.items()]
            kind = {
                "Deployment": "RollingUpdateDeployment",
                "DaemonSet": "RollingUpdateDaemonSet",
                "StatefulSet": "RollingUpdateStatefulSetStrategy",
            }.get(writer.subject.kind)
            return None if kind is None else Bracket(Imported(_APPS, kind), "()", tuple(items))
        case {"rollingUpdate": dict(), **rest} if not rest and writer.subject.kind in _STRATEGIES:
            return writer.model(_STRATEGIES[writer.subject.kind], value, steps)  # without a type it has no short form
    return None


def pull_secrets(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return the names of Secrets."""
    if not isinstance(value, list):
        return None
    names = [each.get("name") if isinstance(each, dict) and len(each) == 1 else None for each in value]
    if not all(isinstance(name, str) and name for name in names):
        return None
    found = [writer.scope.find(writer.subject, "Secret", "", str(name)) for name in names]
    return list_of(
        [
            writer.refer(target) if target is not None and writer.options.refers else Text(str(name))
            for target, name in zip(found, names, strict=True)
        ],
        steps,
    )


def schedule(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return the schedule of a CronJob."""
    return Text(value) if isinstance(value, str) else None


def claim_reference(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return the claim that a volume is reserved for."""
    match value:
        case {"name": str() as name, "namespace": str() as namespace, **rest} if rest == {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
        }:
            return writer.named("PersistentVolumeClaim", name, namespace)
    return None
