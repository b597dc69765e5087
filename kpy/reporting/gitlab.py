"""Findings as GitLab reads them: a report of code quality, shown beside the lines of a merge request.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from typing import Final

from kpy.diagnostics import Diagnostic, Report
from kpy.printable import printable_json
from kpy.reporting.fingerprints import keys_of
from kpy.reporting.places import from_top, shorten
from kpy.reporting.rule_pages import page_of
from kpy.reporting.shown import each_shown, notes_of
from kpy.reporting.view import PLAIN, View

__all__ = ["findings_to_gitlab"]

_SEVERITIES: Final = {"error": "critical", "warning": "minor", "note": "info"}


def findings_to_gitlab(report: Report, view: View = PLAIN) -> str:
    """Return the findings as a list of issues; notes are issues for information."""
    found, _ = each_shown(report, view)
    issues = [_issue(from_top(shorten(each)), key) for each, key in zip(found, keys_of(found), strict=True)]
    return printable_json(json.dumps(issues, indent=2, ensure_ascii=False)) + "\n"


def _issue(found: Diagnostic, key: str) -> dict[str, object]:
    resource, fix = found.resource and f"({found.resource})", found.fix and f"- {found.fix}"
    parts = [found.message, resource, *notes_of(found), fix]
    path = found.where.file if found.where is not None else "."
    return {
        "type": "issue",
        "check_name": found.rule,
        "description": " ".join(filter(None, parts)),
        "content": {"body": f"{found.message}\n\n{page_of(found.rule)}"},
        "categories": ["Security" if found.family == "policy" else "Bug Risk"],
        "severity": _SEVERITIES[found.severity],
        "fingerprint": key,
        "location": {"path": path, "lines": {"begin": found.where.line if found.where is not None else 1}},
    }
