"""An output that could not be made, as a finding: for the forms of reports that programs read."""

from __future__ import annotations

import re

from kpy.checking.internal import internal_error
from kpy.diagnostics import Diagnostic
from kpy.errors import KpyError
from kpy.loading.broken import BrokenAppError, text_of
from kpy.redaction.given import hide_given
from kpy.rules.programs import OUTPUT_FAILED
from kpy.source import Location

__all__ = ["failure_of", "failure_said"]

#: What a message begins with that is about a line of a file.
_PLACE = re.compile(r"(?P<file>[^\s:][^:\n]*):(?P<line>\d+)(?::(?P<column>\d+))?: ")


def failure_of(error: BaseException, text: str, code: int) -> Diagnostic:
    """Return what an error says of an output; `text` is what people are told, and `code` the exit code of it."""
    found = _failure_of(error, text, code)
    return found._replace(message=hide_given(found.message), fix=hide_given(found.fix))


def _failure_of(error: BaseException, text: str, code: int) -> Diagnostic:
    if not isinstance(error, KpyError):
        assert isinstance(error, Exception)
        return internal_error(error) if code > 2 else failure_said(text)
    if isinstance(error, BrokenAppError):
        last = next((line for line in reversed(error.traceback.splitlines()) if line[:1].strip()), "")
        is_meant = isinstance(error.__cause__, KpyError)
        message = text_of(error).partition("\n")[0] if is_meant else f"its code raised {last}"
        return failure_said(message)._replace(where=error.raised_at)
    found = failure_said(text_of(error))
    return found if error.where is None else found._replace(where=error.where)


def failure_said(text: str) -> Diagnostic:
    """Return a finding that says a text, at the line of the file that it begins with."""
    message = text.removeprefix("error: ").partition("\n")[0]
    where = None
    if match := _PLACE.match(message):
        where = Location(match["file"], int(match["line"]), int(match["column"] or 0))
        message = message[match.end() :]
    return Diagnostic(OUTPUT_FAILED.name, OUTPUT_FAILED.family, "error", "", message, where=where)
