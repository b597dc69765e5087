"""Findings as a JUnit report, which every CI system shows: a suite for each file, and a test for each finding.

Errors are failures. Warnings and notes are tests that pass and say something, since a failure would stop the job.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from kpy.diagnostics import Diagnostic, Report
from kpy.printable import printable
from kpy.reporting.places import shorten
from kpy.reporting.shown import each_shown
from kpy.reporting.view import PLAIN, View

__all__ = ["findings_to_junit"]

_NOWHERE = "kpy"


def findings_to_junit(report: Report, view: View = PLAIN) -> str:
    """Return the findings as XML; without any there is one test that passes."""
    found, left_out = each_shown(report, view)
    suites: dict[str, list[Diagnostic]] = {}
    for each in map(shorten, found):
        suites.setdefault(each.where.file if each.where is not None else _NOWHERE, []).append(each)
    if not suites:
        suites[_NOWHERE] = []
    failures = sum(each.severity == "error" for each in found)
    tests = sum(max(1, len(each)) for each in suites.values())
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="kpy validate" tests="{tests}" failures="{failures}" errors="0">',
        *(line for name, each in suites.items() for line in _suite(name, each, left_out, view.lifted_by)),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _suite(name: str, found: list[Diagnostic], left_out: int, lifted_by: str) -> Iterable[str]:
    failures = sum(each.severity == "error" for each in found)
    counts = f'tests="{max(1, len(found))}" failures="{failures}" errors="0" skipped="0"'
    yield f"  <testsuite name={_quoted(name)} {counts}>"
    if not found:
        yield f'    <testcase name="no findings" classname={_quoted(name)} time="0"/>'
    for each in found:
        yield from _case(name, each)
    if left_out:
        yield f"    <system-err>{left_out:,} findings are left out: {lifted_by} writes all of them</system-err>"
    yield "  </testsuite>"


def _case(name: str, found: Diagnostic) -> Iterable[str]:
    line = found.where.line if found.where is not None else 0
    title = " ".join(filter(None, (found.rule, found.resource, found.field, f"line {line}" if line else "")))
    text = escape("\n".join(map(printable, found.to_text().split("\n"))))
    yield f'    <testcase name={_quoted(title)} classname={_quoted(name)} time="0">'
    if found.severity == "error":
        yield f"      <failure type={_quoted(found.rule)} message={_quoted(found.message)}>{text}</failure>"
    else:
        yield f"      <system-out>{text}</system-out>"
    yield "    </testcase>"


def _quoted(text: str) -> str:
    return quoteattr(printable(text))
