"""A program that runs beside kpy for a while, and never longer than kpy itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from kpy.programs.program import Program, ProgramError

__all__ = ["running"]

#: How long a program that is stopped may take to end by itself, in seconds.
_GRACE: Final = 5.0
#: Stands between kpy and the program, and stops it when kpy's end of the pipe is closed, however kpy has ended.
_GUARD: Final = """
import os, subprocess, sys, threading
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
threading.Thread(target=lambda: os._exit(child.wait() & 255), daemon=True).start()
sys.stdin.buffer.read()
child.terminate()
threading.Event().wait(3)
child.kill()
"""


@contextmanager
def running(program: Program, arguments: Sequence[str]) -> Iterator[Callable[[], bool]]:
    """Run a program for as long as the context lasts; yield what tells whether it still runs.

    What it prints is not read. It is stopped with kpy, even with one that is killed, and Ctrl-C reaches kpy alone.
    Raises `ProgramError` where there is no Python to guard it.
    """
    if not sys.executable or getattr(sys, "frozen", False):
        raise ProgramError(f"{program.name}: there is no Python to run it beside kpy")
    nothing = subprocess.DEVNULL
    command = [sys.executable, "-I", "-S", "-c", _GUARD, program.path, *arguments]
    try:
        guard = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing, start_new_session=True)
    except OSError as error:
        raise ProgramError(f"{program.path}: {program.name} cannot be started: {error.strerror}") from None
    assert guard.stdin is not None
    try:
        yield lambda: guard.poll() is None
    finally:
        with suppress(OSError):
            guard.stdin.close()
        try:
            guard.wait(_GRACE)
        except subprocess.TimeoutExpired:
            guard.kill()
            guard.wait()
