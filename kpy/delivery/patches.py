"""What code may put in the place of what all share: functions of modules, the streams, what signals do."""

from __future__ import annotations

import builtins
import decimal
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import ModuleType
from typing import Any

__all__ = ["Shared"]

#: What of `sys` is restored, if it is another object then.
_OF_SYS = ("stdin", "stdout", "stderr", "argv", "excepthook", "displayhook", "__import__")
#: The modules of Python whose functions programs replace: to look at all modules would take as long as a small app.
_OFTEN_PATCHED = frozenset(
    (
        *("builtins", "copy", "datetime", "functools", "hashlib", "io", "json", "locale", "logging", "math", "ntpath"),
        *("os", "pathlib", "posixpath", "random", "re", "subprocess", "tempfile", "time", "uuid"),
    )
)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Shared:
    """What is shared by all code of a process, as it was when this was made; `restore` puts it back.

    Of the modules of Python that are often patched these are functions and classes: what a module keeps for itself,
    such as a cache, is its own affair.
    """

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType] = {}
        self._learnt: set[str] = set()
        #: All names of modules, as they were when they were last looked at.
        self._names: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._settings = list(_settings())
        self._builtins = set(vars(builtins))
        self.settle()

    def restore(self) -> None:
        """Put back all that is not as it was."""
        for name in vars(builtins).keys() - self._builtins:
            delattr(builtins, name)
        if not self._modules.items() <= sys.modules.items():
            sys.modules.update(self._modules)
        for now, before in self._names:
            if now != before:
                _restore(now, before)
        for value, get, put in self._settings:
            if get() is not value and get() != value:
                with suppress(ValueError):  # a limit that is too low for where this is, a stream that is closed
                    put(value)

    def settle(self) -> None:
        """Take the modules that are there by now for those that are to stay."""
        self._modules = dict(sys.modules)
        for name in _OFTEN_PATCHED & self._modules.keys() - self._learnt:
            module = self._modules[name]
            self._names.append((vars(module), dict(vars(module))))
            self._learnt.add(name)


def _restore(now: dict[str, Any], before: dict[str, Any]) -> None:
    """Put back the functions and classes of a module, and remember what else it has by now."""
    for key, value in before.items():
        if now.get(key) is not value and callable(value):
            now[key] = value
    before.clear()
    before.update(now)


Setting = tuple[Any, Callable[[], Any], Callable[[Any], Any]]


def _settings() -> Iterator[Setting]:
    """Yield settings of the process: the value, and what reads and writes it."""
    for name in _OF_SYS:
        if hasattr(sys, name):
            yield _of_attribute(sys, name)
    yield sys.getrecursionlimit(), sys.getrecursionlimit, sys.setrecursionlimit
    # a context is changed in place, and equal to no other
    yield decimal.getcontext().copy(), decimal.getcontext, lambda context: decimal.setcontext(context.copy())
    yield _umask(), _umask, os.umask
    filters = list(warnings.filters)
    yield filters, lambda: list(warnings.filters), _filter
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            yield _of_signal(number)


def _of_attribute(thing: Any, name: str) -> Setting:
    return getattr(thing, name), lambda: getattr(thing, name, None), lambda value: setattr(thing, name, value)


def _of_signal(number: signal.Signals) -> Setting:
    return signal.getsignal(number), lambda: signal.getsignal(number), lambda value: signal.signal(number, value)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _filter(filters: list[Any]) -> None:
    warnings.resetwarnings()  # which tells Python that they have changed
    warnings.filters[:] = filters  # type: ignore[index]  # it is a list, whatever its stub says
