"""The seam: the one place that starts kubectl. What is above it can be tested with a stand-in."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Protocol

from kpy.errors import ClusterError
from kpy.programs import Done, Program, ProgramError, find_program

__all__ = ["Answer", "Kubectl", "Transport"]

#: A server that says nothing for this long is as good as none; slow webhooks may take half of it.
_PATIENCE = "--request-timeout=60s"
#: One run of kubectl applies a hundred objects, and slow webhooks may take their time with each.
_LONGEST = 3600.0
#: After how many seconds a person is told that there is no answer yet.
_SLOW: float = 10

#: What one run of kubectl gave.
Answer = Done


class Transport(Protocol):
    """Something that answers as kubectl does."""

    @abstractmethod
    def run(self, arguments: Sequence[str], stdin: str = "") -> Answer:
        """Return what kubectl answers to these arguments."""
        ...


class Kubectl:
    """The real kubectl, with the options that say which cluster is meant.

    Arguments are given as a list and never pass a shell; objects go in by standard input, so that no secret is seen in
    a list of processes or left in a file.
    """

    def __init__(
        self,
        program: str | None = None,
        *,
        context: str | None = None,
        kubeconfig: str | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._program = _find(program)
        #: Hears that the cluster takes its time.
        self._tell = tell
        self._where = [
            _PATIENCE,
            *([f"--context={context}"] if context is not None else ()),
            *([f"--kubeconfig={kubeconfig}"] if kubeconfig is not None else ()),
        ]

    def run(self, arguments: Sequence[str], stdin: str = "") -> Answer:
        """Run kubectl to its end. Raises `ClusterError` when it cannot be started or does not come to an end."""
        try:
            with self._told_when_slow(arguments[0]):
                return self._program.run([*arguments, *self._where], stdin=stdin, timeout=_LONGEST)
        except ProgramError as error:
            raise ClusterError(str(error)) from None

    @contextmanager
    def _told_when_slow(self, verb: str) -> Iterator[None]:
        """Say that there is no answer yet, again and again, for as long as it takes."""
        if self._tell is None:
            yield
            return
        tell, done = self._tell, Event()

        def remind() -> None:
            seconds = 0.0
            while not done.wait(_SLOW):
                seconds += _SLOW
                tell(f"kubectl {verb}: no answer from the cluster for {seconds:g} s, still waiting")

        reminder = Thread(target=remind, daemon=True)
        reminder.start()
        try:
            yield
        finally:
            done.set()


def _find(path: str | None) -> Program:
    try:
        return find_program("kubectl", path)
    except ProgramError as error:
        if path is not None:
            raise ClusterError(f"--kubectl {error}") from None
        raise ClusterError(
            "there is no kubectl on PATH: install it (https://kubernetes.io/docs/tasks/tools/), "
            "or say where it is with --kubectl FILE"
        ) from None
