"""The table of formats: what `--format` may say of findings and of changes, and the function behind each word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from kpy.compare.changes import Comparison
    from kpy.diagnostics import Report
    from kpy.reporting.view import View

__all__ = [
    "CHANGES",
    "FINDINGS",
    "FOR_PEOPLE",
    "GROUPED",
    "STATISTICS",
    "Form",
    "report_form",
    "write_changes",
    "write_findings",
    "write_statistics",
]

#: Formats of findings; each function takes a `Report` and a `View`.
FINDINGS: Final[Mapping[str, str]] = {
    "text": "kpy.reporting.text:findings_to_text",
    "short": "kpy.reporting.short:findings_to_short",
    "json": "kpy.reporting.json:findings_to_json",
    "github": "kpy.reporting.github:findings_to_github",
    "gitlab": "kpy.reporting.gitlab:findings_to_gitlab",
    "junit": "kpy.reporting.junit:findings_to_junit",
    "sarif": "kpy.reporting.sarif:findings_to_sarif",
}
#: The formats that people read: with fewer findings, and with notes only when they are asked for.
FOR_PEOPLE: Final = ("text", "short", "github")
#: The formats in which findings can be put together.
GROUPED: Final = ("text", "short")
#: Formats of the table of rules; each function takes a `Report` and a `View`.
STATISTICS: Final[Mapping[str, str]] = {
    "text": "kpy.reporting.summary:statistics_to_text",
    "json": "kpy.reporting.json:statistics_to_json",
}
#: Formats of comparisons; each function takes a `Comparison` and a `View`.
CHANGES: Final[Mapping[str, str]] = {
    "text": "kpy.reporting.text:changes_to_text",
    "json": "kpy.reporting.json:changes_to_json",
    "markdown": "kpy.reporting.markdown:changes_to_markdown",
}


class Form(NamedTuple):
    """A form of findings, and how much is written in it unless all is asked for."""

    name: str
    is_for_people: bool
    most: int


def report_form(name: str | None) -> Form:
    """Return a form by its name, by default text."""
    from kpy.reporting.shown import MOST, MOST_FOR_PROGRAMS

    is_for_people = name in (None, *FOR_PEOPLE)
    return Form(name or "text", is_for_people, MOST if is_for_people else MOST_FOR_PROGRAMS)


def write_findings(report: Report, form: str | None = None, view: View | None = None) -> str:
    """Return findings in a format, by default as text for people."""
    return _write(FINDINGS[form or "text"], report, view)


def write_statistics(report: Report, form: str | None = None, view: View | None = None) -> str:
    """Return how often each rule was found, in one of the few formats that there are for it."""
    return _write(STATISTICS[form or "text"], report, view)


def write_changes(comparison: Comparison, form: str | None = None, view: View | None = None) -> str:
    """Return a comparison in a format, by default as text for people."""
    return _write(CHANGES[form or "text"], comparison, view)


def _write(target: str, value: object, view: View | None) -> str:
    from importlib import import_module

    module, _, name = target.partition(":")
    function: Any = getattr(import_module(module), name)
    text: str = function(value) if view is None else function(value, view)
    return text
