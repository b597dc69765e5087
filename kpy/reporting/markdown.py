"""A comparison as Markdown for a comment on a merge request: bounded in size, safe in any comment."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kpy.compare.changes import Change, Comparison, show
from kpy.compare.effects import EFFECTS, Effect
from kpy.printable import printable
from kpy.reporting.view import PLAIN, View

__all__ = ["changes_to_markdown", "escaped"]

_ROWS = 200
_DIFFERENCES = 50
_RANK = {effect: rank for rank, effect in enumerate(EFFECTS)}
_BOLD: frozenset[Effect] = frozenset({"data loss", "immutable field changed", "refused", "outage", "replace"})


def changes_to_markdown(comparison: Comparison, view: View = PLAIN, *, limit: int = 60_000) -> str:
    """Return a table of the changed objects, worst first, then their differences, until `limit` characters.

    Secret values are hidden.
    """
    changes = [change for change in comparison.changes if change.effect != "no change"]
    changes.sort(key=lambda change: -_RANK[change.effect])
    if not changes:
        return f"**kpy compare**: no change in {len(comparison.changes)} objects\n"
    parts = [f"**kpy compare**: {comparison.summary()}\n", _table(changes[:_ROWS])]
    if len(changes) > _ROWS:
        parts.append(f"\n… and {len(changes) - _ROWS} more changed objects\n")
    return _bounded([*parts, *map(_details, changes)], limit)


def _table(changes: Iterable[Change]) -> str:
    rows = [
        f"| {_effect(change.effect)} | {_code(str(change))} | {len(change.differences) or ''} |" for change in changes
    ]
    return "\n".join(["", "| effect | object | differences |", "|---|---|---|", *rows, ""])


def _effect(effect: Effect) -> str:
    return f"**{effect}**" if effect in _BOLD else effect


def _details(change: Change) -> str:
    if not change.differences and not change.reasons and not change.protected:
        return ""
    lines = ["", f"<details><summary>{escaped(str(change))}: {change.effect}</summary>", ""]
    lines.extend(f"{_plain(reason)}\n" for reason in change.reasons)
    lines.extend(f"{_plain(name)} is protected, and would be lost\n" for name in change.protected)
    if change.differences:
        lines.extend(_block(change))
    return "\n".join([*lines, "", "</details>", ""])


def _block(change: Change) -> list[str]:
    """Return the differences as a fenced block; the fence is longer than any run of backticks in it."""
    lines: list[str] = []
    for difference in change.differences[:_DIFFERENCES]:
        note = f" ({difference.note})" if difference.note else ""
        if difference.default is not None:
            note = f" (the server sets {show(difference.default)})"
        path = show(difference.path)[1:-1]
        lines.append(f"  {path}{note}")
        lines.extend(f"{sign} {show(value, 200)}" for sign, value in (("-", difference.old), ("+", difference.new)))
    if (rest := len(change.differences) - _DIFFERENCES) > 0:
        lines.append(f"  … and {rest} more")
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", "\n".join(lines))), 3)
    return [f"{fence}diff", *lines, fence]


def _bounded(parts: list[str], limit: int) -> str:
    """Return the parts as long as they fit, whole ones only, and say how many did not."""
    room = limit - 60
    text = ""
    for at, part in enumerate(parts):
        if len(text) + len(part) > room:
            left = sum(bool(rest) for rest in parts[at:])
            return (text + f"\n… {left} more parts left out\n")[:limit]
        text += part
    return text


def _code(text: str) -> str:
    """Return text as code within a table cell."""
    return f"<code>{escaped(text)}</code>".replace("|", "&#124;")


def escaped(text: str) -> str:
    """Return text of others in which nothing is Markdown or HTML, and nobody is mentioned."""
    plain = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"[@#`*_\[\]\\~!]", lambda found: f"&#{ord(found[0])};", plain)


def _plain(text: str) -> str:
    """Return a sentence of ours with names of theirs in it."""
    return "`".join(part if at % 2 else escaped(part) for at, part in enumerate(text.split("`")))
