"""What is said of many findings together: how many of which rule, what was not shown, and what was not judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from kpy.diagnostics import RANK, Diagnostic, Report, Severity
from kpy.printable import printable
from kpy.reporting.places import shorten_place
from kpy.reporting.view import PLAIN, View
from kpy.reporting.wrapping import clipped, wrapped
from kpy.source import Location

__all__ = [
    "NOT_JUDGED",
    "Row",
    "counted",
    "group_title",
    "left_out_to_text",
    "not_judged",
    "statistics",
    "statistics_to_text",
    "summary_to_text",
    "table",
]

#: The notes on what was read and not judged, and what they are about, one and several.
NOT_JUDGED: Final[Mapping[str, tuple[str, str]]] = {
    "chart": ("chart", "charts"),
    "kustomization": ("kustomization", "kustomizations"),
    "template": ("template", "templates"),
    "stray-patch": ("patch", "patches"),
    "test-data": ("folder of test data", "folders of test data"),
    "not-manifest": ("other file", "other files"),
}
#: How wide the columns of the table are, before the name of the rule.
_COUNT, _SEVERITY = 6, 7


class Row(NamedTuple):
    """What was found of one rule with one severity."""

    rule: str
    severity: Severity
    #: How often.
    findings: int
    #: In how many files.
    files: int


def statistics(report: Iterable[Diagnostic]) -> list[Row]:
    """Return how often each rule was found, worst first and then by number."""
    counts: dict[tuple[str, Severity], int] = {}
    files: dict[tuple[str, Severity], set[str]] = {}
    for found in report:
        key = found.rule, found.severity
        counts[key] = counts.get(key, 0) + 1
        if found.where is not None:
            files.setdefault(key, set()).add(found.where.file)
    rows = [
        Row(rule, severity, count, len(files.get((rule, severity), ()))) for (rule, severity), count in counts.items()
    ]
    return sorted(rows, key=lambda row: (RANK[row.severity], -row.findings, row.rule))


def table(rows: Iterable[Row], view: View = PLAIN, *, most: int | None = None) -> str:
    """Return rows as lines, the first when there are more than `most`.

    The number of files is left out where the terminal is too narrow for it.
    """
    every = list(rows)
    rows = every[:most]
    names = max((len(row.rule) for row in rows), default=0)
    lines = []
    for row in rows:
        files = f"  {'':<{names - len(row.rule)}}in {_several(row.files, 'file', 'files')}" if row.files else ""
        begin = f"{row.findings:>{_COUNT},} "
        severity = f"{row.severity:<{_SEVERITY}}"
        room = None if view.columns is None else view.columns - len(begin) - len(severity) - 2
        is_wide = room is None or names + len("  in 99,999 files") <= room
        rule = row.rule if is_wide else clipped(row.rule, room)
        lines.append(f"{begin}{view.paint(row.severity, severity)}  {rule}{files if is_wide else ''}".rstrip())
    if len(every) > len(rows):
        lines.append(
            wrapped(
                f"and {_several(len(every) - len(rows), 'more rule', 'more rules')}: --statistics shows all of them",
                view.columns,
            )
        )
    return "\n".join(lines)


def statistics_to_text(report: Report, view: View = PLAIN) -> str:
    """Return how often each rule was found, those of notes too; empty when nothing was found."""
    rows = statistics(report)
    return f"{table(rows, view)}\n" if rows else ""


def counted(counts: Mapping[Severity, int]) -> str:
    """Return counts in words: `2 errors, 1 warning`."""
    return ", ".join(_several(counts[severity], severity, f"{severity}s") for severity in RANK if counts.get(severity))


def group_title(name: str, counts: Mapping[Severity, int], view: View = PLAIN) -> str:
    """Return the line above the findings of a group."""
    short = shorten_place(Location(name, 0))
    assert short is not None
    title = printable(short.file) if name else "without a place"
    line = wrapped(f"{title}: {counted(counts)}", view.columns, 2, keeps_first=True)
    return view.paint("place", title) + line.removeprefix(title) if line.startswith(title) else line


def left_out_to_text(count: int, view: View = PLAIN) -> str:
    """Return the line that says how much is not shown."""
    text = f"... and {count:,} more finding{'s' if count > 1 else ''}: {view.lifted_by} shows all of them"
    return wrapped(text, view.columns)


def not_judged(report: Iterable[Diagnostic]) -> dict[str, int]:
    """Return how much of what was read was not judged, by what it is; a note may be about many files."""
    counts: dict[str, int] = {}
    for found in report:
        if found.severity != "error" and (names := NOT_JUDGED.get(found.rule)):
            counts[names[1]] = counts.get(names[1], 0) + 1 + len(found.places) + found.more_places
    return {many: counts[many] for _, many in NOT_JUDGED.values() if many in counts}


def summary_to_text(
    report: Report,
    count: int,
    view: View = PLAIN,
    *,
    skipped: Mapping[str, int] | None = None,
    has_notes: bool = True,
) -> str:
    """Return the last lines: how many objects were checked and what was found, and what was not judged.

    `skipped` is that, where the report does not have all of it; `has_notes` says whether notes were shown.
    """
    notes = any(found.severity == "note" for found in report)
    hidden = " (--notes shows notes)" if notes and not has_notes else ""
    lines = [f"{_several(count, 'object', 'objects')} checked: {report.summary()}{hidden}"]
    if skipped := not_judged(report) if skipped is None else skipped:
        names = {many: one for one, many in NOT_JUDGED.values()}
        lines.append("not judged: " + ", ".join(_several(count, names[many], many) for many, count in skipped.items()))
    return "\n".join(wrapped(line, view.columns, 2) for line in lines)


def _several(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
