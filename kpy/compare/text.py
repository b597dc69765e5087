"""A comparison as text for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kpy.compare.differences import HIDDEN, Difference
from kpy.compare.effects import Effect

if TYPE_CHECKING:
    from kpy.compare.comparison import Change, Comparison

__all__ = ["show", "to_text"]

_SIGNS: dict[Effect, str] = {
    "create": "+",
    "update in place": "~",
    "rolling restart": "~",
    "delete": "-",
    "immutable field changed": "!",
    "data loss": "!",
}
#: How much of a value is shown.
_WIDTH = 100


def to_text(comparison: Comparison) -> str:
    """Return all changes, object by object, and the counts as the last line."""
    shown = [change for change in comparison.changes if change.effect != "no change"]
    lines = [line for change in shown for line in _lines(change)]
    return "\n".join([*lines, comparison.summary(), ""])


def show(value: Any, width: int = _WIDTH) -> str:
    """Return a value on one line, shortened where it is long."""
    if value is None:
        return "not set"
    if value == HIDDEN:
        return HIDDEN
    text = json.dumps(value, ensure_ascii=False)
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _lines(change: Change) -> list[str]:
    place = f"   ({change.where})" if change.where else ""
    lines = [f"{_SIGNS[change.effect]} {change}: {change.effect}{place}"]
    lines.extend(f"    {reason}" for reason in change.reasons)
    lines.extend(f"    {_line(difference)}" for difference in change.differences)
    return lines


def _line(difference: Difference) -> str:
    if difference.note == "order":
        return f"{difference.path}: order of elements {show(difference.old)} -> {show(difference.new)}"
    return f"{difference.path}: {show(difference.old)} -> {show(difference.new)}"
