"""Findings and comparisons as JSON, for programs."""

from __future__ import annotations

from kpy.compare.changes import Comparison
from kpy.diagnostics import Report
from kpy.printable import printable_json
from kpy.reporting.places import shorten
from kpy.reporting.view import PLAIN, View

__all__ = ["changes_to_json", "findings_to_json"]


def findings_to_json(report: Report, view: View = PLAIN) -> str:
    """Return the findings as one JSON object."""
    counts = {f"{name}s": sum(found.severity == name for found in report) for name in ("error", "warning", "note")}
    return _dump({"diagnostics": [shorten(found).to_dict() for found in report], "summary": counts})


def changes_to_json(comparison: Comparison, view: View = PLAIN) -> str:
    """Return a comparison as one JSON object."""
    return _dump(comparison.to_dict())


def _dump(tree: dict[str, object]) -> str:
    import json

    return printable_json(json.dumps(tree, indent=2, ensure_ascii=False)) + "\n"
