"""The check of one document: its kind, its types, and the rules of its types.

check_document({"apiVersion": "v1", "kind": "Pod", ...}, api("1.36")).diagnostics
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import kpy.rules.load  # noqa: F401  # rules register when they are imported
from kpy.diagnostics import Diagnostic
from kpy.rules.check import ROOT, Check, Path
from kpy.rules.faults import NESTED_TOO_DEEPLY, report_fault
from kpy.rules.kinds import resolve
from kpy.rules.structure import UntidyError, plan_of
from kpy.rules.tidy import tidied
from kpy.schema import Api, api

__all__ = ["check_document", "validate_document"]


def validate_document(document: Mapping[str, Any], release: str = "1.36") -> list[Diagnostic]:
    """Return the errors of one document: what a server of the release would refuse, nothing if it takes it."""
    return [found for found in check_document(document, api(release)).diagnostics if found.severity == "error"]


def check_document(document: Mapping[str, Any], known: Api, at: Path = ROOT) -> Check:
    """Check one document by the schema and the rules of its types; `at` is its place in a `List`.

    The result has `diagnostics`, warnings among them, and beside them `paths`. Custom resources are not checked.
    """
    check = Check(document, known, at)
    kind = resolve(check)
    if kind is None:
        return check
    plan = plan_of(known.release, kind.type)
    try:
        try:
            plan.walk(document, at, check)
        except UntidyError:
            check = Check(tidied(document, kind.type, known), known, at)
            check.tidy = True
            plan.walk(check.root, at, check)
    except RecursionError:
        report_fault(check, NESTED_TOO_DEEPLY, at, "the document contains itself, or is nested too deeply to be read")
    return check
