"""What an app may change of the process that makes it, and the next one must not find."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any, NoReturn

from kpy.delivery.patches import Shared

__all__ = ["undisturbed"]


class undisturbed:  # noqa: N801  # reads as `with undisturbed():`
    """A block after which environment, working folder, import path and what else is shared are what they were before.

    That is what they were when it was made; it can be used again.
    """

    def __init__(self) -> None:
        self.environment, self.path, self.folder = dict(os.environ), list(sys.path), os.getcwd()
        self._kept = _kept()
        self._shared = Shared()

    def __enter__(self) -> None:
        """Begin; what would end the process at once ends the block."""
        self._shared.settle()
        ended, process = os._exit, os.getpid()

        def end(status: int) -> NoReturn:
            if os.getpid() != process:  # a process that the app has started
                ended(status)
            raise SystemExit(status)

        self._ended, os._exit = ended, end

    def __exit__(self, *_: object) -> None:
        os._exit = self._ended
        if _kept() != self._kept:
            for name in os.environ.keys() - self.environment.keys():
                del os.environ[name]
            os.environ.update(self.environment)
        self._shared.restore()
        sys.path[:] = self.path
        with suppress(OSError):  # it may be gone
            os.chdir(self.folder)


def _kept() -> dict[Any, Any]:
    """Return the variables as Python keeps them: to decode all of them takes as long as a small app."""
    return dict(getattr(os.environ, "_data", os.environ))
