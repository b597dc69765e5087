"""Python's audit events that tell of files, folders, programs and the network, handed to whoever traces.

A hook cannot be taken away again, so there is one for the process, which does nothing while nobody traces.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, Protocol

from kpy.tracing.callers import asking_frame

__all__ = ["Sink", "listen", "stop"]

_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC


class Sink(Protocol):
    """Who is told."""

    def opened(self, path: str, frame: FrameType, *, is_written: bool) -> None:
        """Take note of a file that is about to be opened."""

    def listed(self, path: str | None, frame: FrameType) -> None:
        """Take note of a folder that is about to be listed; nothing for one that is open already."""

    def changed(self, path: str, frame: FrameType) -> None:
        """Take note of what is about to be made, moved or removed."""

    def lost(self, why: str, frame: FrameType) -> None:
        """Take note that nobody can follow what is done now."""


_sink: Sink | None = None
_is_hooked = False


def listen(sink: Sink) -> None:
    """Hand events to a sink, and to no other, until `stop` is called."""
    global _sink, _is_hooked
    _sink = sink
    if not _is_hooked:
        _is_hooked = True
        sys.addaudithook(_hook)


def stop() -> None:
    """Hand events to nobody."""
    global _sink
    _sink = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    # most events are none of these, and there are hundreds for each app
    if event in _HANDLERS and _sink is not None:
        _HANDLERS[event](_sink, arguments, asking_frame())


# else Python shows what it does to no debugger and to no measurement of coverage
setattr(_hook, "__cantrace__", True)  # noqa: B010  # mypy knows no such attribute


def _opened(sink: Sink, arguments: tuple[Any, ...], frame: FrameType) -> None:
    path, mode, flags = arguments
    if not isinstance(path, int):
        is_written = bool(flags & _WRITES) if mode is None else any(letter in mode for letter in "wax+")
        sink.opened(os.fsdecode(path), frame, is_written=is_written)


def _listed(sink: Sink, arguments: tuple[Any, ...], frame: FrameType) -> None:
    path = arguments[0]
    sink.listed(None if isinstance(path, int) else os.fsdecode(os.curdir if path is None else path), frame)


def _changed(sink: Sink, arguments: tuple[Any, ...], frame: FrameType) -> None:
    if not isinstance(arguments[0], int):
        sink.changed(os.fsdecode(arguments[0]), frame)


def _lost(why: str) -> Callable[[Sink, tuple[Any, ...], FrameType], None]:
    return lambda sink, _, frame: sink.lost(why, frame)


_PROGRAM: Final = _lost("it starts a program")
_NETWORK: Final = _lost("it uses the network")
_HANDLERS: Final[dict[str, Callable[[Sink, tuple[Any, ...], FrameType], None]]] = {
    "open": _opened,
    **dict.fromkeys(("os.listdir", "os.scandir"), _listed),
    **dict.fromkeys(
        ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"), _changed
    ),
    **dict.fromkeys(
        ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"), _PROGRAM
    ),
    **dict.fromkeys(
        ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"), _NETWORK
    ),
    "socket.gethostname": _lost("it asks for the name of the machine"),
    "sqlite3.connect": _lost("it opens a database"),
}
