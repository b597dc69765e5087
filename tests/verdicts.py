"""Verdicts of a real API server (1.36), in `tests/cases/verdicts.jsonl.gz`, and how near another verdict comes to one.

The first line has base documents by name. Each other line is a case: the operator that made its document, the base,
the changes (a path and the new value; a path alone deletes), the HTTP status of the server, and its causes, each a
reason and a path. `tests/cluster/test_verdicts.py` asks a server again.
"""

from __future__ import annotations

import copy
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).parent / "cases" / "verdicts.jsonl.gz"

_STEP = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")


class Case(NamedTuple):
    """A document and what a server says of it."""

    operator: str
    document: dict[str, Any]
    code: int
    #: Reason and path of each cause; no path where the server gives none.
    causes: tuple[tuple[str, str], ...]

    @property
    def is_rejected(self) -> bool:
        return self.code != 201


class Agreement(NamedTuple):
    """How near the reported paths of a rejected document come to those of the server."""

    #: Every path of the server is reported.
    exact: bool
    #: Every path of the server is reported, or its parent or child.
    near: bool
    #: Every path is reported and no other.
    equal: bool


def read_verdicts() -> list[Case]:
    """Return all cases."""
    return list(_read())


def _read() -> Iterator[Case]:
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        bases = json.loads(next(lines))
        for line in lines:
            said = json.loads(line)
            document = _changed(bases.get(said["base"]), said["changes"])
            yield Case(said["op"], document, said["code"], tuple((why, path) for why, path in said["causes"]))


def _changed(base: Any, changes: list[list[Any]]) -> Any:
    document = copy.deepcopy(base)
    for path, *value in changes:
        if not path:
            document = value[0]
            continue
        place = document
        for step in path[:-1]:
            place = place[step]
        if value:
            place[path[-1]] = value[0]
        else:
            del place[path[-1]]
    return document


def agreement(causes: Iterable[tuple[str, str]], reported: Iterable[str]) -> Agreement | None:
    """Compare the reported paths with those of a server; nothing to compare where the server gives none."""
    said = [(why, _steps(path)) for why, path in causes if path]
    if not said:
        return None
    found = {_steps(path) for path in reported if path}
    exact = all(any(_names(steps, cause) for steps in found) for cause in said)
    near = all(any(_names(steps, cause) or _is_near(steps, cause) for steps in found) for cause in said)
    return Agreement(exact, near, exact and all(any(_names(steps, cause) for cause in said) for steps in found))


def _steps(path: str) -> tuple[str | int, ...]:
    """Return the steps of a path, however it writes the keys of maps: `data[a.b]` or `data.a.b`."""
    words = [word for key, name in _STEP.findall(path.lower()) for word in (key or name).strip("'\"").split(".")]
    return tuple(int(word) if word.isascii() and word.isdigit() else word for word in words)


def _names(steps: tuple[str | int, ...], cause: tuple[str, tuple[str | int, ...]]) -> bool:
    """Return whether a reported path is that of the cause.

    The server leaves out indices in places, and for a wrong type also the keys of maps.
    """
    why, said = cause
    if steps == said:
        return True
    bare = tuple(step for step in steps if isinstance(step, str))
    if why != "WrongType":
        return bare == said
    rest = iter(bare)
    return len(bare) <= len(said) + 3 and all(step in rest for step in said)


def _is_near(steps: tuple[str | int, ...], cause: tuple[str, tuple[str | int, ...]]) -> bool:
    """Return whether one path is above the other."""
    why, said = cause
    if why == "WrongType":
        steps = tuple(step for step in steps if isinstance(step, str))
    shorter = min(len(steps), len(said))
    return shorter > 0 and steps[:shorter] == said[:shorter]
