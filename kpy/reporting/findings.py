"""Findings for people, for programs and for GitHub."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping

from kpy.diagnostics import Diagnostic, Report
from kpy.errors import KpyError, SynthError
from kpy.printable import printable
from kpy.reporting.excerpts import Excerpts
from kpy.source import Location

__all__ = ["FORMATS", "error_to_text", "shorten", "to_github", "to_json", "to_text"]


def to_text(report: Report, sources: Mapping[str, str] | None = None) -> str:
    """Return the findings as text: each with its place, the line of source and a caret where a column is known.

    `sources` has the text of what is no file, such as standard input.
    """
    excerpts = Excerpts(sources or {})
    return "\n\n".join(_to_text(found, excerpts) for found in report)


def to_json(report: Report, sources: Mapping[str, str] | None = None) -> str:
    """Return the findings as one JSON object."""
    import json

    counts = {f"{name}s": sum(found.severity == name for found in report) for name in ("error", "warning", "note")}
    diagnostics = [shorten(found).to_dict() for found in report]
    return json.dumps({"diagnostics": diagnostics, "summary": counts}, indent=2, ensure_ascii=False)


def to_github(report: Report, sources: Mapping[str, str] | None = None) -> str:
    """Return the findings as the workflow commands that annotate a merge request on GitHub."""
    return "\n".join(_to_github(shorten(found)) for found in report)


#: How findings can be written.
FORMATS: dict[str, Callable[[Report, Mapping[str, str] | None], str]] = {
    "text": to_text,
    "json": to_json,
    "github": to_github,
}


def error_to_text(error: KpyError) -> str:
    """Return an error that stopped an app as a finding is written, with the lines that led to it."""
    from kpy.loading.broken import BrokenAppError, text_of

    raised = error.__cause__ if isinstance(error, BrokenAppError) else error
    callers = [f"   called from {_shorten(place)}" for place in getattr(error, "callers", ())]
    if isinstance(raised, SynthError):
        where = [f"   synthesised at {_shorten(error.where)}"] if error.where else []
        summary = "; ".join([raised.report.summary(), *getattr(raised, "__notes__", ())])
        return "\n".join([to_text(raised.report), "", summary, *where, *callers])
    if error.where is None:
        return "\n".join([f"error: {error}", *getattr(error, "__notes__", ()), *callers])
    message, *more = text_of(error).split("\n")
    excerpt = Excerpts({}).of(error.where)
    head = f"{_shorten(error.where)}: error: {message}"
    return "\n".join([head, *([excerpt] if excerpt else []), *more, *callers])


def shorten(found: Diagnostic) -> Diagnostic:
    """Return a finding with files named from the current folder where they are in it."""
    see_also = tuple(each._replace(where=_shorten(each.where)) for each in found.see_also)
    made_in = tuple(step.replace(f"({os.getcwd()}{os.sep}", "(") for step in found.made_in)
    return found._replace(where=_shorten(found.where), see_also=see_also, made_in=made_in)


def _shorten(where: Location | None) -> Location | None:
    if where is None:
        return None
    here = os.path.join(os.getcwd() if os.path.isabs(where.file) else os.curdir, "")
    return where._replace(file=where.file.removeprefix(here))


def _to_text(found: Diagnostic, excerpts: Excerpts) -> str:
    head, newline, rest = shorten(found).to_text().partition("\n")
    excerpt = "" if found.where is None else excerpts.of(found.where)
    return head + (f"\n{excerpt}" if excerpt else "") + newline + rest


def _to_github(found: Diagnostic) -> str:
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
