"""Findings and comparisons as JSON, for programs."""

from __future__ import annotations

from kpy.compare.changes import Comparison
from kpy.diagnostics import Report
from kpy.printable import printable_json
from kpy.reporting.fingerprints import keys_of
from kpy.reporting.places import shorten
from kpy.reporting.shown import each_shown
from kpy.reporting.summary import not_judged, statistics
from kpy.reporting.view import PLAIN, View

__all__ = ["changes_to_json", "findings_to_json", "statistics_to_json"]


def findings_to_json(report: Report, view: View = PLAIN) -> str:
    """Return the findings as one JSON object, with the counts of all of them, those that are left out too."""
    found, left_out = each_shown(report, view)
    diagnostics = [
        {**shorten(each).to_dict(), "fingerprint": key} for each, key in zip(found, keys_of(found), strict=True)
    ]
    return _dump({"diagnostics": diagnostics, "summary": {**_counts(report), "left_out": left_out}})


def statistics_to_json(report: Report, view: View = PLAIN) -> str:
    """Return how often each rule was found as one JSON object."""
    return _dump({"rules": [row._asdict() for row in statistics(report)], "summary": _counts(report)})


def changes_to_json(comparison: Comparison, view: View = PLAIN) -> str:
    """Return a comparison as one JSON object."""
    return _dump(comparison.to_dict())


def _counts(report: Report) -> dict[str, object]:
    counts = {f"{name}s": sum(found.severity == name for found in report) for name in ("error", "warning", "note")}
    return {**counts, "not_judged": not_judged(report)}


def _dump(tree: dict[str, object]) -> str:
    import json

    return printable_json(json.dumps(tree, indent=2, ensure_ascii=False)) + "\n"
