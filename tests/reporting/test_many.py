"""Many findings: what is shown of them, put together, counted and left out."""

from __future__ import annotations

import json

import pytest

from kpy.diagnostics import Diagnostic, Report, Severity
from kpy.reporting.formats import write_findings
from kpy.reporting.shown import MOST, MOST_FOR_PROGRAMS
from kpy.reporting.summary import statistics, summary_to_text, table
from kpy.reporting.view import View
from kpy.reporting.wrapping import cells, wrapped
from kpy.source import Location


def found(
    rule: str = "image-tag-missing",
    severity: Severity = "error",
    *,
    name: str = "web",
    file: str = "a.yaml",
    line: int = 1,
    message: str = "the image has no tag",
) -> Diagnostic:
    return Diagnostic(rule, "api", severity, "spec", message, "", f'Pod "{name}"', Location(file, line))


def test_equal_findings_are_one_with_all_their_places() -> None:
    report = Report([found(name=name, line=number) for number, name in enumerate("abcdef", 1)])

    assert write_findings(report, "text", View(most=100)) == (
        "a.yaml:1: error[image-tag-missing]: the image has no tag\n"
        '   object   Pod "a"\n'
        "   field    spec\n"
        '   also in  Pod "b", spec (a.yaml:2)\n'
        '   also in  Pod "c", spec (a.yaml:3)\n'
        '   also in  Pod "d", spec (a.yaml:4)\n'
        "   also in  2 more places\n"
    )


def test_all_findings_names_all_places() -> None:
    report = Report([found(name=name, line=number) for number, name in enumerate("abcdef", 1)])

    assert 'Pod "f", spec (a.yaml:6)' in write_findings(report, "text", View(most=None))


def test_what_says_something_else_is_told_apart() -> None:
    others = [found("other"), found(severity="warning"), found(message="it has none")]

    text = write_findings(Report([found(), *others]), "text")

    assert "also in" not in text
    assert text.count("[") == 4


@pytest.mark.parametrize(("form", "most"), [("text", MOST), ("short", MOST), ("github", MOST)])
def test_people_are_shown_the_first_and_told_what_is_left_out(form: str, most: int) -> None:
    report = Report([found(message=f"{number}") for number in range(most + 5)])

    text = write_findings(report, form, View(most=most))

    assert text.count("image-tag-missing") == most
    assert text.rstrip().endswith("and 5 more findings: --all-findings shows all of them")
    assert "5 more" not in write_findings(report, form, View())


def test_places_of_what_is_left_out_count() -> None:
    report = Report([found(message=message) for message in "aabbb"])

    assert "... and 3 more findings: --all-findings shows all of them" in write_findings(report, "text", View(most=1))


def test_programs_get_more_and_are_told_too() -> None:
    report = Report([found(message=f"{number}") for number in range(MOST_FOR_PROGRAMS + 1)])

    told = json.loads(write_findings(report, "json", View(most=MOST_FOR_PROGRAMS)))

    assert len(told["diagnostics"]) == MOST_FOR_PROGRAMS
    assert told["summary"] == {"errors": 1001, "warnings": 0, "notes": 0, "not_judged": {}, "left_out": 1}


@pytest.mark.parametrize("form", ["text", "short", "github"])
def test_notes_are_shown_when_they_are_asked_for(form: str) -> None:
    report = Report([found(severity="note")])

    assert write_findings(report, form, View(has_notes=False)) == ""
    assert "image-tag-missing" in write_findings(report, form, View(has_notes=True))


def test_short_form_is_a_line_for_each_finding() -> None:
    report = Report([found(line=3), found("x-y", "warning", message='Pod "web" has\nnone')])

    assert write_findings(report, "short") == (
        'a.yaml:3: error[image-tag-missing]: the image has no tag (Pod "web")\n'
        'a.yaml:1: warning[x-y]: Pod "web" has\\nnone\n'
    )


