"""The seam: the one place that starts kubectl. What is above it can be tested with a stand-in."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from kpy.errors import ClusterError
from kpy.kubectl.patience import Patience
from kpy.programs import Done, Program, ProgramError, find_program

__all__ = ["Answer", "Kubectl", "Transport"]

#: A server that says nothing for this long is as good as none; slow webhooks may take half of it.
_PATIENCE = "--request-timeout=60s"
#: One run of kubectl applies a hundred objects, and slow webhooks may take their time with each.
_LONGEST = 3600.0

#: What one run of kubectl gave.
Answer = Done


class Transport(Protocol):
    """Something that answers as kubectl does."""

    @abstractmethod
    def run(self, arguments: Sequence[str], stdin: str = "") -> Answer:
        """Return what kubectl answers to these arguments."""
        ...

    @abstractmethod
    def deletions(self) -> AbstractContextManager[Callable[[str, str], Answer]]:
        """Return what deletes many objects: each by its path of the API, with options as JSON."""
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
        #: Tells that the cluster takes its time.
        self._patience = Patience(tell) if tell is not None else None
        self._where = [
            _PATIENCE,
            *([f"--context={context}"] if context is not None else ()),
            *([f"--kubeconfig={kubeconfig}"] if kubeconfig is not None else ()),
        ]

    def run(self, arguments: Sequence[str], stdin: str = "") -> Answer:
        """Run kubectl to its end. Raises `ClusterError` when it cannot be started or does not come to an end."""
        try:
            with self._waiting(arguments[0]):
                return self._program.run([*arguments, *self._where], stdin=stdin, timeout=_LONGEST)
        except ProgramError as error:
            raise ClusterError(str(error)) from None

    @contextmanager
    def deletions(self) -> Iterator[Callable[[str, str], Answer]]:
        """Yield what deletes objects through one kubectl, or through one for each where that is not possible."""
        from kpy.kubectl.channel import deleter

        with deleter(self._program, self._where, self.run, self._waiting) as found:
            yield found.delete if found is not None else self._delete

    def _delete(self, path: str, options: str) -> Answer:
        return self.run(["delete", "--raw", path, "-f", "-"], options)

    def _waiting(self, verb: str) -> AbstractContextManager[None]:
        return self._patience.waiting(verb) if self._patience is not None else nullcontext()


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
