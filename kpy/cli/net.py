"""The net under every command: what nobody expected is told as a fault of kpy, and never as a traceback.

The text names no values, since these may be secrets: an exception says its class and the line that raised it. With
`KPY_DEBUG=1` in the environment the traceback follows, for whoever mends kpy.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from types import FrameType, TracebackType

from kpy.checking.internal import REPORT_AT
from kpy.cli.codes import CANNOT, FAULT
from kpy.cli.options import Command, Given

__all__ = ["DEBUG", "code_of_failure", "debug_text", "failure_to_text"]

#: The variable of the environment that asks for tracebacks.
DEBUG = "KPY_DEBUG"
#: How many words of a command line are repeated.
_WORDS = 3
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep

#: What no program can help: a full disk, too many open files, a device that fails.
_MACHINE = {
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "ENOMEM", "EIO", "EROFS", "ENOTCONN", "ESTALE")
    if hasattr(errno, name)
}


def code_of_failure(error: Exception) -> int:
    """Return the exit code for an unexpected exception: a fault of kpy, or of the machine that it runs on."""
    return CANNOT if _of_machine(error) else FAULT


def failure_to_text(error: Exception, command: Command | None = None, given: Given | None = None) -> str:
    """Return what is told about an unexpected exception: whose fault it is, what kpy was doing, where to report it."""
    if said := _of_machine(error):
        return f"error: {said}"
    lines = [f"error: this is a fault of kpy itself, not yours: {type(error).__name__}{_raised_at(error)}"]
    lines.append(f"   doing    {_doing(command, given)}")
    if thing := _thing(error):
        lines.append(f"   object   {thing}")
    lines.append(f"   running  {_versions()}")
    fix = f"please report it with this text: {REPORT_AT}"
    if said := debug_text(error):
        return "\n".join([*lines, f"   fix      {fix}", "", said])
    lines.append(f"   fix      {fix}; {DEBUG}=1 in the environment adds the traceback, which may hold secrets")
    return "\n".join(lines)


def debug_text(error: BaseException) -> str:
    """Return the traceback, if the environment asks for it."""
    if os.environ.get(DEBUG, "0") in ("", "0"):
        return ""
    from traceback import format_exception

    return "".join(format_exception(error)).rstrip("\n")


def _of_machine(error: Exception) -> str:
    """Return what is wrong with the machine; empty where it is kpy that is wrong."""
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    if not isinstance(error, OSError):
        return ""
    if error.errno in _MACHINE:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror}"
    try:
        os.getcwd()
    except OSError:
        return "the current folder is gone: change to one that is there"
    return ""


def _doing(command: Command | None, given: Given | None) -> str:
    """Return the command and what it was given to work on; options may hold secrets, and are left out."""
    if command is None:
        return "kpy"
    argument = command.argument
    words: list[str] = []
    if given is not None:
        word = None if argument.many else given.text(argument.name)
        words = given.texts(argument.name) if argument.many else [word] if word else []
    more = f" and {len(words) - _WORDS} more" if len(words) > _WORDS else ""
    named = " ".join(words[:_WORDS]) or _app_of_settings() or "with no app named"
    return f"kpy {command.name} {named}{more}"


def _app_of_settings() -> str:
    """Return the app that the settings name; empty where they name none, or are what cannot be read."""
    from kpy.project import read_settings

    try:
        app = read_settings().app
    except (OSError, ValueError):
        return ""
    return f"{app}, the app of [tool.kpy]" if app else ""


def _raised_at(error: Exception) -> str:
    """Return the line of kpy that raised it, or called what did."""
    ours = [f"{name.removeprefix(_PACKAGE)}:{line}" for frame, line in _steps(error) if (name := _file(frame))]
    return f" (kpy{os.sep}{ours[-1]})" if ours else ""


def _file(frame: FrameType) -> str:
    """Return the file of a frame of kpy's own; empty for others."""
    name = frame.f_code.co_filename
    return name if name.startswith(_PACKAGE) else ""


def _thing(error: Exception) -> str:
    """Return the object that kpy was at, and its line, from the variables of the functions that were running."""
    from kpy.manifest import Resource
    from kpy.tree.part import Part, describe

    for frame, _ in reversed(list(_steps(error))):
        if not _file(frame):
            continue
        for value in frame.f_locals.values():
            if isinstance(value, Resource):
                return f"{value}, {value.where}" if value.where else str(value)
            if isinstance(value, Part) and value.__dict__.get("name"):
                return describe(value)
    return ""


def _steps(error: Exception) -> Iterator[tuple[FrameType, int]]:
    step: TracebackType | None = error.__traceback__
    while step is not None:
        yield step.tb_frame, step.tb_lineno
        step = step.tb_next


def _versions() -> str:
    from kpy.version import version

    own = version()
    return f"kpy {own}, Python {'.'.join(map(str, sys.version_info[:3]))}, {sys.platform}"
