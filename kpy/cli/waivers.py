"""`kpy validate --waivers`: the waivers that are there, each with its reason, and those that do not count."""

from __future__ import annotations

from typing import Final

from kpy.cli.codes import DONE, FOUND
from kpy.diagnostics import Diagnostic, Report
from kpy.printable import printable
from kpy.reporting.view import View

__all__ = ["code_of_waivers", "waivers_to_text"]

_IN_FORCE: Final = "waiver-in-force"
_FAULTS: Final = {
    "waiver-expired": "has ended",
    "waiver-not-allowed": "not allowed",
    "waiver-of-unknown-rule": "no such rule",
    "waiver-without-reason": "no reason",
}


def waivers_to_text(report: Report, view: View) -> str:
    """Return a line for each waiver: the place, the object, the rule and the reason, and why it does not count."""
    faults = {_key(found): _FAULTS[found.rule] for found in report if found.rule in _FAULTS}
    lines = []
    for found in report:
        if found.rule == _IN_FORCE:
            place = f"{view.paint('place', str(found.where))}: " if found.where else ""
            fault = faults.get(_key(found))
            said = f" {view.paint('error', f'[{fault}]')}" if fault else ""
            lines.append(f"{place}{found.resource}: {printable(found.message)}{said}")
    if not lines:
        return "there are no waivers\n"
    broken = sum(1 for found in report if found.rule == _IN_FORCE and _key(found) in faults)
    count = f"{len(lines)} waiver{'s' if len(lines) > 1 else ''}"
    rest = f", {broken} of which {'do' if broken > 1 else 'does'} not count" if broken else ""
    return "\n".join([*lines, "", f"{count}{rest}", ""])


def code_of_waivers(report: Report) -> int:
    """Return the exit code: a waiver that has ended is an error."""
    return FOUND if any(found.rule == "waiver-expired" for found in report) else DONE


def _key(found: Diagnostic) -> tuple[str, str, str]:
    """Return what tells a waiver from others: the object, its field, and the rule that it names."""
    words = found.message.replace(":", " ").split()
    rule = words[0] if found.rule == _IN_FORCE else next((word for word in words if "-" in word), "")
    return found.resource, str(found.where), rule
