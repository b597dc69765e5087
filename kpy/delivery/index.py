"""The index of a workspace: what each output was made of, and what was written, so that it need not be made again.

It is an entry of the project's cache, which nobody but this user's kpy can write: plain data, safe to delete. States
of files and variables stand in it as digests that are made with the user's key, since some of them are secrets.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpy.project_cache import ProjectCache
from kpy.tracing.imports import BESIDE, MODULE
from kpy.tracing.states import FILE, FOLDER, LINK, PLACE, States
from kpy.tracing.tracer import INSTALLED

if TYPE_CHECKING:
    from kpy.watch import Watch

__all__ = ["Index", "Kept"]

_FORM: Final = 1
_PATHS: Final = (FILE, FOLDER, PLACE)
#: The longest index, unpacked.
_LONGEST: Final = 512 << 20


class Kept(NamedTuple):
    """What is kept of an output."""

    #: Digests of what the settings say of it, and of how its files are laid out.
    settings: str
    form: str
    app: str
    objects: int
    #: As JSON has them.
    findings: list[Any]
    #: Paths to digests of the hashes of their contents.
    files: dict[str, str]
    #: What it was made of, by number.
    inputs: list[int]
    #: Why nobody can say what it was made of.
    reasons: list[str]


class Index:
    """What is known of the outputs of a project, for one question: one kpy, one Python, the same words."""

    def __init__(self, cache: ProjectCache, folder: str, question: str, states: States) -> None:
        self.states = states
        self._cache = cache
        self._folder = os.path.abspath(folder)
        self._name = f"outputs {_FORM} {question}"
        self._inputs: list[tuple[str, str]] = []
        self._numbers: dict[tuple[str, str], int] = {}
        #: Whether an input is as it was, by number, as far as anybody has asked.
        self._holding: dict[int, bool] = {}
        #: What all outputs are made of: definitions, policies, installed modules.
        self.common: list[int] = []
        self.outputs: dict[str, Kept] = {}

    def read(self) -> bool:
        """Take what an earlier run has kept; return whether there was an index. What is broken is none."""
        entry = self._cache.read(self._name)
        packed = entry.part(0) if entry is not None else None
        if packed is None:
            return False
        try:
            unpacked = zlib.decompressobj().decompress(packed, _LONGEST)
            tree = json.loads(unpacked)
            self._inputs = [(str(name), str(state)) for name, state in tree["inputs"]]
            self.common = [int(number) for number in tree["common"]]
            self.outputs = {str(name): Kept(*each) for name, each in tree["outputs"].items()}
        except (ValueError, TypeError, KeyError, zlib.error, RecursionError):
            self._inputs, self.common, self.outputs = [], [], {}
            return False
        self._numbers = {each: number for number, each in enumerate(self._inputs)}
        return True

    def write(self, there: Iterable[str]) -> None:
        """Keep what is known of the outputs that there are; that it cannot be kept is no error."""
        names = set(there)
        kept = {name: each for name, each in self.outputs.items() if name in names}
        used = sorted({*self.common, *(number for each in kept.values() for number in each.inputs)})
        places = {number: place for place, number in enumerate(used)}
        tree = {
            "inputs": [self._inputs[number] for number in used],
            "common": [places[number] for number in self.common],
            "outputs": {
                name: each._replace(inputs=[places[number] for number in each.inputs]) for name, each in kept.items()
            },
        }
        content = json.dumps(tree, separators=(",", ":")).encode()
        if len(content) <= _LONGEST and self._cache.store(self._name, _FORM, [zlib.compress(content, 1)]):
            self._cache.make_room()

    def digest(self, text: str) -> str:
        """Return a digest of a text that only this user can make."""
        return (self._cache.digest(text) or "")[:24]

    def numbers_of(self, watch: Watch) -> list[int]:
        """Return the numbers of what was looked at; files of installed packages become part of what all are made of."""
        found = []
        for path, state in watch.states.items():
            found.append(self._number(f"{state.partition(' ')[0]} {self._short(os.path.abspath(path))}", state))
        for name, state in watch.others.items():
            what, _, rest = name.partition(" ")
            if name.startswith((MODULE, BESIDE, INSTALLED, LINK)):
                number = self._number(f"{what} {self._short(rest)}", state)
            else:
                number = self._number(name, self.states.of_other(name))
            if name.startswith(INSTALLED):
                self.common += [number] if number not in self.common else []
            else:
                found.append(number)
        return sorted(set(found))

    def holds(self, numbers: Iterable[int]) -> bool:
        """Return whether everything is as it was."""
        return all(self._holds(number) for number in numbers)

    def changed(self, numbers: Iterable[int]) -> str | None:
        """Return the first that is not as it was."""
        return next((self._inputs[number][0] for number in numbers if not self._holds(number)), None)

    def names(self, numbers: Iterable[int]) -> list[tuple[str, str]]:
        """Return what was looked at: as what, and its whole path or its name."""
        return [self._long(self._inputs[number][0]) for number in numbers]

    def _holds(self, number: int) -> bool:
        if (found := self._holding.get(number)) is None:
            name, state = self._inputs[number]
            found = self._holding[number] = self.digest(self._state(name)) == state
        return found

    def _state(self, name: str) -> str:
        what, rest = self._long(name)
        if what in _PATHS:
            return self.states.of_path(rest, what)
        if f"{what} " == INSTALLED:
            return self.states.of_path(rest, FILE)
        return self.states.of_other(f"{what} {rest}")

    def _number(self, name: str, state: str) -> int:
        key = name, self.digest(state)
        if (number := self._numbers.get(key)) is None:
            number = self._numbers[key] = len(self._inputs)
            self._inputs.append(key)
        return number

    def _short(self, path: str) -> str:
        """Return a path from the folder of the project, where it is in it."""
        if path == self._folder:
            return "."
        inside = path.removeprefix(os.path.join(self._folder, ""))
        return inside.replace(os.sep, "/") if inside != path else path

    def _long(self, name: str) -> tuple[str, str]:
        what, _, rest = name.partition(" ")
        if what in _PATHS or name.startswith((MODULE, BESIDE, INSTALLED, LINK)):
            rest = os.path.normpath(os.path.join(self._folder, rest))
        return what, rest
