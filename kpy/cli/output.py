"""The two streams: the product alone on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Any

from kpy.errors import WriteError
from kpy.printable import printable_lines

__all__ = ["Product", "say"]


def say(text: str) -> None:
    """Write a line, or several, to standard error; nothing in them is a command to a terminal or a CI system."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{printable_lines(text)}\n")
    except OSError:
        sys.stderr = None  # nobody reads it, or it is full: what kpy does matters more than what it says


class Product:
    """Standard output, kept for the product.

    While it is open, whatever the code of an app prints, itself or through a process it starts, goes to standard error.
    """

    def __init__(self) -> None:
        self._stdout: Any = sys.stdout
        self._kept: int | None = None

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

    def write(self, text: str) -> None:
        """Write the product, as UTF-8 whatever the terminal says, and close. Raises `WriteError`.

        What UTF-8 cannot hold, such as half of a surrogate pair in the name of a file, is written as an escape.
        """
        self._restore()
        try:
            self._write(text)
        except BrokenPipeError:
            # Whoever read has read enough. Python would complain when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise WriteError(f"standard output cannot be written: {error.strerror}") from None

    def _write(self, text: str) -> None:
        if self._stdout is None:
            raise OSError(9, "it is closed")
        if hasattr(self._stdout, "buffer"):
            self._stdout.flush()
            self._stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        else:
            self._stdout.write(text)
        self._stdout.flush()

    def _restore(self) -> None:
        sys.stdout = self._stdout
        if self._kept is not None:
            os.dup2(self._kept, 1)
            os.close(self._kept)
            self._kept = None
