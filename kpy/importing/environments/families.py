"""Which objects of several environments are one object, whatever its names are in each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import combinations

from kpy.importing.subjects import Subject, Written, group_of
from kpy.objects import metadata_of
from kpy.python_source.expressions import Statement

__all__ = ["Affixes", "Family", "Line", "families"]

#: What kustomize puts behind the names of generated objects: a hash of their contents.
_HASH = re.compile(r"-[2456789bcdfghkmt]{10}$")
_HASHED = ("ConfigMap", "Secret")
#: How many names of a kind are looked at to find what an environment puts before and behind names.
_MOST = 200

#: Before a name, and behind it.
Affixes = tuple[str, str]


class Line:
    """A statement, and the environments that it is for."""

    def __init__(self, statement: Statement, environments: Sequence[str]) -> None:
        self.statement = statement
        self.environments = tuple(environments)


class Family:
    """One object, in the environments that have it."""

    def __init__(self, subjects: dict[str, Subject]) -> None:
        self.subjects = subjects
        self.number = -1
        #: What it is called without what an environment adds.
        self.name = ""
        #: Its code; nothing before it is settled.
        self.lines: list[Line] | None = None
        #: Whether each environment has code of its own, and why.
        self.is_apart = False
        self.reason = ""

    @property
    def any(self) -> Subject:
        """The object in the first environment that has it."""
        return next(iter(self.subjects.values()))

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments that have it."""
        return tuple(self.subjects)

    @property
    def written(self) -> list[Written]:
        """What it became in each environment."""
        return [subject.written for subject in self.subjects.values() if subject.written is not None]


def families(environments: Mapping[str, Sequence[Subject]]) -> tuple[list[Family], dict[str, Affixes]]:
    """Return the objects of all environments, in their order, each once; their numbers are set.

    With them goes what each environment puts around the names of its objects; nothing where that is not known of all.

    One object are those of one kind whose names are equal: as they stand; with the names of environments in them taken
    for each other; without their namespaces; without the hash that kustomize puts behind them; and without what an
    environment puts before or behind the names of all its objects.
    """
    found = [Family({name: subject}) for name, subjects in environments.items() for subject in subjects]
    for key in _keys(environments):
        found = _joined(found, key)
    around: dict[str, set[Affixes]] = {name: set() for name in environments}
    for one, other in combinations(environments, 2):
        affixes = _affixes(found, one, other)
        if affixes:
            found = _joined(found, _without(affixes))
            for name, each in affixes.items():
                around[name].add(each)
    found = [Family({name: each.subjects[name] for name in environments if name in each.subjects}) for each in found]
    ordered = _ordered(found, environments)
    for number, family in enumerate(ordered):
        family.number = number
        family.name = _plain_name(family)
        for subject in family.subjects.values():
            subject.number = number
    known = {name: next(iter(each)) for name, each in around.items() if len(each) == 1}
    return ordered, known if len(known) == len(environments) else {}


Key = Callable[[str, Subject], Hashable]


