"""The two streams: the product alone on standard output, everything else on standard error.

What was given as a secret is in neither, but for manifests, which are what it is given for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from kpy.errors import WriteError
from kpy.printable import printable_lines
from kpy.redaction.given import hide_given

if TYPE_CHECKING:
    from kpy.cli.options import Given
    from kpy.diagnostics import Report
    from kpy.reporting.view import View

__all__ = ["Product", "say", "say_apart", "say_findings", "tell", "view"]


def say(text: str) -> None:
    """Write a line, or several, to standard error; nothing in them is a command to a terminal or a CI system."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{printable_lines(hide_given(text))}\n")
    except OSError:
        sys.stderr = None  # nobody reads it, or it is full: what kpy does matters more than what it says


def tell(text: str) -> None:
    """Write a line, or several, to standard output at once, while a command is at work.

    A reader that goes away stops nothing: a cluster must not be left half done because of a `| head`.
    """
    if sys.stdout is None:
        return
    line = f"{printable_lines(hide_given(text))}\n"
    try:
        try:
            sys.stdout.write(line)
        except UnicodeEncodeError:
            sys.stdout.write(line.encode("ascii", "backslashreplace").decode())
        sys.stdout.flush()
    except OSError:
        with suppress(AttributeError, OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python would complain at exit
        sys.stdout = None


def view(given: Given | None = None, *, stream: Any = None, sources: Mapping[str, str] | None = None) -> View:
    """Return how text looks on a stream, by default standard error: in colour on a terminal, unless told otherwise."""
    from kpy.reporting.view import View

    stream = sys.stderr if stream is None else stream
    is_terminal = _is_terminal(stream)
    width, columns = View().width, None
    if is_terminal:
        from shutil import get_terminal_size

        width = columns = get_terminal_size((width, 24)).columns
    return View(_is_coloured(given, is_terminal=is_terminal), width, sources or {}, columns)


def _is_coloured(given: Given | None, *, is_terminal: bool) -> bool:
    """Return whether colours are wanted: `--color` goes before NO_COLOR, and that before FORCE_COLOR."""
    match given.text("color") if given is not None else None:
        case "always":
            return True
        case "never":
            return False
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return is_terminal and os.environ.get("TERM") != "dumb"


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):
        return False  # closed, or not there at all


def say_findings(report: Report, given: Given) -> None:
    """Write findings to standard error in the form that `--report` says; for people, below them how to learn more."""
    from kpy.reporting.formats import report_form, write_findings
    from kpy.reporting.shown import ALL_FINDINGS

    form = report_form(given.text("report"))
    look = view(given)._replace(most=form.most, has_notes=True, lifted_by=ALL_FINDINGS)
    if form.name == "text" and len(report):
        from kpy.reporting.text import findings_to_text, more_about

        say("\n".join([findings_to_text(report, look), more_about(report, look)]).rstrip("\n"))
    elif form.name != "text":
        _say_as_it_is(write_findings(report, form.name, look))


def say_apart(text: str, given: Given) -> None:
    """Write a line beside findings, but not where these are data, which it would spoil."""
    from kpy.reporting.formats import report_form

    if report_form(given.text("report")).is_for_people:
        say(text)


def _say_as_it_is(text: str) -> None:
    """Write what is fit to be printed, and may be commands to a CI system that are meant so."""
    if sys.stderr is None:
        return
    text = hide_given(text)
    try:
        sys.stderr.write(text)
    except UnicodeEncodeError:
        sys.stderr.write(text.encode("ascii", "backslashreplace").decode())
    except OSError:
        sys.stderr = None


class Product:
    """Standard output, kept for the product.

    While it is open, whatever the code of an app prints, itself or through a process it starts, goes to standard error.
    """

    def __init__(self) -> None:
        self._stdout: Any = sys.stdout
        self._kept: int | None = None

    def view(self, given: Given | None = None, sources: Mapping[str, str] | None = None) -> View:
        """Return how text looks on standard output."""
        return view(given, stream=self._stdout, sources=sources)

    def __enter__(self) -> Product:
        sys.stdout = sys.stderr
        try:
            if self._stdout.fileno() == 1:
                self._stdout.flush()
                kept = os.dup(1)
                os.dup2(2, 1)
                self._kept = kept
        except (AttributeError, OSError, ValueError):
            pass  # not the standard output of a process, or one without a standard error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._restore()

    def write(self, text: str, *, is_manifest: bool = False) -> None:
        """Write the product, as UTF-8 whatever the terminal says, and close. Raises `WriteError`.

        What was given as a secret is hidden in it, unless it is a manifest.
        What UTF-8 cannot hold, such as half of a surrogate pair in the name of a file, is written as an escape.
        """
        self._restore()
        try:
            self._write(text if is_manifest else hide_given(text))
        except BrokenPipeError:
            # Whoever read has read enough. Python would complain when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise WriteError(f"standard output cannot be written: {error.strerror}") from None

    def _write(self, text: str) -> None:
        if self._stdout is None:
            raise OSError(9, "it is closed")
        content = text.encode("utf-8", "backslashreplace")
        if hasattr(self._stdout, "buffer"):
            self._stdout.flush()
            self._stdout.buffer.write(content)
        else:
            self._stdout.write(content.decode())
        self._stdout.flush()

    def _restore(self) -> None:
        sys.stdout = self._stdout
        if self._kept is not None:
            os.dup2(self._kept, 1)
            os.close(self._kept)
            self._kept = None
