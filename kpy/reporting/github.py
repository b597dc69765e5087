"""Findings as the workflow commands that annotate a merge request on GitHub."""

from __future__ import annotations

from kpy.diagnostics import Diagnostic, Report
from kpy.printable import printable
from kpy.reporting.places import from_top, shorten
from kpy.reporting.shown import each_shown, notes_of
from kpy.reporting.summary import left_out_to_text
from kpy.reporting.view import PLAIN, View

__all__ = ["findings_to_github"]

#: How many of the further places of a finding are named.
_PLACES = 3


def findings_to_github(report: Report, view: View = PLAIN) -> str:
    """Return the findings, one a line."""
    found, left_out = each_shown(report, view)
    more = f"::notice::{left_out_to_text(left_out, view._replace(columns=None))}\n" if left_out else ""
    return "".join(f"{_command(from_top(shorten(each)))}\n" for each in found) + more


def _command(found: Diagnostic) -> str:
    level = {"error": "error", "warning": "warning", "note": "notice"}[found.severity]
    properties = {"title": found.rule}
    if found.where is not None:
        properties |= {"file": found.where.file, "line": str(found.where.line)}
        if found.where.column:
            properties["col"] = str(found.where.column)
    places = [f"also in {place}" for place in found.places[:_PLACES]]
    more = f"also in {left} more places" if (left := len(found.places) - len(places) + found.more_places) else ""
    made_in = f"made in {' > '.join(found.made_in)}" if found.made_in else ""
    inside = found.where.inside if found.where is not None else None
    raised_in = f"raised in {inside}" if inside is not None else ""
    changed = f"changed by {', '.join(found.changed_by)}" if found.changed_by else ""
    parts = (
        found.message,
        found.resource,
        made_in,
        raised_in,
        found.field,
        changed,
        *places,
        more,
        *notes_of(found),
        _fix(found),
    )
    message = "\n".join(printable(part) for part in parts if part)
    marks = ",".join(f"{name}={_escape(printable(value), ':,')}" for name, value in properties.items())
    return f"::{level} {marks}::{_escape(message)}"


def _fix(found: Diagnostic) -> str:
    return f"fix: {found.fix}" if found.fix else ""


def _escape(text: str, more: str = "") -> str:
    for mark in "%\r\n" + more:
        text = text.replace(mark, f"%{ord(mark):02X}")
    return text
