"""How a file differs from what it should be: a unified diff, bounded, without the values of Secrets."""

from __future__ import annotations

from kpy.printable import printable
from kpy.redaction.fields import HIDDEN
from kpy.redaction.mask import Mask
from kpy.redaction.yaml_text import spans_in_yaml
from kpy.reporting.view import PLAIN, Role, View

__all__ = ["file_diff"]

#: How many lines of a difference are shown, and how many characters of each.
_LINES = 40
_WIDTH = 200
#: Larger files are not compared line by line, which would take long.
_MOST = 4 << 20
_ROLES: dict[str, Role] = {"+": "added", "-": "removed", "@": "note"}


def file_diff(old: str, new: str, view: View = PLAIN, *, mask: Mask | None = None) -> list[str]:
    """Return the lines of a unified diff without its head: `-` is in the file, `+` is what should be there."""
    if len(old) + len(new) > _MOST:
        return ["(too large to be compared line by line)"]
    from difflib import unified_diff

    before, after = (_redacted(text, mask).split("\n") for text in (old, new))
    lines = [*unified_diff(before, after, lineterm="", n=2)][2:]
    if not lines:
        return [
            "(only values of Secrets differ, which are hidden)"
            if _values(old) != _values(new)
            else "(only the line endings differ)"
        ]
    shown = [_shown(line, view) for line in lines[:_LINES]]
    return [*shown, f"… and {len(lines) - _LINES} more lines"] if len(lines) > _LINES else shown


def _shown(line: str, view: View) -> str:
    text = printable(line)
    text = text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
    return view.paint(_ROLES[text[0]], text) if text[:1] in _ROLES else text


def _redacted(text: str, mask: Mask | None) -> str:
    parts: list[str] = []
    at = 0
    for begin, end in spans_in_yaml(text):
        if begin >= at:
            parts += [text[at:begin], HIDDEN]
            at = end
    text = "".join([*parts, text[at:]])
    return mask.hide(text) if mask is not None else text


def _values(text: str) -> list[str]:
    return [text[begin:end] for begin, end in spans_in_yaml(text)]
