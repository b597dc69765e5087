"""Being stopped: by Ctrl-C, or by the signal with which CI ends a job that was cancelled or took too long."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Terminated", "code_of_stop", "end_when_terminated", "interruptible", "uninterruptible", "word_of_stop"]


class Terminated(KeyboardInterrupt):
    """SIGTERM: everything is left as it would be by Ctrl-C, but the exit code tells the two apart."""


def code_of_stop(stop: KeyboardInterrupt) -> int:
    """Return the exit code of a command that was stopped: 128 and the number of the signal, as shells have it."""
    return 128 + (signal.SIGTERM if isinstance(stop, Terminated) else signal.SIGINT)


def word_of_stop(stop: KeyboardInterrupt) -> str:
    """Return what happened to a command that was stopped."""
    return "terminated" if isinstance(stop, Terminated) else "interrupted"


def end_when_terminated() -> None:
    """Let SIGTERM end this process in order, with everything cleaned up; Python would end it on the spot."""
    signal.signal(signal.SIGTERM, _terminate)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGTERM count as Ctrl-C for a while."""
    with _on(_terminate, signal.SIGTERM):
        yield


@contextmanager
def uninterruptible() -> Iterator[None]:
    """Let a second Ctrl-C pass by kpy, and the programs that it starts, while something short is brought to its end."""
    with _on(signal.SIG_IGN, signal.SIGINT, signal.SIGTERM):
        yield


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


@contextmanager
def _on(handler: Callable[[int, FrameType | None], object] | int, *signals: int) -> Iterator[None]:
    """Handle signals in another way for a while; do nothing outside the main thread, which alone gets signals."""
    import threading

    is_main = threading.current_thread() is threading.main_thread()
    before = {number: signal.signal(number, handler) for number in signals} if is_main else {}
    try:
        yield
    finally:
        for number, handled in before.items():
            signal.signal(number, handled)
