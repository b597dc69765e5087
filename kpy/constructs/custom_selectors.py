"""Selectors in custom resources: of pods, by their workload, or of a Service, by its own labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpy.constructs.selectors import to_selector
from kpy.errors import ArgumentError
from kpy.model.referable import Referable, Selectable

if TYPE_CHECKING:
    from kpy.api.meta.v1 import LabelSelector
    from kpy.constructs.selectors import SelectorInput
    from kpy.model.plain import Sink

__all__ = ["LabelsOf", "to_custom_selector"]


class LabelsOf:
    """A selector that selects one object, by a label of its own; wiring writes it, which knows the labels of charts."""

    def __init__(self, target: Referable) -> None:
        #: The object that is selected.
        self.target = target

    def __repr__(self) -> str:
        """Return what it stands for."""
        return f"<labels of {self.target!r}>"

    def __kpy_lower__(self, sink: Sink, node: Any, key: Any) -> dict[str, Any]:
        """Leave the labels to wiring."""
        sink.label(node, key, self.target)
        return {}


def to_custom_selector(said: SelectorInput | Referable | None) -> LabelSelector | Selectable | LabelsOf | None:
    """Return a selector of a custom resource; a workload means its pods, and a Service itself."""
    if isinstance(said, Referable) and not isinstance(said, Selectable):
        if getattr(said, "kind", "") != "Service":
            raise ArgumentError(
                f"{said!r} is not a selector: expected a mapping of labels to values or conditions such as `In(...)`, "
                "a LabelSelector, a workload for its pods, or a Service for itself"
            )
        if said._is_existing:
            raise ArgumentError(f"{said!r} lives outside, and its labels are not known here: give them as a mapping")
        return LabelsOf(said)
    return to_selector(said)
