"""Code of a user that raises: its own lines of the traceback, and none of kpy's."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from kpy.errors import LoadError

if TYPE_CHECKING:
    from traceback import FrameSummary, TracebackException

__all__ = ["BrokenAppError", "run_user_code", "user_traceback"]

P = ParamSpec("P")
R = TypeVar("R")

_HERE = __file__.rpartition("/loading/")[0] + "/"
_LIBRARY = os.path.dirname(os.__file__) + "/"


class BrokenAppError(LoadError):
    """The code of an app raised; `__cause__` is what it raised."""

    def __init__(self, place: str, error: BaseException) -> None:
        #: The traceback with the user's own lines, as Python prints it.
        self.traceback = user_traceback(error)
        super().__init__(f"{place}: its code raised\n{self.traceback}")


def run_user_code(place: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call code of the file or module that was asked for; what it raises becomes a `BrokenAppError`."""
    try:
        return function(*args, **kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise BrokenAppError(place, error) from error


def user_traceback(error: BaseException) -> str:
    """Return the traceback of an error with the user's own lines only.

    Frames of kpy and of Python's import machinery are always left out, those of other libraries when a line of the
    user's remains. An error that led to another is shown only when it has lines of the user's.
    """
    from traceback import TracebackException

    shown = TracebackException.from_exception(error)
    _keep_own(shown)
    return "".join(shown.format()).rstrip("\n")


def _keep_own(shown: TracebackException) -> None:
    from traceback import StackSummary

    not_ours = [frame for frame in shown.stack if not frame.filename.startswith((_HERE, "<"))]
    own = [frame for frame in not_ours if _is_own(frame)]
    shown.stack = StackSummary.from_list(own or not_ours)
    for chained in (shown.__cause__, shown.__context__):
        if chained is not None:
            _keep_own(chained)
    if shown.__cause__ is not None and not shown.__cause__.stack:
        shown.__cause__ = None
        shown.__suppress_context__ = True
    if shown.__context__ is not None and not shown.__context__.stack:
        shown.__context__ = None


def _is_own(frame: FrameSummary) -> bool:
    return not frame.filename.startswith(_LIBRARY) and "/site-packages/" not in frame.filename
