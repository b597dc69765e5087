"""A program of the machine, run to its end: by a list of arguments, never a shell, and within bounds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import IO, Final, NamedTuple

from kpy.errors import KpyError
from kpy.watch import PROGRAM, saw_other

__all__ = ["Done", "Program", "ProgramError", "find_program"]

#: How long a program may take if nothing else is asked, in seconds.
TIMEOUT: Final = 600.0
#: How many bytes a program may write to each of its two streams if nothing else is asked.
LIMIT: Final = 512 * 1024 * 1024

_CHUNK: Final = 1 << 16
#: How long the streams of a program that was stopped are waited for, in seconds: a child of its own may hold them.
_GRACE: Final = 2.0
#: How long a program may take to end by itself when Ctrl-C has reached it too, in seconds.
_LAST_WORDS: Final = 0.25
_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?")


class ProgramError(KpyError, OSError):
    """A program that is not there, cannot be started, takes too long, or says too much."""


class Done(NamedTuple):
    """What one run of a program gave."""

    #: Its exit code; negative for the signal that ended it.
    code: int
    out: str
    err: str


class Program(NamedTuple):
    """A program, found."""

    #: Its name for messages: `kubectl`.
    name: str
    path: str

    def run(
        self,
        arguments: Sequence[str],
        *,
        stdin: str = "",
        folder: str | None = None,
        environment: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
        limit: int = LIMIT,
    ) -> Done:
        """Run it to its end and return what it said, whatever its exit code.

        `environment` is added to that of kpy. What is not UTF-8 is replaced. Raises `ProgramError` when it cannot be
        started, takes longer than `timeout` seconds or writes more than `limit` bytes; it is ended then, and also when
        kpy is interrupted.
        """
        process = self._start(arguments, folder, environment)
        streams = _Streams(process, stdin.encode(errors="surrogateescape"), limit)
        end = monotonic() + timeout
        try:
            streams.join(timeout)
            code = process.wait(max(0.0, end - monotonic()))
        except subprocess.TimeoutExpired:
            raise ProgramError(f"{self.name} {_first(arguments)}: no end after {timeout:g} seconds") from None
        except KeyboardInterrupt:
            _let_end(process)
            raise
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
                streams.join(_GRACE)
        if streams.is_too_much:
            raise ProgramError(f"{self.name} {_first(arguments)}: it wrote more than {limit} bytes")
        return Done(code, _text(streams.out), _text(streams.err))

    def version(self, *arguments: str) -> tuple[int, int, int]:
        """Return the version that it prints first when it is called so, `git --version`. Raises `ProgramError`."""
        done = self.run(arguments or ("--version",), timeout=30, limit=_CHUNK)
        found = _VERSION.search(done.out)
        if found is None:
            raise ProgramError(f"{self.name}: it does not say which version it is")
        major, minor, patch = found.groups(default="0")
        return int(major), int(minor), int(patch)

    def _start(
        self, arguments: Sequence[str], folder: str | None, environment: Mapping[str, str] | None
    ) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        variables = {**os.environ, **environment} if environment else None
        try:
            return subprocess.Popen(
                [self.path, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, env=variables
            )
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise ProgramError(f"{self.path}: {self.name} cannot be started: {why}") from None


class _Streams:
    """The three streams of a process, served at once, so that none of them waits for another."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes, limit: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self.is_too_much = False
        self._process = process
        self._limit = limit
        self.out: list[bytes] = []
        self.err: list[bytes] = []
        self._threads = [
            Thread(target=_feed, args=(process.stdin, stdin), daemon=True),
            Thread(target=self._read, args=(process.stdout, self.out), daemon=True),
            Thread(target=self._read, args=(process.stderr, self.err), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def join(self, timeout: float) -> None:
        """Wait until everything is written and read, so many seconds at most."""
        end = monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - monotonic()))

    def _read(self, stream: IO[bytes], into: list[bytes]) -> None:
        count = 0
        with stream:
            while chunk := os.read(stream.fileno(), _CHUNK):
                count += len(chunk)
                if count > self._limit:
                    self.is_too_much = True
                    self._process.kill()
                    return
                into.append(chunk)


def _feed(stream: IO[bytes], content: bytes) -> None:
    """Write all of the input, unless the program ends before it has read it."""
    with suppress(OSError), stream:  # it may have read enough; its exit code says whether that was right
        stream.write(content)


def find_program(name: str, path: str | None = None) -> Program:
    """Return the program of that name on PATH, or at the path that was given. Raises `ProgramError`."""
    saw_other(f"{PROGRAM}{path or name}")
    found = shutil.which(path or name)
    if found is not None:
        return Program(name, os.path.abspath(found))
    if path is None:
        raise ProgramError(f"{name} is not installed, or not on PATH")
    if os.path.exists(path):
        raise ProgramError(f"{path}: this is not a program that can be run")
    raise ProgramError(f"{path}: there is no such program")


def _let_end(process: subprocess.Popen[bytes]) -> None:
    """Give a program that was interrupted together with kpy a moment to end by itself."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(_LAST_WORDS)


def _text(chunks: list[bytes]) -> str:
    return b"".join(chunks).decode(errors="replace")


def _first(arguments: Sequence[str]) -> str:
    """Return the word that says what a program was asked for, and none that may hold a secret."""
    return arguments[0] if arguments else ""
