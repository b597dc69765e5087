"""The table of formats: what `--format` may say of findings and of changes, and the function behind each word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from kpy.compare.changes import Comparison
    from kpy.diagnostics import Report
    from kpy.reporting.view import View

__all__ = ["CHANGES", "FINDINGS", "write_changes", "write_findings"]

#: Formats of findings; each function takes a `Report` and a `View`.
FINDINGS: Final[Mapping[str, str]] = {
    "text": "kpy.reporting.text:findings_to_text",
    "json": "kpy.reporting.json:findings_to_json",
    "github": "kpy.reporting.github:findings_to_github",
}
#: Formats of comparisons; each function takes a `Comparison` and a `View`.
CHANGES: Final[Mapping[str, str]] = {
    "text": "kpy.reporting.text:changes_to_text",
    "json": "kpy.reporting.json:changes_to_json",
    "markdown": "kpy.reporting.markdown:changes_to_markdown",
}


def write_findings(report: Report, form: str | None = None, view: View | None = None) -> str:
    """Return findings in a format, by default as text for people."""
    return _write(FINDINGS[form or "text"], report, view)


def write_changes(comparison: Comparison, form: str | None = None, view: View | None = None) -> str:
    """Return a comparison in a format, by default as text for people."""
    return _write(CHANGES[form or "text"], comparison, view)


def _write(target: str, value: object, view: View | None) -> str:
    from importlib import import_module

    module, _, name = target.partition(":")
    function: Any = getattr(import_module(module), name)
    text: str = function(value) if view is None else function(value, view)
    return text
