"""Exit codes.

0    done; warnings, notes and differences are no failure
1    an error was found, a check found a difference, or the cluster refused
2    called wrongly, a file or cluster that cannot be reached, or another kpy at work
3    a fault of kpy's own
130  interrupted by Ctrl-C
143  terminated, as CI does it
"""

from __future__ import annotations

from kpy.cli.options import MisuseError
from kpy.diagnostics import RANK, Report
from kpy.errors import ClusterError, KpyError, LoadError, SynthError, WriteError

__all__ = ["CANNOT", "DONE", "FAULT", "FOUND", "DocumentError", "code_of_error", "code_of_report"]

DONE = 0
FOUND = 1
CANNOT = 2
FAULT = 3


class DocumentError(KpyError, ValueError):
    """A document or app with an error, where a command needs one that is sound."""

    def __init__(self, text: str, *, code: int = FOUND) -> None:
        super().__init__(text)
        #: The exit code that it leads to.
        self.code = code


def code_of_report(report: Report, fail_on: str | None = None) -> int:
    """Return the exit code for what was found; `fail_on` is the least severity that fails, by default an error."""
    if report.internal:
        return FAULT
    least = next((rank for severity, rank in RANK.items() if severity == fail_on), RANK["error"])
    return FOUND if any(RANK[found.severity] <= least for found in report) else DONE


def code_of_error(error: KpyError) -> int:
    """Return the exit code for an error that ends a command."""
    from kpy.loading.broken import BrokenAppError

    if isinstance(error, BrokenAppError):
        if isinstance(error.__cause__, SynthError):
            return code_of_report(error.__cause__.report)
        return FAULT if error.is_internal else FOUND
    if isinstance(error, SynthError):
        return code_of_report(error.report)
    if isinstance(error, DocumentError):
        return error.code
    return CANNOT if isinstance(error, MisuseError | LoadError | WriteError | ClusterError) else FOUND
