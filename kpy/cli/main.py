"""Where a command line begins and ends: the command it names, and the exit code.

Exit codes: 0 done; 1 the app or the documents have faults, or a check found a difference; 2 what was asked for cannot
be done, because of the command line, or because something cannot be read, written or reached.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from kpy.cli.options import COMMANDS, Command, Given, MisuseError, parse
from kpy.errors import ClusterError, KpyError, LoadError, WriteError
from kpy.printable import printable

__all__ = ["call", "main", "run"]


def main() -> None:
    """Run the command line of this process, and exit."""
    import gc

    # A short life: collecting garbage would cost more time than it gives memory.
    gc.disable()
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """Run a command line, given without the name of the program, and return the exit code."""
    command = COMMANDS.get(words[0]) if words else None
    if command is None or "_KPY_COMPLETE" in os.environ:
        return _help(words)
    try:
        given = parse(command, words[1:])
    except MisuseError as error:
        return _fail(printable(str(error)), 2)
    return _help(words) if given is None else call(command, given)


def call(command: Command, given: Given) -> int:
    """Run a command and return the exit code; what it raises on purpose becomes a message."""
    from importlib import import_module

    module, _, function = command.run.partition(":")
    try:
        code = getattr(import_module(module), function)(given)
        assert isinstance(code, int)
        return code
    except (MisuseError, LoadError, WriteError, ClusterError) as error:
        from kpy.loading.broken import BrokenAppError

        if isinstance(error, BrokenAppError):
            return _tell(error)
        return _fail("\n".join([printable(str(error)), *getattr(error, "__notes__", ())]), 2)
    except KpyError as error:
        return _tell(error)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)


def _help(words: Sequence[str]) -> int:
    from kpy.cli.typed import run_typer

    return run_typer(words)


def _tell(error: KpyError) -> int:
    """Tell what is wrong with an app, as findings are told."""
    from kpy.cli.output import say
    from kpy.reporting.findings import error_to_text

    say(error_to_text(error))
    return 1


def _fail(message: str, code: int) -> int:
    from kpy.cli.output import say

    say(f"error: {message}")
    return code
