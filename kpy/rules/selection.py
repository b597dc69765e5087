"""What a label selector selects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.rules.formats import label_key_fault, label_value_fault
from kpy.selectors import matches

__all__ = ["is_empty", "is_sound", "matches"]

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
