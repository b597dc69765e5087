"""Label selectors: reading them as kubectl does, and what they select."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kpy.errors import UsageError
from kpy.syntax.formats import label_key_fault, label_value_fault

__all__ = ["is_empty", "is_sound", "matches", "parse_selector"]

_Labels = Mapping[str, str]
_Selector = Mapping[str, Any]

_KEY = r"[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?"
_VALUE = r"[\w.-]*"
_IN = rf"({_KEY})\s+(in|notin)\s*\(([^()]*)\)"
_EQUALS = rf"({_KEY})\s*(==|=|!=)\s*({_VALUE})"
_COMPARED = rf"({_KEY})\s*([<>])\s*(-?\d+)"
_EXISTS = rf"(!?)\s*({_KEY})"


def parse_selector(text: str) -> dict[str, Any]:
    """Return the label selector of a text: `app=web,tier in (front, back),!legacy`, as after `kubectl get -l`.

    Raises `UsageError`.
    """
    expressions: list[dict[str, Any]] = []
    labels: dict[str, str] = {}
    for part in re.split(r",(?![^(]*\))", text):
        said = part.strip()
        if found := re.fullmatch(_IN, said):
            values = [value.strip() for value in found[3].split(",")]
            operator = "In" if found[2] == "in" else "NotIn"
            expressions.append({"key": found[1], "operator": operator, "values": values})
        elif found := re.fullmatch(_EQUALS, said):
            if found[2] == "!=":
                expressions.append({"key": found[1], "operator": "NotIn", "values": [found[3]]})
            elif labels.setdefault(found[1], found[3]) != found[3]:
                expressions.append({"key": found[1], "operator": "In", "values": [found[3]]})
        elif found := re.fullmatch(_COMPARED, said):
            expressions.append({"key": found[1], "operator": "Gt" if found[2] == ">" else "Lt", "values": [found[3]]})
        elif found := re.fullmatch(_EXISTS, said):
            expressions.append({"key": found[2], "operator": "DoesNotExist" if found[1] else "Exists"})
        elif text.strip():
            raise UsageError(
                f"{said!r} in the label selector {text!r} cannot be read: write `app=web`, `app!=web`, "
                f"`app in (web, api)`, `app notin (db)`, `app`, `!app` or `app>1`, joined by commas"
            )
    return {"matchLabels": labels, "matchExpressions": expressions}


def matches(selector: _Selector | None, labels: _Labels | None) -> bool:
    """Return whether a selector matches the labels; an absent one matches nothing, an empty one everything.

    A requirement that a server cannot make sense of matches nothing.
    """
    if selector is None:
        return False
    labels = labels or {}
    for key, value in (selector.get("matchLabels") or {}).items():
        if key not in labels or (labels[key] or "") != (value or ""):
            return False
    return all(_meets(requirement, labels) for requirement in selector.get("matchExpressions") or ())


def _meets(requirement: _Selector, labels: _Labels) -> bool:
    key = str(requirement.get("key"))
    values: Sequence[str] = requirement.get("values") or ()
    match requirement.get("operator"):
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case "Gt":
            return _compared(labels.get(key), values) > 0
        case "Lt":
            return _compared(labels.get(key), values) < 0
        case "DoesNotExist":
            return key not in labels
    return False


def _compared(label: str | None, values: Sequence[str]) -> int:
    """Return the sign of a label less the only value; zero where one of them is not a number."""
    if label is None or len(values) != 1 or not (_is_number(label) and _is_number(values[0])):
        return 0
    return (int(label) > int(values[0])) - (int(label) < int(values[0]))


def _is_number(label: str | None) -> bool:
    """Tell whether a label is a number that can be compared."""
    return re.fullmatch(r"[+-]?[0-9]+", label or "") is not None


def is_empty(selector: _Selector) -> bool:
    """Return whether a selector has no requirement at all."""
    return not selector.get("matchLabels") and not selector.get("matchExpressions")


def is_sound(selector: object) -> bool:
    """Return whether a server can make sense of a selector; it may be anything that a document holds."""
    if not isinstance(selector, Mapping):
        return False
    labels, requirements = selector.get("matchLabels") or {}, selector.get("matchExpressions") or ()
    if not isinstance(labels, Mapping) or not isinstance(requirements, Sequence) or isinstance(requirements, str):
        return False
    for key, value in labels.items():
        if label_key_fault(key) or not _is_label_value(value):
            return False
    return all(_is_sound_requirement({} if requirement is None else requirement) for requirement in requirements)


def _is_label_value(value: object) -> bool:
    return value is None or (isinstance(value, str) and not label_value_fault(value))


def _is_sound_requirement(requirement: object) -> bool:
    if not isinstance(requirement, Mapping):
        return False
    values = requirement.get("values") or ()
    if not isinstance(values, Sequence) or isinstance(values, str):
        return False
    match requirement.get("operator"):
        case "In" | "NotIn":
            if not values:
                return False
        case "Exists" | "DoesNotExist":
            if values:
                return False
        case _:
            return False
    key = requirement.get("key") or ""
    return isinstance(key, str) and not label_key_fault(key) and all(map(_is_label_value, values))
