"""What is said when a check fails instead of judging: whose fault it is, and what therefore was not judged.

Texts about a failure name no values: these may be secrets. An exception says its class, and the line that raised it.
"""

from __future__ import annotations

from os import sep
from os.path import dirname
from types import TracebackType
from typing import Final

from kpy.checking.rule import Rule, declare
from kpy.diagnostics import Diagnostic
from kpy.errors import raise_stop

__all__ = ["INTERNAL_ERROR", "POLICY_FAILED", "REPORT_AT", "internal_error", "policy_failed"]

#: Where faults of kpy itself are reported.
REPORT_AT: Final = "https://pypi.org/project/kpy-k8s/"
_FOLDER: Final = dirname(dirname(dirname(__file__))) + sep

INTERNAL_ERROR = declare(
    "internal-error",
    "A check of kpy failed, so that nobody knows what it would have found. That is a fault of kpy, and not of the "
    "document: everything else is checked all the same. It can neither be ignored nor waived.",
    source=REPORT_AT,
    family="internal",
)
POLICY_FAILED = declare(
    "policy-failed",
    "A policy of the project, or of a package, raised an exception instead of reporting what it found. Values lack "
    "every field that is optional and was not written. Or the policies of an installed package, which the entry point "
    "`kpy.policies` names, could not be loaded.",
    source="https://docs.python.org/3/tutorial/errors.html",
    family="policy",
)


def internal_error(error: Exception, rule: Rule | None = None, field: str = "", resource: str = "") -> Diagnostic:
    """Return the finding that a rule of kpy, or the check around it, has failed."""
    raise_stop(error)
    what = f"the rule {rule.name}" if rule is not None else "a check"
    message = f"this is a fault of kpy itself: {what} failed with {_said(error)}, so it has judged nothing here"
    fix = f"please report it with this text, and the object if you may show it: {REPORT_AT}"
    return Diagnostic(INTERNAL_ERROR.name, INTERNAL_ERROR.family, "error", field, message, fix, resource)


def policy_failed(error: Exception, rule: Rule, field: str = "", resource: str = "") -> Diagnostic:
    """Return the finding that a policy which is not kpy's has failed."""
    raise_stop(error)
    message = f"the policy {rule.name} failed with {_said(error)}, so it has judged nothing here"
    fix = "correct the policy: a value may lack any field that is optional"
    return Diagnostic(POLICY_FAILED.name, POLICY_FAILED.family, "error", field, message, fix, resource)


def _said(error: Exception) -> str:
    """Return the class of an exception, and the line that raised it."""
    step: TracebackType | None = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if step is None:
        return type(error).__name__
    return f"{type(error).__name__} ({step.tb_frame.f_code.co_filename.removeprefix(_FOLDER)}:{step.tb_lineno})"
