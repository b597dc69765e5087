"""`--baseline` and `--write-baseline`: what is known is not reported again, and what is gone is said."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kpy.cli.apps import project_for
from kpy.cli.options import MisuseError
from kpy.reporting.summary import NOT_JUDGED

if TYPE_CHECKING:
    from kpy.baseline import Baseline, Sifted
    from kpy.cli.options import Given
    from kpy.diagnostics import Diagnostic, Report
    from kpy.reporting.fingerprints import Fingerprint

__all__ = ["sift_by_baseline"]

#: How many findings are named that are gone.
_NAMED = 3


def sift_by_baseline(report: Report, given: Given) -> tuple[Report, list[str]]:
    """Return what is new in a report, and what to say of the rest; without a baseline all of it is new.

    Raises `LoadError` or `WriteError` for a baseline that cannot be read or written.
    """
    file = given.text("baseline")
    is_writing = given.has("write_baseline")
    if file is None:
        if is_writing:
            raise MisuseError("--write-baseline needs a file: add --baseline FILE")
        return report, []
    from kpy.baseline import Baseline, baseline_of, read_baseline, sift, write_baseline
    from kpy.checking.choice import mandatory_rules

    folder = os.path.dirname(os.path.abspath(file))
    owner = project_for(None)
    project, mandatory = owner.name, mandatory_rules(owner.choice)
    if not is_writing:
        baseline = read_baseline(file, project=project)
        sifted = sift(report, baseline, folder=folder, mandatory=mandatory)
        return sifted.report, _told(file, sifted, baseline)
    before = read_baseline(file, project=project) if os.path.lexists(file) else Baseline(project, frozenset())
    accepted = _accepted(report, given)
    after = baseline_of(accepted, project=project, folder=folder, mandatory=mandatory)
    write_baseline(file, after)
    said = _changed(file, len(accepted), before, after)
    return sift(report, after, folder=folder, mandatory=mandatory).report, [said]


def _accepted(report: Report, given: Given) -> list[Diagnostic]:
    """Return the findings that a baseline takes: notes only where somebody wants to see them."""
    has_notes = given.has("notes") or given.text("fail_on") == "note"
    return [found for found in report if found.severity != "note" or (has_notes and found.rule not in NOT_JUDGED)]


def _told(file: str, sifted: Sifted, baseline: Baseline) -> list[str]:
    said = [f"known: {_findings(sifted.known)} in {file}"] if sifted.known else []
    if not sifted.gone:
        return said
    if len(sifted.gone) == len(baseline.findings):
        return [
            *said,
            f"gone: nothing that {file} names was found: all of it is fixed, or the file is of another project",
        ]
    more = len(sifted.gone) - _NAMED
    named = [*map(_named, sifted.gone[:_NAMED]), *([f"and {more} more"] if more > 0 else [])]
    return [*said, f"gone: {', '.join(named)}; --write-baseline takes what is fixed out of {file}"]


def _changed(file: str, count: int, before: Baseline, after: Baseline) -> str:
    """Return what became of the file; a finding of several rules or places has a line for each."""
    added, gone = len(after.findings - before.findings), len(before.findings - after.findings)
    lines = f" in {len(after.findings):,} lines" if len(after.findings) != count else ""
    return f"{file}: {_findings(count)} written{lines}, {added:,} new, {gone:,} gone"


def _named(each: Fingerprint) -> str:
    return f"{each.rule} ({each.object})"


def _findings(count: int) -> str:
    return f"{count:,} finding{'' if count == 1 else 's'}"
