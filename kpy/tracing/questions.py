"""Questions to the system about paths, which have no audit events: does it exist, is it a folder, where it leads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import BuiltinFunctionType, FrameType
from typing import Any, Final

from kpy.tracing.callers import Caller, asking_frame

__all__ = ["asked_link", "asked_times", "observed_questions"]

#: Is told the path, the frame that asks, and the function that is asked.
Asked = Callable[[str, FrameType, str], None]

_OF_SYSTEM: Final = ("stat", "lstat", "access", "readlink")
#: Those that some systems answer without asking for the state.
_OF_PATHS: Final = ("exists", "lexists", "isfile", "isdir", "islink", "isjunction")
#: How the times of a file are asked for.
_TIMES: Final = frozenset(("", "stat", "lstat", "getmtime", "getatime", "getctime"))


def asked_times(caller: Caller, function: str) -> bool:
    """Return whether somebody may want the times of a file, and not only whether there is one."""
    return function in ("stat", "lstat") and caller.asks_by in _TIMES


def asked_link(function: str) -> bool:
    """Return whether somebody may want to know where a link leads, or that it is none."""
    return function in ("lstat", "readlink", "islink", "lexists", "isjunction")


@contextmanager
def observed_questions(asked: Asked) -> Iterator[None]:
    """Let a function know of each question, until the block ends."""
    places = [(os, name) for name in _OF_SYSTEM]
    places += [(os.path, name) for name in _OF_PATHS if isinstance(getattr(os.path, name, None), BuiltinFunctionType)]
    before = [(module, name, getattr(module, name)) for module, name in places]
    # who asks which functions take the number of a folder, or follow links, is to find these among them
    sets: list[set[Any]] = [os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids]
    for module, name, function in before:
        observed = _observed(function, asked, name)
        for each in sets:
            each |= {observed} if function in each else set()
        setattr(module, name, observed)
    try:
        yield
    finally:
        for module, name, function in before:
            for each in sets:
                each.discard(getattr(module, name))
            setattr(module, name, function)


def _observed(function: Callable[..., Any], asked: Asked, name: str) -> Callable[..., Any]:
    @wraps(function)
    def observed(path: Any, *arguments: Any, **keywords: Any) -> Any:
        if isinstance(path, str | bytes | os.PathLike):
            asked(os.fsdecode(path), asking_frame(), name)
        return function(path, *arguments, **keywords)

    return observed
