"""Where a command line begins and ends: the command it names, and the exit code (`kpy.cli.codes`)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from kpy.cli.commands import COMMANDS
from kpy.cli.options import Command, Given, MisuseError
from kpy.cli.parsing import parse
from kpy.errors import KpyError, raise_stop
from kpy.printable import printable
from kpy.redaction.given import forget_given

__all__ = ["call", "main", "run"]

#: What Typer does: the completion of shells.
_OF_TYPER = ("--install-completion", "--show-completion")


def main() -> None:
    """Run the command line of this process, and exit."""
    import gc

    from kpy.cli.stopping import end_when_terminated

    # A short life: collecting garbage would cost more time than it gives memory.
    gc.disable()
    end_when_terminated()
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """Run a command line, given without the name of the program, and return the exit code."""
    command = COMMANDS.get(words[0]) if words else None
    forget_given()
    try:
        if "_KPY_COMPLETE" in os.environ or (words and words[0] in _OF_TYPER):
            from kpy.cli.typed import run_typer

            return run_typer(words, call)
        if command is None:
            from kpy.cli.help import run_without_command

            return run_without_command(words)
        given = parse(command, words[1:])
        if given is None:
            from kpy.cli.help import show_help

            return show_help(command)
        return call(command, given)
    except MisuseError as error:
        return _end(error)
    except KeyboardInterrupt as stop:
        return _stop(stop)
    except Exception as error:
        return _fail(error, command)


def call(command: Command, given: Given) -> int:
    """Run a command and return the exit code; whatever it raises becomes a message."""
    from importlib import import_module

    module, _, function = command.run.partition(":")
    try:
        if _may_name_apps(command, given):
            from kpy.cli.named import with_places

            given = with_places(command, given)
        code = getattr(import_module(module), function)(given)
        assert isinstance(code, int)
        return code
    except KpyError as error:
        return _end(error, given)
    except KeyboardInterrupt as stop:
        return _stop(stop)
    except Exception as error:
        return _fail(error, command, given)


def _may_name_apps(command: Command, given: Given) -> bool:
    """Return whether the words of a command may be names of apps; those of files need no look at the settings."""
    argument = command.argument
    said = given.values.get(argument.name) or ""
    words = said if isinstance(said, list) else [str(said)]
    return bool(argument.apps) and not all(word.endswith((".py", ".yaml")) for word in words)


def _end(error: KpyError, given: Given | None = None) -> int:
    """Tell what stops a command: in one line where it is about the call, else as findings are told."""
    from kpy.cli.codes import CANNOT, FAULT, code_of_error
    from kpy.cli.output import say, view

    code = code_of_error(error)
    look = view(given)
    if code == CANNOT:
        message = look.with_code(printable(str(error)))
        say("\n".join([f"{look.paint('error', 'error')}: {message}", *getattr(error, "__notes__", ())]))
    elif given is None or not _report_in_form(error, given):
        from kpy.reporting.shown import ALL_FINDINGS, MOST
        from kpy.reporting.text import error_to_text

        say(error_to_text(error, look._replace(most=MOST, lifted_by=ALL_FINDINGS)))
    if code == FAULT:
        from kpy.cli.net import debug_text

        if said := debug_text(error):
            say(f"\n{said}")
    return code


def _report_in_form(error: KpyError, given: Given) -> bool:
    """Write the findings of an app with errors in the form that `--report` asks for; return whether it did."""
    from kpy.cli.output import say_apart, say_findings
    from kpy.errors import SynthError

    cause = error.__cause__ if isinstance(error.__cause__, SynthError) else error
    if given.text("report") in (None, "text") or not isinstance(cause, SynthError):
        return False
    say_findings(cause.report, given)
    say_apart("; ".join([cause.report.summary(), *getattr(cause, "__notes__", ())]), given)
    return True


def _stop(stop: KeyboardInterrupt) -> int:
    from kpy.cli.output import say
    from kpy.cli.stopping import code_of_stop, word_of_stop

    say(f"error: {word_of_stop(stop)}")
    return code_of_stop(stop)


def _fail(error: Exception, command: Command | None, given: Given | None = None) -> int:
    """Tell what nobody expected; a Ctrl-C that became another exception on its way is still one."""
    from kpy.cli.net import code_of_failure, failure_to_text
    from kpy.cli.output import say

    try:
        raise_stop(error)
    except KeyboardInterrupt as stop:
        return _stop(stop)
    say(failure_to_text(error, command, given))
    return code_of_failure(error)
