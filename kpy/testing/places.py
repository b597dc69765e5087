"""Where a run of pytest has its files."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

__all__ = ["Places", "enter", "leave", "places", "root"]


class Places(NamedTuple):
    """Where a run of pytest has its files."""

    #: The folder of the project.
    root: Path
    #: The folder of its snapshots.
    snapshots: Path
    #: The first folders of its tests, which snapshots leave out.
    test_folders: frozenset[str]


#: The places of the runs that are under way; of runs within a run, the innermost is last.
_runs: list[Places] = []


def enter(places: Places) -> None:
    """Remember the places of a run that begins."""
    _runs.append(places)


def leave() -> None:
    """Forget the places of the innermost run."""
    _runs.pop()


def places() -> Places:
    """Return the places of this run of pytest."""
    return _runs[-1]


def root() -> Path:
    """Return the folder of the project; outside pytest, the current one."""
    return _runs[-1].root if _runs else Path()
