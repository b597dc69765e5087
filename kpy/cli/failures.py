"""Outputs that could not be made: told once each, for people in full and for programs as findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kpy.cli.output import say
from kpy.reporting.formats import report_form

if TYPE_CHECKING:
    from kpy.delivery.rendering import Rendered

__all__ = ["names_of", "say_failures", "with_failures"]

#: How many outputs are named.
_NAMED, _NAMED_FOR_PROGRAMS = 3, 100


def with_failures(rendered: Sequence[Rendered], form: str | None) -> list[Rendered]:
    """Return outputs with their failures among the findings, in the forms in which nothing else would tell them."""
    if report_form(form).name == "text":
        return list(rendered)
    return [each if each.failed is None else each._replace(findings=(*each.findings, each.failed)) for each in rendered]


def say_failures(rendered: Sequence[Rendered], form: str | None) -> None:
    """Say what failed and why, each reason once; nothing where the findings are data, which have it."""
    if not report_form(form).is_for_people:
        return
    failures: dict[str, list[str]] = {}
    for each in rendered:
        if each.failure:
            failures.setdefault(each.failure, []).append(str(each.output))
    for failure, outputs in failures.items():
        say(f"error: {names_of(outputs)}: {failure}")


def names_of(outputs: Sequence[str], form: str | None = None) -> str:
    """Return the names of outputs, the first of many; programs get more of them than people."""
    most = _NAMED if report_form(form).is_for_people else _NAMED_FOR_PROGRAMS
    more = f" and {len(outputs) - most} more" if len(outputs) > most else ""
    return f"{', '.join(outputs[:most])}{more}"
