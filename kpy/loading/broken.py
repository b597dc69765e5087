"""Code of a user that raises: its own lines of the traceback, and none of kpy's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from kpy.errors import KpyError, LoadError, raise_stop
from kpy.loading.imports import import_hint
from kpy.source import PACKAGES, Location, is_installed, is_of_python

if TYPE_CHECKING:
    from traceback import FrameSummary, TracebackException

__all__ = ["BrokenAppError", "run_user_code", "text_of", "user_traceback"]

P = ParamSpec("P")
R = TypeVar("R")

_HERE = __file__.rpartition("/loading/")[0] + "/"
_DEPENDENCIES = {"attr", "attrs", "jsonschema", "referencing", "yaml"}


class BrokenAppError(LoadError):
    """The code of an app raised; `__cause__` is what it raised.

    What kpy raised on purpose is told as it is, at the line that caused it; of all else there is a traceback.
    """

    def __init__(self, place: str, error: BaseException) -> None:
        #: The traceback with the user's own lines, as Python prints it.
        self.traceback = user_traceback(error)
        #: The lines of the user that led to the one that caused it, the nearest first; none for a plain traceback.
        self.callers: tuple[Location, ...] = ()
        #: Whether it was kpy's own code that raised, without meaning to.
        self.is_internal = False
        text = f"{place}: its code raised\n{self.traceback}"
        if hint := import_hint(error):
            text += f"\nfix: {hint}"
        elif raised_at := _raised_in_kpy(error):
            self.is_internal = True
            text += f"\n{_sorry(raised_at)}"
        if isinstance(error, KpyError):
            lines = _lines_of(error)
            self.where = lines[0] if lines else None
            self.callers = tuple(lines[1:])
            text = "\n".join([text_of(error), *getattr(error, "__notes__", ())])
            text = f"{self.where or place}: {text}"
        super().__init__(text)

    @property
    def raised_at(self) -> Location | None:
        """The innermost line of the user's that raised, or that Python could not read."""
        cause = self.__cause__
        if isinstance(cause, SyntaxError) and cause.filename:
            return Location(cause.filename, cause.lineno or 1, cause.offset or 0)
        if self.where is not None or cause is None:
            return self.where
        return next(iter(_lines_of(cause)), None)


def _raised_in_kpy(error: BaseException) -> str:
    """Return the line of kpy that raised an exception of Python's; empty where kpy did not, or meant to.

    What an object lacks, `kpy.Deploymnet`, is raised on purpose, and what has no bottom or no room is the user's.
    """
    from traceback import extract_tb

    if isinstance(error, KpyError | RecursionError | MemoryError | OSError) or not isinstance(error, Exception):
        return ""
    for frame in reversed(extract_tb(error.__traceback__)):
        file = frame.filename
        if file.startswith(_HERE):
            is_meant = frame.name.startswith("__get") or file.startswith(os.path.join(_HERE, "loading"))
            return "" if is_meant else f"{os.path.relpath(file, os.path.dirname(_HERE[:-1]))}:{frame.lineno}"
        if not (file.startswith("<") or is_of_python(file) or _is_of_dependency(file)):
            return ""
    return ""


def _sorry(raised_at: str) -> str:
    """Return what is added where kpy's own code raised something else than an error of kpy."""
    from kpy.checking.internal import REPORT_AT

    return (
        f"kpy itself raised this ({raised_at}), where it should have said what is wrong: that is a fault of kpy; "
        f"please report it with this text: {REPORT_AT}"
    )


def _is_of_dependency(file: str) -> bool:
    """Return whether a file is of a package that kpy stands on: what it raises, kpy should have caught."""
    for name in PACKAGES:
        _, found, inside = file.partition(name)
        if found:
            return inside.partition(os.sep)[0] in _DEPENDENCIES
    return False


def text_of(error: KpyError) -> str:
    """Return the message of an error without the place that it begins with."""
    return str(error).removeprefix(f"{error.where}: ")


def run_user_code(place: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call code of the file or module that was asked for; what it raises becomes a `BrokenAppError`."""
    try:
        return function(*args, **kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise_stop(error)
        raise BrokenAppError(place, error) from error


def user_traceback(error: BaseException) -> str:
    """Return the traceback of an error with the user's own lines only.

    Frames of kpy and of Python's import machinery are always left out, those of other libraries when a line of the
    user's remains. An error that led to another is shown only when it has lines of the user's.
    """
    from traceback import TracebackException

    shown = TracebackException.from_exception(error)
    _keep_own(shown)
    return _without_secrets("".join(shown.format()).rstrip("\n"), {frame.filename for frame in _frames(shown)})


def _frames(shown: TracebackException) -> list[FrameSummary]:
    led_here = [each for each in (shown.__cause__, shown.__context__) if each is not None]
    return [*shown.stack, *(frame for each in led_here for frame in _frames(each))]


def _without_secrets(text: str, files: Iterable[str]) -> str:
    """Return a traceback without what the program, or the environment by its names, gives for a secret."""
    from linecache import getlines

    from kpy.redaction.fields import is_sensitive_name
    from kpy.redaction.mask import Mask
    from kpy.redaction.python_text import redacted_lines, secret_texts

    # To a shell, PWD is the working directory.
    found = {name: value for name, value in os.environ.items() if is_sensitive_name(name) and name != "PWD"}
    for file in sorted(files):
        program = "".join(getlines(file))
        found |= {f"{file}:{at}": value for at, value in enumerate(secret_texts(program))}
        for line, shown in redacted_lines(program).items():
            text = text.replace(line, shown)
    return Mask([{"kind": "Secret", "stringData": found}]).hide(text)


def _lines_of(error: BaseException) -> list[Location]:
    """Return the line that caused an error and those of the user that led there, the nearest first."""
    from traceback import extract_tb

    frames = [frame for frame in extract_tb(error.__traceback__) if not _is_ours(frame) and _is_own(frame)]
    lines = [Location(frame.filename, frame.lineno or 0) for frame in reversed(frames)]
    cause = error.where if isinstance(error, KpyError) else None
    if cause is None:
        return lines
    return [cause, *(line for line in lines if (line.file, line.line) != (cause.file, cause.line))]


def _keep_own(shown: TracebackException, *, chained: bool = False) -> None:
    from traceback import StackSummary

    not_ours = [frame for frame in shown.stack if not _is_ours(frame)]
    own = [frame for frame in not_ours if _is_own(frame)]
    shown.stack = StackSummary.from_list(own if own or chained else not_ours)
    for led_here in (shown.__cause__, shown.__context__):
        if led_here is not None:
            _keep_own(led_here, chained=True)
    if shown.__cause__ is not None and not shown.__cause__.stack:
        shown.__cause__ = None
        shown.__suppress_context__ = True
    if shown.__context__ is not None and not shown.__context__.stack:
        shown.__context__ = None


def _is_ours(frame: FrameSummary) -> bool:
    return frame.filename.startswith((_HERE, "<"))


def _is_own(frame: FrameSummary) -> bool:
    return not is_of_python(frame.filename) and not is_installed(frame.filename)
