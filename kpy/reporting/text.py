"""Findings, comparisons and errors as text for people, in colour where a terminal is."""

from __future__ import annotations

import re

from kpy.compare.changes import Comparison
from kpy.diagnostics import Diagnostic, Report
from kpy.errors import KpyError, SynthError
from kpy.reporting.excerpts import Excerpts
from kpy.reporting.places import shorten, shorten_place
from kpy.reporting.shown import Fold, shown
from kpy.reporting.summary import group_title, left_out_to_text
from kpy.reporting.view import PLAIN, Role, View
from kpy.reporting.wrapping import wrapped

__all__ = ["changes_to_text", "error_to_text", "findings_to_text", "more_about"]

#: How many of the places of findings that say the same are looked at; fewer are shown.
_PLACES = 10
#: What the labels of a finding begin with, and how wide they are.
_INDENT, _LABEL = "   ", 9
_SIGNS: dict[str, Role] = {"+": "added", "-": "removed", "~": "warning", "!": "error"}
#: A command that explains a rule; it may go over the end of a line.
_COMMAND = re.compile(r"kpy\s+explain\s+[\w-]+")
#: How many rules are named that `kpy explain` explains.
_NAMED = 3


def findings_to_text(report: Report, view: View = PLAIN) -> str:
    """Return each finding with its place, its line of source and what to do; empty when there is none.

    Findings that say the same are one, with all their places, and what is left out is counted in the last line.
    """
    excerpts = Excerpts(view, report.mask, report)
    found = shown(report, view)
    blocks = []
    for name, folds in found.groups.items():
        blocks += [group_title(name, found.counts[name], view)] if view.group else []
        blocks += [_finding(fold, excerpts, view) for fold in folds]
    blocks += [left_out_to_text(found.left_out, view)] if found.left_out else []
    text = "\n\n".join(blocks)
    return f"{text}\n" if text else ""


def more_about(report: Report, view: View = PLAIN) -> str:
    """Return the line that names the command which explains the rules, worst first; empty where there is none."""
    rules = [*dict.fromkeys(found.rule for found in report if _is_worth_more(found))]
    if not rules:
        return ""
    more = f", and {len(rules) - _NAMED} more" if len(rules) > _NAMED else ""
    line = "to learn more: " + ", ".join(f"kpy explain {rule}" for rule in rules[:_NAMED]) + more
    text = wrapped(line, view.columns, len(_INDENT))
    return _COMMAND.sub(lambda match: view.paint("code", match[0]), text)


def _is_worth_more(found: Diagnostic) -> bool:
    return found.severity != "note" and found.family != "internal" and not _is_from_a_construct(found)


def _is_from_a_construct(found: Diagnostic) -> bool:
    """Return whether a construct of a user warns, by `self.warn`: its rule has no page."""
    is_on_a_construct = found.family == "policy" and bool(found.made_in) and not found.resource
    return is_on_a_construct and found.rule != "deprecated-field"


def changes_to_text(comparison: Comparison, view: View = PLAIN) -> str:
    """Return everything that changes, object by object, and the counts as the last line."""
    text = comparison.to_text()
    if not view.is_coloured:
        return text
    lines = [view.paint(_SIGNS[line[0]], line) if line[:1] in _SIGNS else line for line in text.split("\n")]
    return "\n".join(lines)


def error_to_text(error: KpyError, view: View = PLAIN) -> str:
    """Return an error that stopped an app as a finding is written, with the lines that led to it."""
    from kpy.loading.broken import BrokenAppError, text_of

    raised = error.__cause__ if isinstance(error, BrokenAppError) else error
    callers = [_label("called from", str(shorten_place(place)), view) for place in getattr(error, "callers", ())]
    if isinstance(raised, SynthError):
        where = [_label("synthesised at", str(shorten_place(error.where)), view)] if error.where else []
        summary = "; ".join([raised.report.summary(), *getattr(raised, "__notes__", ())])
        last = more_about(raised.report, view)
        lines = [findings_to_text(raised.report, view), summary, *where, *callers, *([last] if last else [])]
        return "\n".join(lines)
    word = view.paint("error", "error")
    if error.where is None:
        notes = getattr(error, "__notes__", ())
        return "\n".join([f"{word}: {view.with_code(str(error))}", *notes, *callers])
    message, *more = text_of(error).split("\n")
    argument = re.search(r"`(\w+)`", message)
    meant = Diagnostic("", "api", "error", argument[1] if argument else "", message)
    excerpt = Excerpts(view).of(error.where, meant)
    head = f"{view.paint('place', str(shorten_place(error.where)))}: {word}: {view.with_code(message)}"
    return "\n".join([head, *excerpt, *more, *callers])


def _finding(fold: Fold, excerpts: Excerpts, view: View) -> str:
    found = shorten(fold.whole(None if view.most is None else _PLACES))
    all_places = {} if view.most is not None else {"places": None}
    head, *details = found.to_text(**all_places).split("\n")
    excerpt = [] if fold.found.where is None else excerpts.of(fold.found.where, fold.found)
    lead = f"{found.where}: " if found.where else ""
    head = wrapped(head, view.columns, len(_INDENT), keeps_first=bool(lead))
    return "\n".join([_head(head, lead, found, view), *excerpt, *(_detail(line, view) for line in details)])


def _head(text: str, lead: str, found: Diagnostic, view: View) -> str:
    """Return the first line, or lines, of a finding, with its place and its severity in their colours."""
    if not view.is_coloured:
        return text
    lead = lead.rstrip()
    mark = f"{found.severity}[{found.rule}]"
    before, _, message = text[len(lead) :].partition(mark)
    place = f"{view.paint('place', lead.removesuffix(':'))}:" if lead else ""
    return f"{place}{before}{view.paint(found.severity, mark)}{view.with_code(message)}"


def _detail(line: str, view: View) -> str:
    """Return a detail of a finding, with its label in the colour of labels."""
    label, text = line[: len(_INDENT) + _LABEL], line[len(_INDENT) + _LABEL :]
    text = wrapped(text, view.columns, len(label), begin=len(label))
    return view.paint("label", label) + view.with_code(text)


def _label(label: str, text: str, view: View) -> str:
    return f"{_INDENT}{view.paint('label', label)} {text}"
