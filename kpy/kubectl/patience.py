"""Saying that a cluster takes its time, once for all who wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

__all__ = ["Patience"]

#: After how many seconds without any answer a person is told so, and again after as many more.
_SLOW: float = 10
#: How often that is looked at, as a part of these seconds.
_LOOKS = 10


class Patience:
    """Knows who waits for an answer, and since when there was none."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._lock = Lock()
        self._waiting = 0
        self._heard = 0.0
        self._done = Event()

    @contextmanager
    def waiting(self, verb: str) -> Iterator[None]:
        """Wait for an answer to a command of kubectl, and tell where there is none for long."""
        with self._lock:
            self._waiting += 1
            if self._waiting == 1:
                self._heard, self._done = time.monotonic(), Event()
                Thread(target=self._remind, args=(self._done, verb), daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1
                self._heard = time.monotonic()
                if not self._waiting:
                    self._done.set()

    def _remind(self, done: Event, verb: str) -> None:
        told = 0
        while not done.wait(_SLOW / _LOOKS):
            times = int((time.monotonic() - self._heard) / _SLOW)
            if times < told:  # there was an answer since
                told = times
            if times > told:
                told += 1
                self._tell(f"kubectl {verb}: no answer from the cluster for {told * _SLOW:g} s, still waiting")
