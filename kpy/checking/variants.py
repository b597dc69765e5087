"""Files that declare the same objects differently are variants, of which one is applied: none is judged by another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from os.path import dirname
from typing import Final, NamedTuple

from kpy.checking.object_set import Finding, Member
from kpy.checking.texts import VARIANTS
from kpy.diagnostics import Diagnostic, Related
from kpy.objects import Key, Tree, title

__all__ = ["Variants", "World"]

#: How many objects are looked at in all worlds together before only the folder of a variant is looked at with it.
_BUDGET: Final = 20_000
#: How many files of a folder are looked at together then.
_LARGEST_FOLDER: Final = 500
#: How many variants of a set are named.
_NAMED: Final = 5

#: What a file says of the objects that other files say otherwise: for each, which of the versions.
Choices = Mapping[Key, int]


class World(NamedTuple):
    """Files that can be applied together."""

    files: frozenset[str]
    #: Those of them whose findings count here; each file is at home in one world.
    home: frozenset[str]


class Variants:
    """Which files of a set of objects are variants of which others."""

    def __init__(self, members: Sequence[Member], files: Sequence[str]) -> None:
        self._members = members
        self._files = files
        self._all = [*dict.fromkeys(files[member.number] for member in members)]
        #: The files that are variants of others, and what each says.
        self.choices: dict[str, dict[Key, int]] = {}
        self._contested: dict[Key, dict[str, Member]] = {}
        for key, same in self._by_key().items():
            if len(same) > 1:
                self._compare(key, same)

    def _by_key(self) -> dict[Key, list[Member]]:
        members: dict[Key, list[Member]] = {}
        for member in self._members:
            if member.name:
                key = Key(member.group, member.kind, member.namespace, member.name)
                members.setdefault(key, []).append(member)
        return members

    def _compare(self, key: Key, same: list[Member]) -> None:
        """Note what each file says of an object; of one that a file has twice, the first counts."""
        versions: list[Tree] = []
        said: dict[str, int] = {}
        first: dict[str, Member] = {}
        for member in same:
            file = self._files[member.number]
            if file not in said:
                if member.written not in versions:
                    versions.append(member.written)
                said[file] = versions.index(member.written)
                first[file] = member
        if len(versions) > 1:
            self._contested[key] = first
            for file, version in said.items():
                self.choices.setdefault(file, {})[key] = version

    def worlds(self) -> Iterator[World]:
        """Yield sets of files that can be applied together, until each file has been at home in one.

        A file is at home where as much of its folder is as can be.
        """
        waiting = dict.fromkeys(self._all)
        left = _BUDGET
        while waiting:
            seed = next(iter(waiting))
            folder = dirname(seed)
            near = self._by_folder[folder]
            folders: list[str] = []
            if left > 0:
                folders = sorted(self._by_folder, key=lambda other: -_closeness(folder, other))[1:]
            else:
                near = near[:_LARGEST_FOLDER]
            far = [file for other in folders for file in self._by_folder[other]]
            far.sort(key=lambda file: file not in waiting)
            taken = self._around(seed, (*near, *far))
            left -= sum(len(self._by_file[file]) for file in taken) + len(folders)
            whole = {name for name, files in self._by_folder.items() if name == folder or taken.issuperset(files)}
            home = frozenset(file for file in taken if file in waiting and dirname(file) in whole)
            yield World(frozenset(taken), home)
            for file in home:
                del waiting[file]

    def _around(self, seed: str, files: Iterable[str]) -> set[str]:
        """Return the files that go with one, of some that come in the order of how much they matter."""
        taken = {seed}
        chosen = dict(self.choices.get(seed, {}))
        for file in files:
            choices = self.choices.get(file)
            if choices is None:
                taken.add(file)
            elif _agree(choices, chosen):
                taken.add(file)
                chosen |= choices
        return taken

    @cached_property
    def _by_folder(self) -> dict[str, list[str]]:
        folders: dict[str, list[str]] = {}
        for file in self._all:
            folders.setdefault(dirname(file), []).append(file)
        return folders

    def members(self, files: frozenset[str]) -> list[Member]:
        """Return the objects of some files, in their order."""
        if len(files) == len(self._all):
            return [*self._members]
        found = [pair for file in files for pair in self._by_file.get(file, ())]
        return [member for _, member in sorted(found, key=lambda pair: pair[0])]

    @cached_property
    def _by_file(self) -> dict[str, list[tuple[int, Member]]]:
        members: dict[str, list[tuple[int, Member]]] = {}
        for at, member in enumerate(self._members):
            members.setdefault(self._files[member.number], []).append((at, member))
        return members

    def beside(self, file: str) -> frozenset[str]:
        """Return all files that may be applied together with one."""
        own = self.choices.get(file)
        if own is None:
            return self.everything
        return frozenset(other for other in self._all if _agree(self.choices.get(other, {}), own))

    @cached_property
    def everything(self) -> frozenset[str]:
        """All files."""
        return frozenset(self._all)

    def file(self, finding: Finding) -> str:
        """Return the file of a finding."""
        return self._files[finding.number]

    def rests_on_a_variant(self, finding: Finding) -> bool:
        """Return whether an object that explains a finding is of one variant of several, and not of the same folder."""
        place = dirname(self.file(finding))
        files = (self._files[number] for number, _ in finding.related)
        return any(file in self.choices and dirname(file) != place for file in files)

    def rests_on_its_folder(self, finding: Finding) -> bool:
        """Return whether objects explain a finding, and all of them are of the same folder."""
        folders = {dirname(self._files[number]) for number, _ in finding.related}
        return folders == {dirname(self.file(finding))}

    def notes(self) -> Iterator[Finding]:
        """Yield a note for every set of variants."""
        seen: set[str] = set()
        for file in self.choices:
            if file not in seen:
                group = self._group(file)
                seen |= group
                yield self._note(group)

    def _group(self, file: str) -> set[str]:
        """Return a variant and all others that say something else of an object, of one and then of another."""
        found, waiting = {file}, [file]
        keys: set[Key] = set()
        while waiting:
            for key in self.choices[waiting.pop()]:
                if key not in keys:
                    keys.add(key)
                    new = self._contested[key].keys() - found
                    found |= new
                    waiting += new
        return found

    def _note(self, group: set[str]) -> Finding:
        contested = [by_file for by_file in self._contested.values() if not group.isdisjoint(by_file)]
        first = next(iter(contested[0].values()))
        what = title(first.tree) if len(contested) == 1 else f"{len(contested)} objects, such as {title(first.tree)},"
        message = f"{len(group)} files declare {what} differently: they are variants, and each is checked by itself"
        declared: dict[str, Member] = {}
        for by_file in contested:
            for file, member in by_file.items():
                declared.setdefault(file, member)
        others = [pair for pair in declared.items() if pair[1] is not first][:_NAMED]
        see_also = tuple(Related(title(member.tree)) for _, member in others)
        related = tuple((member.number, member.at.steps) for _, member in others)
        rule = VARIANTS
        about = title(first.tree)
        diagnostic = Diagnostic(rule.name, rule.family, rule.severity, "", message, "", about, None, (), see_also)
        return Finding(diagnostic, first.number, first.at.steps, related, first)


def _agree(one: Choices, other: Choices) -> bool:
    return all(other.get(key, version) == version for key, version in one.items())


def _closeness(one: str, other: str) -> int:
    """Return how many folders two folders have in common; a folder is nearest to itself."""
    parts, others = one.split("/"), other.split("/")
    if parts == others:
        return len(parts) + 1
    common = 0
    for mine, theirs in zip(parts, others, strict=False):
        if mine != theirs:
            break
        common += mine not in ("", ".")
    return common
