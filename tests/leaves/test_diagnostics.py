"""Diagnostics and reports."""

from kpy.diagnostics import Diagnostic, Related, Report
from kpy.source import Location, caller


def test_diagnostic_reads_as_place_rule_message_and_fix() -> None:
    found = Diagnostic(
        rule="dangling-route",
        family="reference",
        severity="error",
        field="spec.rules[0]",
        message='Ingress "edge" routes to a port that is not there',
        fix='use port="http"',
        where=Location("shop.py", 44),
        made_in=('Shop "staging" (shop.py:51)', 'Ingress "edge" (shop.py:44)'),
        see_also=(Related('Service "api"', Location("shop.py", 46)),),
    )

    text = found.to_text()

    assert text.splitlines() == [
        'shop.py:44: error[dangling-route]: Ingress "edge" routes to a port that is not there',
        '   made in  Shop "staging" (shop.py:51) > Ingress "edge" (shop.py:44)',
        "   field    spec.rules[0]",
        '   see also Service "api" (shop.py:46)',
        '   fix      use port="http"',
    ]


def test_report_puts_errors_first_and_counts() -> None:
    note = Diagnostic("a", "api", "note", "", "a")
    error = Diagnostic("b", "api", "error", "", "b")

    report = Report([note, error, note])

    assert [found.rule for found in report] == ["b", "a", "a"]
    assert report.summary() == "1 error, 2 notes"
    assert not report.ok


def test_caller_is_the_first_frame_outside_kpy() -> None:
    place = caller()

    assert place is not None
    assert place.file == __file__


def test_line_that_nobody_can_read_is_shown_without_its_middle() -> None:
    found = Diagnostic("rule", "api", "error", "a" * 5_000, "b" * 1_000_000 + "end")

    head, field = found.to_text().split("\n")

    assert head == "error[rule]: " + "b" * 1_000 + " ... " + "b" * 997 + "end"
    assert len(field) < 2_100
