"""How far the objects of an app are, as it happens: a table on a terminal with rich, else lines."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from kpy.cli.output import say

if TYPE_CHECKING:
    from rich.table import Table

    from kpy.kubectl import Key, State

__all__ = ["Show", "progress"]


class Show(Protocol):
    """Something that shows how far objects are."""

    def __call__(self, states: Mapping[Key, State]) -> None:
        """Show it, again and again."""


@contextmanager
def progress() -> Iterator[Show]:
    """Return what shows progress on standard error while the context lasts."""
    if sys.stderr is not None and sys.stderr.isatty():
        try:
            from rich.console import Console
            from rich.live import Live
        except ImportError:
            pass
        else:
            with Live(console=Console(stderr=True), auto_refresh=False) as live:
                yield lambda states: live.update(_table(states), refresh=True)
            return
    yield _Lines()


class _Lines:
    """A line for every object whose state is another than before."""

    def __init__(self) -> None:
        self._shown: dict[Key, State] = {}

    def __call__(self, states: Mapping[Key, State]) -> None:
        for key, state in states.items():
            if self._shown.get(key) != state:
                say(f"{state.phase:<10}{key}: {state.message}")
        self._shown = dict(states)


def _table(states: Mapping[Key, State]) -> Table:
    from rich.table import Table
    from rich.text import Text

    colours = {"ready": "green", "waiting": "yellow", "failed": "red"}
    table = Table.grid(padding=(0, 2))
    for key, state in states.items():
        table.add_row(Text(state.phase, colours[state.phase]), Text(str(key)), Text(state.message))
    return table
