"""The table of what differs: typed fields, a value for each in every environment."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from keyword import iskeyword

from kpy.python_source.expressions import Atom, Joined, Node, Statement, Text, Variable, walk

__all__ = ["Field", "Table"]

#: Words that say too little without the object that they are about.
_VAGUE = frozenset(
    {
        *(
            "args",
            "annotations",
            "command",
            "count",
            "data",
            "env",
            "index",
            "items",
            "key",
            "kind",
            "labels",
            "mounts",
        ),
        *("name", "path", "pod_annotations", "pod_labels", "port", "ports", "selector", "spec", "target", "text"),
        *("type", "value", "values", "volumes"),
    }
)
#: What a tuple has, and what a field cannot be called.
_TAKEN = frozenset({"count", "index"})
#: Texts as long as this are the same thing where they are equal in all environments.
_TELLING = 4


class Field:
    """A field of the table."""

    def __init__(
        self, number: int, owner: tuple[str, bool], words: tuple[str, ...], types: tuple[Node, ...],
        nodes: Mapping[str, Node],
    ) -> None:  # fmt: skip
        self.number = number
        #: The variable of the object that it belongs to, and whether that is the only one of its kind.
        self.owner, self.is_only = owner
        #: The way to it, such as a container, a keyword, a key.
        self.words = words
        #: Its type: one of these.
        self.types = types
        self.nodes = nodes

    @property
    def is_optional(self) -> bool:
        """Whether some environments do not give it."""
        return Atom("None") in self.types

    def names(self) -> Iterator[str]:
        """Yield what it may be called, the shortest first."""
        words = [*filter(None, map(_plain, self.words))]
        owner = _plain(self.owner)
        last = words[-1:] or ["value"]
        if (self.is_only or not owner) and last[0] not in _VAGUE:
            yield _named(last)
        yield _named(_behind(owner, last))
        yield _named(_behind(owner, [*words[:1], *last] if len(words) > 1 else last))
        yield _named(_behind(owner, words[-2:] or last))


class Table:
    """Gathers fields while objects are merged, and writes those that are used."""

    def __init__(self, environments: Sequence[str], affixes: Mapping[str, tuple[str, str]] | None = None) -> None:
        self._environments = environments
        #: What each environment puts before and behind the names of its objects.
        self._affixes = affixes or {}
        self._fields: list[Field] = []
        self._by_values: dict[tuple[object, ...], Field] = {}

    def field(
        self, owner: tuple[str, bool], words: tuple[str, ...], types: Iterable[Node], nodes: Mapping[str, Node],
        text_of: Callable[[Node], str],
    ) -> Variable:  # fmt: skip
        """Return what stands for a field with these values; one that says the same is taken again."""
        types = tuple(dict.fromkeys(types))
        said = tuple(text_of(nodes[name]) for name in self._environments)
        texts = [node.value for node in nodes.values() if isinstance(node, Text)]
        is_telling = len(texts) == len(nodes) and all(len(text) >= _TELLING and not text.isdigit() for text in texts)
        key = (types, said) if is_telling else (types, said, owner, words)
        known = self._by_values.get(key)
        if known is None:
            known = self._by_values[key] = Field(len(self._fields), owner, words, types, nodes)
            self._fields.append(known)
        return Variable(("field", known.number))

    def name(self, texts: Mapping[str, str], text_of: Callable[[Node], str]) -> Node | None:
        """Return texts that differ only in what environments put around names, with fields for that."""
        if not self._affixes:
            return None
        cores = set()
        for name, text in texts.items():
            before, behind = self._affixes[name]
            if not (text.startswith(before) and text.endswith(behind) and len(text) > len(before) + len(behind)):
                return None
            cores.add(text[len(before) : len(text) - len(behind)])
        if len(cores) > 1 or not (core := cores.pop()).isprintable() or {'"', "\\"}.intersection(core):
            return None
        return Joined((*self._affix(0, "name_prefix", text_of), core, *self._affix(1, "name_suffix", text_of)))

    def _affix(self, side: int, word: str, text_of: Callable[[Node], str]) -> list[str | Node]:
        said = {name: each[side] for name, each in self._affixes.items()}
        if len({*said.values()}) == 1:
            return [next(iter(said.values()))]
        nodes: dict[str, Node] = {name: Text(text) for name, text in said.items()}
        return [self.field(("", True), (word,), [Atom("str")], nodes, text_of)]

    def node(self, key: object, environment: str) -> Node | None:
        """Return the value of a field in an environment, by the key of its variable; nothing for other variables."""
        match key:
            case ("field", int() as number):
                return self._fields[number].nodes[environment]
        return None

    def used(self, statements: Iterable[Statement]) -> list[Field]:
        """Return the fields that are used in statements, in their order."""
        numbers: dict[int, None] = {}
        for statement in statements:
            for node in walk(statement.value):
                match node:
                    case Variable(("field", int() as number)):
                        numbers[number] = None
        return [self._fields[number] for number in numbers]

    @staticmethod
    def named(fields: Sequence[Field], room: Callable[[Field], int]) -> dict[int, str]:
        """Return number to name: for each field the shortest that no other has, in the room that there is for it."""
        choices = {
            field.number: [*dict.fromkeys(_cut(name, room(field)) for name in field.names())] for field in fields
        }
        levels = dict.fromkeys(choices, 0)
        while True:
            names = {number: choices[number][level] for number, level in levels.items()}
            count = Counter(names.values())
            longer = [
                number
                for number, name in names.items()
                if count[name] > 1 and levels[number] + 1 < len(choices[number])
            ]
            if not longer:
                break
            for number in longer:
                levels[number] += 1
        taken: set[str] = set()
        for number, name in names.items():
            numbered = (f"{name}_{more}" if more > 1 else name for more in range(1, len(names) + 2))
            names[number] = next(each for each in numbered if each not in taken)
            taken.add(names[number])
        return names


def _cut(name: str, room: int) -> str:
    """Return the last words of a name that is too long."""
    while len(name) > room and "_" in name:
        name = name.partition("_")[2]
    return _named([name])


def _plain(word: str) -> str:
    return "_".join(part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", word))


def _behind(owner: str, words: Sequence[str]) -> list[str]:
    """Return the words behind their owner, which is not said twice."""
    first = words[0].split("_") if words else []
    return [*words] if owner.split("_") == first[: len(owner.split("_"))] else [owner, *words]


def _named(words: Iterable[str]) -> str:
    name = "_".join(filter(None, words)) or "value"
    name = f"value_{name}" if name[0].isdigit() else name
    return f"{name}_" if iskeyword(name) or name in _TAKEN else name
