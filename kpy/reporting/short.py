"""Findings one a line, as compilers write them: for editors, for `grep`, and for who has many."""

from __future__ import annotations

from kpy.diagnostics import Diagnostic, Report
from kpy.printable import printable
from kpy.reporting.places import shorten
from kpy.reporting.shown import notes_of, shown
from kpy.reporting.summary import group_title, left_out_to_text
from kpy.reporting.view import PLAIN, View
from kpy.reporting.wrapping import clipped

__all__ = ["findings_to_short"]


def findings_to_short(report: Report, view: View = PLAIN) -> str:
    """Return the findings, one a line, each as wide as the terminal at most."""
    found = shown(report, view, folds=False)
    lines = []
    for name, folds in found.groups.items():
        lines += [group_title(name, found.counts[name], view)] if view.group else []
        lines += [_line(shorten(fold.found), view) for fold in folds]
    lines += [left_out_to_text(found.left_out, view)] if found.left_out else []
    return "".join(f"{line}\n" for line in lines)


def _line(found: Diagnostic, view: View) -> str:
    place = f"{found.where}: " if found.where else ""
    mark = f"{found.severity}[{found.rule}]"
    about = f" ({found.resource})" if found.resource and found.resource not in found.message else ""
    notes = "".join(f", {note}" for note in notes_of(found))
    text = clipped(f"{place}{mark}: {printable(found.message)}{printable(about)}{printable(notes)}", view.columns)
    if not view.is_coloured or not text.startswith(f"{place}{mark}"):
        return text
    rest = text.removeprefix(f"{place}{mark}")
    where = f"{view.paint('place', place.removesuffix(': '))}: " if place else ""
    return f"{where}{view.paint(found.severity, mark)}{rest}"
