"""Findings as the workflow commands that annotate a merge request on GitHub."""

from __future__ import annotations

from collections.abc import Iterable

from kpy.diagnostics import Diagnostic, Report
from kpy.printable import printable
from kpy.reporting.places import shorten
from kpy.reporting.view import PLAIN, View

__all__ = ["findings_to_github"]


def findings_to_github(report: Report, view: View = PLAIN) -> str:
    """Return the findings, one a line."""
    return "".join(f"{_command(shorten(found))}\n" for found in report)


def _command(found: Diagnostic) -> str:
    level = {"error": "error", "warning": "warning", "note": "notice"}[found.severity]
    properties = {"title": found.rule}
    if found.where is not None:
        properties |= {"file": found.where.file, "line": str(found.where.line)}
        if found.where.column:
            properties["col"] = str(found.where.column)
    parts: Iterable[str] = (found.message, found.resource, found.field, found.fix and f"fix: {found.fix}")
    message = "\n".join(printable(part) for part in parts if part)
    marks = ",".join(f"{name}={_escape(printable(value), ':,')}" for name, value in properties.items())
    return f"::{level} {marks}::{_escape(message)}"


def _escape(text: str, more: str = "") -> str:
    for mark in "%\r\n" + more:
        text = text.replace(mark, f"%{ord(mark):02X}")
    return text