def _keys(environments: Mapping[str, Sequence[Subject]]) -> list[Key]:
    """Return what stands for an object, the strictest first."""
    count: Counter[tuple[str, str, str, str, str]] = Counter()
    ordinals: dict[int, int] = {}
    for name, subjects in environments.items():
        for subject in subjects:
            said = (name, *_kind(subject), subject.namespace, _named(subject))
            ordinals[id(subject)] = count[said]
            count[said] += 1

    def word(name: str, text: str) -> str:
        return re.sub(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", "*", text)

    return [
        lambda name, it: (_kind(it), it.namespace, _named(it), ordinals[id(it)]),
        lambda name, it: (_kind(it), word(name, it.namespace), word(name, _named(it))),
        lambda name, it: (_kind(it), word(name, _named(it))),
        lambda name, it: (_kind(it), word(name, _unhashed(it, _named(it)))),
    ]


def _kind(subject: Subject) -> tuple[str, str]:
    return group_of(subject.api_version), subject.kind


def _named(subject: Subject) -> str:
    generated = metadata_of(subject.tree).get("generateName") if subject.is_object else None
    return subject.name or (generated if isinstance(generated, str) else "")


def _unhashed(subject: Subject, name: str) -> str:
    return _HASH.sub("", name) if subject.kind in _HASHED else name


def _joined(found: list[Family], key: Key) -> list[Family]:
    """Return the families, those joined that have a key in common which nothing else in their environments has."""
    by_key: dict[Hashable, list[Family]] = {}
    for family in found:
        for said in dict.fromkeys(key(name, subject) for name, subject in family.subjects.items()):
            if said is not None:
                by_key.setdefault(said, []).append(family)
    home: dict[Family, Family] = {}

    def home_of(family: Family) -> Family:
        while family in home:
            family = home[family]
        return family

    for alike in by_key.values():
        members = [*dict.fromkeys(map(home_of, alike))]
        names = [name for family in members for name in family.subjects]
        if len({*names}) == len(names):
            for other in members[1:]:
                members[0].subjects |= other.subjects
                home[other] = members[0]
    return [family for family in found if family not in home]


def _affixes(found: Sequence[Family], one: str, other: str) -> dict[str, Affixes]:
    """Return what two environments put before and behind the names of what is in one of them alone."""
    votes: Counter[tuple[Affixes, Affixes]] = Counter()
    left = [family.subjects[one] for family in found if one in family.subjects and other not in family.subjects]
    right = [family.subjects[other] for family in found if other in family.subjects and one not in family.subjects]
    for mine in left[:_MOST]:
        for its in right[:_MOST]:
            if _kind(mine) == _kind(its):
                votes.update([_around(_unhashed(mine, _named(mine)), _unhashed(its, _named(its)))])
    del votes[("", ""), ("", "")]
    best = votes.most_common(1)
    if not best or (best[0][1] < 2 and max(len(left), len(right)) > 1):
        return {}
    (mine_affixes, its_affixes), _ = best[0]
    return {one: mine_affixes, other: its_affixes}


def _around(one: str, other: str) -> tuple[Affixes, Affixes]:
    """Return what stands around the longest run of words that two names have in common."""
    mine, its = one.split("-"), other.split("-")
    for size in range(min(len(mine), len(its)), 0, -1):
        for at in range(len(mine) - size + 1):
            for its_at in range(len(its) - size + 1):
                if mine[at : at + size] == its[its_at : its_at + size]:
                    return _split(mine, at, size), _split(its, its_at, size)
    return ("", ""), ("", "")


def _split(words: Sequence[str], at: int, size: int) -> Affixes:
    return "".join(f"{word}-" for word in words[:at]), "".join(f"-{word}" for word in words[at + size :])


def _without(affixes: Mapping[str, Affixes]) -> Key:
    def key(name: str, subject: Subject) -> Hashable:
        said = _unhashed(subject, _named(subject))
        if name not in affixes:
            return None
        before, behind = affixes[name]
        if not (said.startswith(before) and said.endswith(behind) and len(said) > len(before) + len(behind)):
            return None
        return _kind(subject), said[len(before) : len(said) - len(behind)]

    return key


def _ordered(found: Sequence[Family], environments: Mapping[str, Sequence[Subject]]) -> list[Family]:
    """Return the families in the order of the first environment; what others have beside it stands where it stood."""
    home = {id(subject): family for family in found for subject in family.subjects.values()}
    ordered: list[Family] = []
    for subjects in environments.values():
        known = {*ordered}
        place = next((ordered.index(home[id(it)]) for it in subjects if home[id(it)] in known), len(ordered))
        for subject in subjects:
            family = home[id(subject)]
            if family in known:
                place = ordered.index(family) + 1
            else:
                ordered.insert(place, family)
                place += 1
    return ordered


def _plain_name(family: Family) -> str:
    """Return the name of an object without what only some of its environments have in it."""
    names = [_unhashed(subject, _named(subject)) for subject in family.subjects.values()]
    words = [re.sub(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", "*", said)
             for name, said in zip(family.subjects, names, strict=True)]  # fmt: skip
    if len({*names}) > 1 and len({*words}) == 1:
        return "-".join(re.findall(r"[^-*.]+", words[0])) or names[0]
    said = names[0]
    for other in names[1:]:
        (before, behind), _ = _around(said, other)
        said = said[len(before) : len(said) - len(behind)]
    return said or names[0]
