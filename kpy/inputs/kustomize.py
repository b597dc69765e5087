"""Kustomizations of a folder: which files each of them takes, itself and through others, and what it makes besides."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from kpy.documents import Document, read_file
from kpy.inputs.walk import KUSTOMIZATIONS
from kpy.watch import saw_place

__all__ = ["Kustomization", "Kustomizations", "is_remote", "texts_in"]

#: Fields by which a kustomization takes files and folders.
_TAKEN: Final = ("resources", "bases")
#: What somebody else runs to make objects or to change them.
_CHANGERS: Final = ("transformers",)
_MAKERS: Final = ("generators", "helmCharts", "helmChartInflationGenerator")


class Kustomization:
    """One kustomization, as far as its text says what it does."""

    def __init__(self, file: str, tree: Mapping[str, Any]) -> None:
        self.file = file
        self.tree = tree

    @property
    def folder(self) -> str:
        """The folder that it is in, and that its paths begin at."""
        return os.path.dirname(self.file)

    def path(self, name: str) -> str:
        """Return the path of a file or folder that it names."""
        return os.path.normpath(os.path.join(self.folder, name))

    @cached_property
    def taken(self) -> list[str]:
        """The files and folders that it takes objects from."""
        return [self.path(name) for field in _TAKEN for name in texts_in(self.tree.get(field)) if not is_remote(name)]

    @cached_property
    def components(self) -> list[str]:
        """The folders of components, which change what was taken before."""
        return [self.path(name) for name in texts_in(self.tree.get("components")) if not is_remote(name)]

    @cached_property
    def remotes(self) -> list[str]:
        """What it takes from elsewhere."""
        return [name for field in (*_TAKEN, "components") for name in texts_in(self.tree.get(field)) if is_remote(name)]

    @property
    def has_plugins(self) -> bool:
        """Whether programs or other files of settings change the objects in ways that it does not say."""
        return any(self.tree.get(field) for field in _CHANGERS)

    @property
    def makes_more(self) -> bool:
        """Whether it makes objects that no file here has."""
        return bool(self.remotes) or any(self.tree.get(field) for field in _MAKERS)


class Kustomizations:
    """All kustomizations of a folder."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._by_folder: dict[str, Kustomization] = {}
        for document in documents:
            if isinstance(document.tree, dict):
                self.add(Kustomization(document.file, document.tree))

    def add(self, kustomization: Kustomization) -> None:
        """Take one more."""
        self._by_folder.setdefault(os.path.normpath(kustomization.folder), kustomization)

    def __iter__(self) -> Iterator[Kustomization]:
        """Iterate over all of them."""
        yield from self._by_folder.values()

    def in_folder(self, folder: str) -> Kustomization | None:
        """Return the kustomization of a folder; one outside of what was named is read when another takes it."""
        key = os.path.normpath(folder)
        if key not in self._by_folder:
            found = next(filter(None, map(_read, (os.path.join(folder, name) for name in KUSTOMIZATIONS))), None)
            if found is None:
                return None
            self._by_folder[key] = found
        return self._by_folder[key]

    def chain(self, kustomization: Kustomization) -> list[Kustomization]:
        """Return a kustomization and the components that change what it takes."""
        found: list[Kustomization] = []
        waiting = [kustomization]
        while waiting:
            current = waiting.pop(0)
            if current not in found:
                found.append(current)
                waiting += filter(None, map(self.in_folder, current.components))
        return found

    def files(self, kustomization: Kustomization) -> list[str]:
        """Return the files of objects that one takes, through others too."""
        return self._taken(kustomization)[0]

    def below(self, kustomization: Kustomization) -> list[Kustomization]:
        """Return a kustomization and all others that it takes."""
        return self._taken(kustomization)[1]

    def roots(self) -> list[Kustomization]:
        """Return those that no other takes, and that are no components: what people build."""
        inner = {id(each) for one in [*self] for each in self.below(one) if each is not one}
        return [each for each in self if id(each) not in inner and each.tree.get("kind") != "Component"]

    def _taken(self, kustomization: Kustomization) -> tuple[list[str], list[Kustomization]]:
        files: dict[str, None] = {}
        met: list[Kustomization] = []
        waiting = [kustomization]
        while waiting:
            current = waiting.pop()
            if current in met:
                continue
            met.append(current)
            for path in (*current.taken, *current.components):
                saw_place(path)
                inner = self.in_folder(path) if os.path.isdir(path) else None
                if inner is not None:
                    waiting.append(inner)
                else:
                    files[path] = None
        return [*files], met


def is_remote(name: str) -> bool:
    """Return whether a kustomization means something that is not on this machine."""
    return "://" in name or "?ref=" in name or name.startswith(("git@", "github.com/", "git::"))


def texts_in(value: object) -> Sequence[str]:
    """Return the texts of a list; none of what is no list."""
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else ()


def _read(file: str) -> Kustomization | None:
    saw_place(file)
    if not os.path.isfile(file):
        return None
    trees = [document.tree for document in read_file(file).documents if isinstance(document.tree, dict)]
    return Kustomization(file, trees[0]) if trees else None
