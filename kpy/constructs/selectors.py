"""Label selectors as mappings: labels to values, or to a set of values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal

from kpy.api.meta.v1 import LabelSelector, LabelSelectorRequirement
from kpy.errors import ArgumentError, UsageError
from kpy.model.calls import checked
from kpy.model.mappings import as_model
from kpy.model.referable import Selectable
from kpy.model.typing import JsonObject
from kpy.tree.part import describe

__all__ = [
    "NAME_LABEL",
    "Condition",
    "DoesNotExist",
    "Exists",
    "In",
    "LabelsInput",
    "NotIn",
    "SelectorInput",
    "find_by_name",
    "labels_of",
    "selector_by_name",
    "to_plain_selector",
    "to_selector",
]

#: The label that a workload selects its pods by when it names none.
#: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
NAME_LABEL = "app.kubernetes.io/name"
#: The label that is selected by too, where the pods have another name than their workload.
COMPONENT_LABEL = "app.kubernetes.io/component"
#: How long the value of a label can be.
_LONGEST = 63


class Condition:
    """A condition on the value of one label."""

    operator: ClassVar[Literal["In", "NotIn", "Exists", "DoesNotExist"]]

    @checked
    def __init__(self, *values: str | Iterable[str]) -> None:
        self.values = tuple(word for said in values for word in ([said] if isinstance(said, str) else said))

    def __repr__(self) -> str:
        """Return the call that made it."""
        return f"{type(self).__name__}({', '.join(map(repr, self.values))})"


class In(Condition):
    """The label has one of these values: `{"environment": In("production", "qa")}`."""

    operator = "In"


class NotIn(Condition):
    """The label has none of these values, or is not there."""

    operator = "NotIn"


class Exists(Condition):
    """The label is there, whatever its value."""

    operator = "Exists"

    @checked
    def __init__(self) -> None:
        super().__init__()


class DoesNotExist(Condition):
    """The label is not there."""

    operator = "DoesNotExist"

    @checked
    def __init__(self) -> None:
        super().__init__()


#: The fields of a `LabelSelector`, which are not labels of anybody's.
_SELECTOR_KEYS = frozenset({"matchExpressions", "matchLabels"})

#: Labels to values or conditions: `{"app": "shop", "environment": In("production", "qa")}`.
LabelsInput = Mapping[str, str | In | NotIn | Exists | DoesNotExist]
#: Labels to values or conditions, the API's own `LabelSelector`, or a workload, whose pods are meant.
SelectorInput = LabelsInput | LabelSelector | Selectable | JsonObject


def to_selector(said: SelectorInput | None) -> LabelSelector | Selectable | None:
    """Return a selector as the API's own type; a workload stays itself until its labels are known."""
    if said is None or isinstance(said, LabelSelector | Selectable):
        return said
    if not isinstance(said, Mapping):
        raise ArgumentError(
            f"{said!r} is not a selector: expected a mapping of labels to values or conditions such as `In(...)`, "
            f"a LabelSelector, or a workload"
        )
    if said.keys() <= _SELECTOR_KEYS:
        return as_model(LabelSelector, said)
    labels: dict[str, Any] = {key: value for key, value in said.items() if not isinstance(value, Condition)}
    conditions = [
        LabelSelectorRequirement(key=key, operator=value.operator, values=list(value.values) or None)
        for key, value in said.items()
        if isinstance(value, Condition)
    ]
    return LabelSelector(
        match_labels=labels if labels or not conditions else None, match_expressions=conditions or None
    )


def to_plain_selector(said: Mapping[str, str] | Selectable) -> Mapping[str, str] | Selectable:
    """Return the selector of a Service, which is labels alone; `{"matchLabels": {...}}` means these labels."""
    match said:
        case {"matchLabels": Mapping() as labels, **rest} if not rest:
            return labels
        case {"matchLabels": _} | {"matchExpressions": _}:
            raise ArgumentError('a Service selects by labels alone: write `selector={"app": "web"}`')
    return said


def find_by_name(workload: Any, labels: object) -> dict[str, str]:
    """Return the labels by which the pods of a workload are found that names no selector; remember them for others.

    That is the name of the workload as `app.kubernetes.io/name`. Where the pods have another value there, as the parts
    of one app have in common, they are found by that and by `app.kubernetes.io/component`: theirs, or the workload's
    name.
    """
    said = labels if isinstance(labels, Mapping) else {}
    own, name = (workload.name or workload.generated_name)[:_LONGEST].rstrip("-._"), said.get(NAME_LABEL)
    found = {NAME_LABEL: own}
    if isinstance(name, str) and name != own:
        found = {NAME_LABEL: name, COMPONENT_LABEL: said.get(COMPONENT_LABEL) or own}
    workload.__dict__["_found_by"] = found
    return dict(found)


def selector_by_name(workload: Any) -> dict[str, Any]:
    """Return the selector, as a `LabelSelector` tree, of a workload that names none.

    Raises `UsageError` for one outside the app, whose labels nobody here knows.
    """
    if workload._is_existing:
        raise UsageError(f"{describe(workload)} exists outside the app, so its labels are unknown: give labels instead")
    found: dict[str, str] | None = workload.__dict__.get("_found_by")
    return {"matchLabels": dict(found) if found else find_by_name(workload, workload.labels)}


def labels_of(selector: Mapping[str, Any], owner: object) -> dict[str, str]:
    """Return the labels of a selector tree that has labels only, as a Service needs it.

    Raises `UsageError` where it has expressions, which a Service cannot say.
    """
    if selector.get("matchExpressions"):
        raise UsageError(
            f"{describe(owner)} selects its pods by expressions, which a Service cannot: "
            f"give the Service `selector={{...}}` of plain labels"
        )
    return dict(selector.get("matchLabels", {}))
