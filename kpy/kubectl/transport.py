"""The seam: the one place that starts kubectl. What is above it can be tested with a stand-in."""

from __future__ import annotations

import os
import shutil
import subprocess
from abc import abstractmethod
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from kpy.errors import ClusterError

__all__ = ["Answer", "Kubectl", "Transport"]

#: A server that says nothing for this long is as good as none; slow webhooks may take half of it.
_PATIENCE = "--request-timeout=60s"


class Answer(NamedTuple):
    """What one run of kubectl gave."""

    #: Its exit code; negative for the signal that ended it.
    code: int
    out: str
    err: str


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
        self, program: str | None = None, *, context: str | None = None, kubeconfig: str | None = None
    ) -> None:
        self._program = _find(program)
        self._where = [
            _PATIENCE,
            *([f"--context={context}"] if context is not None else ()),
            *([f"--kubeconfig={kubeconfig}"] if kubeconfig is not None else ()),
        ]

    def run(self, arguments: Sequence[str], stdin: str = "") -> Answer:
        """Run kubectl to its end. Raises `ClusterError` when it cannot be started."""
        command = [self._program, *arguments, *self._where]
        try:
            done = subprocess.run(command, input=stdin.encode(), capture_output=True, check=False)
        except OSError as error:
            raise ClusterError(f"{self._program}: kubectl cannot be started: {error.strerror}") from None
        return Answer(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def _find(program: str | None) -> str:
    found = shutil.which(program or "kubectl")
    if found is not None:
        return os.path.abspath(found)
    if program is None:
        raise ClusterError(
            "there is no kubectl on PATH: install it (https://kubernetes.io/docs/tasks/tools/), "
            "or say where it is with --kubectl FILE"
        )
    if os.path.exists(program):
        raise ClusterError(f"--kubectl {program}: this is no program that can be run")
    raise ClusterError(f"--kubectl {program}: there is no such program")
