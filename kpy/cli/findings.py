"""How `kpy validate` tells what it found: the findings as they were asked for, and below them what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from kpy.cli.options import MisuseError
from kpy.cli.output import say, view
from kpy.reporting.formats import GROUPED, STATISTICS, report_form, write_findings, write_statistics
from kpy.reporting.summary import statistics, summary_to_text, table
from kpy.reporting.wrapping import wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kpy.cli.options import Given
    from kpy.diagnostics import Report
    from kpy.reporting.view import View

__all__ = ["findings_to_product", "say_summary"]

#: From how many findings on a table says how many there are of which rule.
_MANY = 10
#: How many rows the table has below findings.
_ROWS = 20


def findings_to_product(report: Report, given: Given, look: View) -> str:
    """Return the findings in the form, and as many of them, as was asked for."""
    form = report_form(given.text("format"))
    if given.has("statistics"):
        if form.name not in STATISTICS:
            raise MisuseError(f"--statistics is written as {' or '.join(STATISTICS)}, not as {form.name}")
        return write_statistics(report, form.name, look)
    if given.text("group") and form.name not in GROUPED:
        raise MisuseError(f"--group is about {' and '.join(GROUPED)}, not about {form.name}")
    group = cast(Literal["file", "object", "rule"] | None, given.text("group"))  # one of the choices of the option
    most = None if given.has("all_findings") else form.most
    has_notes = given.has("notes") or not form.is_for_people
    return write_findings(report, form.name, look._replace(most=most, has_notes=has_notes, group=group))


def say_summary(
    report: Report,
    given: Given,
    count: int,
    *,
    skipped: Mapping[str, int],
    has_policies: bool,
    known: Sequence[str],
    not_run: Sequence[str] = (),
) -> None:
    """Say on standard error what the findings come to, what was not judged, and how to learn more.

    `has_policies` says whether policies were selected, or are not wanted; `known` is what a baseline has to say, and
    `not_run` are the policies on constructs, which YAML does not have.
    """
    look = view(given)
    is_text = given.text("format") in (None, "text")
    told = [found for found in report if found.severity != "note" or given.has("notes")]
    if is_text and len(told) > _MANY and not given.has("statistics"):
        say(table(statistics(told), look, most=_ROWS))
    is_for_people = report_form(given.text("format")).is_for_people
    has_notes = given.has("notes") or given.has("statistics") or not is_for_people
    say(summary_to_text(report, count, look, skipped=skipped, has_notes=has_notes))
    for line in known:
        say(wrapped(line, look.columns, 2))
    if not_run:
        one = len(not_run) == 1
        what = "policy on constructs was" if one else "policies on constructs were"
        say(wrapped(f"{len(not_run)} {what} not run on YAML: {', '.join(not_run)}", look.columns, 2))
    if count and report.ok and not has_policies:
        from kpy.checking.policy_groups import POLICIES_OFF

        say(wrapped(POLICIES_OFF, look.columns, 2))
    if len(report) and is_text:
        from kpy.reporting.text import more_about

        if more := more_about(report, look):
            say(more)