@pytest.mark.parametrize(
    ("group", "titles"),
    [
        ("file", ["a.yaml: 1 error, 1 warning", "b.yaml: 1 error"]),
        ("object", ['Pod "web": 1 error, 1 warning', 'Pod "db": 1 error']),
        ("rule", ["image-tag-missing: 2 errors", "other: 1 warning"]),
    ],
)
@pytest.mark.parametrize("form", ["text", "short"])
def test_findings_are_put_together(group: str, titles: list[str], form: str) -> None:
    report = Report([found(), found("other", "warning", message="b"), found(name="db", file="b.yaml")])

    lines = write_findings(report, form, View(group=group)).splitlines()  # type: ignore[arg-type]

    assert [line for line in lines if line in titles] == titles


def test_findings_of_two_groups_are_not_folded() -> None:
    report = Report([found(), found(file="b.yaml")])

    assert "also in" in write_findings(report, "text", View(group="rule"))
    assert "also in" not in write_findings(report, "text", View(group="file"))


def test_statistics_have_the_worst_first_and_the_files() -> None:
    report = Report([found("a", "warning"), found("b"), found("c"), found("c", file="b.yaml"), found("a", "note")])

    assert table(statistics(report)) == (
        "     2 error    c  in 2 files\n"
        "     1 error    b  in 1 file\n"
        "     1 warning  a  in 1 file\n"
        "     1 note     a  in 1 file"
    )
    assert table(statistics(report), most=3).endswith("and 1 more rule: --statistics shows all of them")


def test_summary_counts_what_was_not_judged() -> None:
    report = Report([found("kustomization", "note"), found("kustomization", "note", file="b.yaml"), found()])

    assert summary_to_text(report, 1_234, has_notes=False) == (
        "1,234 objects checked: 1 error, 2 notes (--notes shows notes)\nnot judged: 2 kustomizations"
    )
    assert "--notes" not in summary_to_text(report, 1)
    assert json.loads(write_findings(report, "json"))["summary"]["not_judged"] == {"kustomizations": 2}


LONG = "the image " + "registry.example.org/" * 5 + " of `web` has " + "no tag and " * 12


@pytest.mark.parametrize("columns", [50, 80])
@pytest.mark.parametrize("is_coloured", [False, True])
@pytest.mark.parametrize("form", ["text", "short"])
@pytest.mark.parametrize("message", [LONG, "图像没有标签" * 30])
def test_nothing_is_wider_than_the_terminal(columns: int, is_coloured: bool, form: str, message: str) -> None:
    import re

    report = Report([found("apparmor-annotation-container-unknown", message=message), found(name="x" * 200)])
    view = View(is_coloured, columns, columns=columns, group="object", most=1)

    text = write_findings(report, form, view)
    rows = table(statistics(report), view)
    summary = summary_to_text(report, 12, view)

    plain = re.sub(r"\x1b\[[0-9;]*m", "", f"{text}{rows}\n{summary}")
    assert max(map(cells, plain.splitlines())) <= columns


def test_without_a_terminal_lines_stay_whole() -> None:
    assert write_findings(Report([found(message=LONG)]), "text").splitlines()[0].endswith(LONG)


def test_place_is_not_broken_where_a_line_is() -> None:
    """Terminals make a link of it."""
    place = f"{'deep/' * 20}a.yaml:1:2:"

    first, *rest = wrapped(f"{place} error[a]: b", 50, 3, keeps_first=True).splitlines()

    assert first == place
    assert rest == ["   error[a]: b"]


def test_words_are_broken_where_they_are_too_long() -> None:
    assert wrapped("a " + "b" * 45, 20, 2) == "a " + "b" * 18 + "\n  " + "b" * 18 + "\n  " + "b" * 9


def test_paths_are_broken_behind_a_joint() -> None:
    assert wrapped("see metadata.annotations[shop.io/owner-of-it] there", 28, 2) == (
        "see metadata.\n  annotations[shop.io/owner-\n  of-it] there"
    )
