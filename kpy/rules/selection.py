"""What a label selector selects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.rules.formats import label_key_fault, label_value_fault

__all__ = ["is_empty", "is_sound", "matches"]

_Labels = Mapping[str, str]
_Selector = Mapping[str, Any]


def is_empty(selector: _Selector) -> bool:
    """Return whether a selector has no requirement at all."""
    return not selector.get("matchLabels") and not selector.get("matchExpressions")


def is_sound(selector: _Selector) -> bool:
    """Return whether a server can make sense of a selector."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if label_key_fault(key) or label_value_fault(value or ""):
            return False
    return all(_is_sound_requirement(requirement or {}) for requirement in selector.get("matchExpressions") or ())


def matches(selector: _Selector | None, labels: _Labels | None) -> bool:
    """Return whether a sound selector matches the labels; an absent one matches nothing, an empty one everything."""
    if selector is None:
        return False
    labels = labels or {}
    for key, value in (selector.get("matchLabels") or {}).items():
        if key not in labels or (labels[key] or "") != (value or ""):
            return False
    return all(_meets(requirement, labels) for requirement in selector.get("matchExpressions") or ())


def _is_sound_requirement(requirement: _Selector) -> bool:
    values = requirement.get("values") or ()
    match requirement.get("operator"):
        case "In" | "NotIn":
            if not values:
                return False
        case "Exists" | "DoesNotExist":
            if values:
                return False
        case _:
            return False
    if label_key_fault(requirement.get("key") or ""):
        return False
    return not any(label_value_fault(value or "") for value in values)


def _meets(requirement: _Selector, labels: _Labels) -> bool:
    key = requirement["key"]
    match requirement["operator"]:
        case "In":
            return key in labels and labels[key] in requirement["values"]
        case "NotIn":
            return key not in labels or labels[key] not in requirement["values"]
        case "Exists":
            return key in labels
        case _:
            return key not in labels
