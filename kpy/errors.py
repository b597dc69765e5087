"""Every error kpy raises on purpose.

    KpyError
    ├── ArgumentError (TypeError)      a construct or model was called wrongly
    ├── UsageError (ValueError)        a call that can never work, such as adding a construct twice
    ├── FrozenError (AttributeError)   a change after synthesis has begun
    ├── UnitError (ValueError)         a quantity, duration or percentage that cannot be read
    ├── LoadError (ValueError)         an app or a document that cannot be read
    ├── EmitError (ValueError)         a tree that is not JSON
    ├── WriteError (OSError)           output that could not be written
    ├── ClusterError (ConnectionError) a cluster that cannot be spoken to
    └── SynthError (ValueError)        synthesis found errors; `report` has them all

Each is also the builtin that fits, so `except ValueError` keeps working. A message says where, what is wrong, what was
expected and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from kpy.diagnostics import Report
    from kpy.source import Location

__all__ = [
    "ArgumentError",
    "ClusterError",
    "EmitError",
    "FrozenError",
    "KpyError",
    "LoadError",
    "SynthError",
    "UnitError",
    "UsageError",
    "WriteError",
    "raise_stop",
]


class KpyError(Exception):
    """The base of all errors that kpy raises on purpose."""

    #: The user's line that caused it, where one is known; the message then begins with it.
    where: Location | None = None
    #: The place in the value that was given, which stands after the name of its argument: `[0]`.
    inside: str = ""

    @classmethod
    def at(cls, where: Location | None, text: str) -> Self:
        """Return the error whose message begins with the place, where one is known."""
        error = cls(f"{where}: {text}" if where else text)
        error.where = where
        return error

    def locate(self, where: Location | None) -> None:
        """Begin the message with the place, unless it has one or none is known."""
        if self.where is None and where is not None:
            self.where = where
            self.args = (f"{where}: {self}", *self.args[1:])


class ArgumentError(KpyError, TypeError):
    """A construct or model was called with an argument it does not have or cannot take."""


class UsageError(KpyError, ValueError):
    """A call that can never work, such as adding a construct twice."""


class FrozenError(KpyError, AttributeError):
    """A change to a construct after synthesis has begun."""


class UnitError(KpyError, ValueError):
    """A quantity, duration or percentage that cannot be read."""


class LoadError(KpyError, ValueError):
    """An app, a file or a document that cannot be read."""


class EmitError(KpyError, ValueError):
    """A tree that is not JSON and therefore cannot be written as YAML."""


class WriteError(KpyError, OSError):
    """Output that could not be written; nothing was changed."""


class ClusterError(KpyError, ConnectionError):
    """A cluster, or the kubectl that speaks to it, that cannot do anything for us; nothing was changed."""


class SynthError(KpyError, ValueError):
    """Synthesis found errors; nothing was written."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.to_text())
        #: Everything that was found, warnings and notes included.
        self.report = report

    def locate(self, where: Location | None) -> None:
        """Do nothing: the findings have places of their own."""


def raise_stop(error: BaseException) -> None:
    """Raise the `KeyboardInterrupt` that an exception comes from, if it comes from one.

    A Ctrl-C may arrive in any line, and some code makes another exception of it: Python 3.11 itself raises a
    `RuntimeError` where it arrives while a class names its attributes (`__set_name__`).
    """
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        if isinstance(step, KeyboardInterrupt):
            raise step
        seen.add(id(step))
        step = step.__cause__ or step.__context__
