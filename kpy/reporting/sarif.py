"""Findings as SARIF 2.1.0, which code scanning of GitHub, Azure DevOps and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
import os
from inspect import cleandoc
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from kpy.diagnostics import Diagnostic, Report
from kpy.printable import printable_json
from kpy.reporting.fingerprints import keys_of
from kpy.reporting.places import from_top, shorten
from kpy.reporting.rule_pages import page_of
from kpy.reporting.shown import each_shown, notes_of
from kpy.reporting.view import PLAIN, View
from kpy.version import version

if TYPE_CHECKING:
    from kpy.checking.rule import Rule
    from kpy.source import Location

__all__ = ["findings_to_sarif"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_KEY: Final = "kpy/v1"


def findings_to_sarif(report: Report, view: View = PLAIN) -> str:
    """Return the findings as a log with one run; it says when some are left out."""
    found, left_out = each_shown(report, view)
    names = [*dict.fromkeys(each.rule for each in found)]
    numbers = {name: number for number, name in enumerate(names)}
    driver: dict[str, object] = {"name": "kpy", "rules": _rules(names, found), "version": version()}
    run: dict[str, object] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(from_top(shorten(each)), numbers[each.rule], key)
            for each, key in zip(found, keys_of(found), strict=True)
        ],
    }
    if left_out or report.internal:
        run["invocations"] = [_invocation(report, left_out, view.lifted_by)]
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return printable_json(json.dumps(log, indent=1, ensure_ascii=False)) + "\n"


def _rules(names: list[str], found: list[Diagnostic]) -> list[dict[str, object]]:
    from kpy.checking.registry import BUILT_IN

    known = {rule.name: rule for rule in BUILT_IN.rules()}
    families = {each.rule: each.family for each in found}
    return [_rule(name, families[name], known.get(name)) for name in names]


def _rule(name: str, family: str, rule: Rule | None) -> dict[str, object]:
    """Return what is said of a rule; of one that a project has of its own, kpy has no page."""
    told: dict[str, object] = {"id": name, "properties": {"tags": [family]}}
    if rule is not None:
        text = cleandoc(rule.description)
        told["shortDescription"] = {"text": " ".join(text.split("\n\n")[0].split())}
        told["fullDescription"] = {"text": text}
        told["help"] = {"text": f"{text}\n\n{rule.source}"}
        told["helpUri"] = page_of(name)
        told["defaultConfiguration"] = {"level": rule.severity}
    return told


def _result(found: Diagnostic, number: int, key: str) -> dict[str, object]:
    changed = f"changed by {', '.join(found.changed_by)}" if found.changed_by else ""
    text = "\n".join(filter(None, (found.message, changed, *notes_of(found), found.fix)))
    location: dict[str, object] = _location(found.where)
    if found.resource:
        name = f"{found.resource}, {found.field}" if found.field else found.resource
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "resource"}]
    result: dict[str, object] = {
        "ruleId": found.rule,
        "ruleIndex": number,
        "level": found.severity,
        "message": {"text": text},
        "partialFingerprints": {_KEY: key},
    }
    if location:
        result["locations"] = [location]
    others = [
        (f"also in {place._replace(where=None) if place.resource else place}", place.where) for place in found.places
    ]
    related = [
        {**_location(where), "message": {"text": said}}
        for said, where in (*_raised_in(found), *found.see_also, *others)
        if where is not None
    ]
    if related:
        result["relatedLocations"] = related
    return result


def _raised_in(found: Diagnostic) -> list[tuple[str, Location]]:
    """Return the line of a library that a line of the project called, and the way through the tree."""
    inside = found.where.inside if found.where is not None else None
    if inside is None:
        return []
    return [(f"raised in, made in {' > '.join(found.made_in)}" if found.made_in else "raised in", inside)]


def _location(where: Location | None) -> dict[str, object]:
    if where is None:
        return {}
    region = {"startLine": max(1, where.line)}
    if where.column:
        region["startColumn"] = where.column
    path = where.file.replace(os.sep, "/")
    uri = ("file://" if path.startswith("/") else "") + quote(path, errors="backslashreplace")
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}


def _invocation(report: Report, left_out: int, lifted_by: str) -> dict[str, object]:
    told: dict[str, object] = {"executionSuccessful": not report.internal}
    if left_out:
        text = f"{left_out:,} findings are left out: {lifted_by} writes all of them"
        told["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    return told
