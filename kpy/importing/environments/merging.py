"""Code of one object in several environments as code for all of them: what is the same once, what differs by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kpy.importing.environments.alike import (
    UnlikeError,
    condition,
    flag_of,
    identities,
    identity,
    in_order,
    key_of,
    text_of,
)
from kpy.importing.environments.shapes import are_of_one_shape, is_found_alike, is_much
from kpy.importing.environments.signatures import Accepted, Signatures
from kpy.importing.environments.table import Table
from kpy.importing.environments.texts import with_environment
from kpy.importing.environments.types import NONE, is_large, is_whole, joined, types_of
from kpy.python_source.expressions import (
    Atom,
    Attribute,
    Bracket,
    Choice,
    Imported,
    Item,
    Joined,
    Node,
    Statement,
    Text,
    Variable,
    walk,
)

__all__ = ["Merging", "Place"]

#: How long a value may be that stands in the table although not all environments have it.
_LONG = 400
#: Keywords of mappings in which no order is kept.
_UNORDERED = frozenset(
    {
        "annotations=",
        "binary_data=",
        "data=",
        "labels=",
        "node_selector=",
        "pod_annotations=",
        "pod_labels=",
        "selector=",
    }
)


class Place(NamedTuple):
    """Where a value stands."""

    #: The way to it, for the name of a field.
    words: tuple[str, ...] = ()
    accepted: Accepted = Accepted()
    #: The keyword, as the head of an item.
    head: str = ""

    def below(self, *words: str) -> Place:
        """Return a place inside of this one."""
        return self._replace(words=(*self.words, *words))


class Merging:
    """Merges the code of one object."""

    def __init__(
        self,
        environments: Sequence[str],
        all_: Sequence[str],
        owner: tuple[str, bool],
        table: Table,
        signatures: Signatures,
        existing: Mapping[str, Mapping[object, Statement]],
        *,
        is_strict: bool = True,
    ) -> None:
        #: Those that have the object, and all that there are.
        self._environments = environments
        self._all = all_
        self._is_everywhere = len(environments) == len(all_)
        self._owner = owner
        self._table = table
        self._signatures = signatures
        self._existing = existing
        self._is_strict = is_strict

    def within(self, environments: Sequence[str]) -> Merging:
        """Return what merges code that only some of the environments have."""
        return Merging(
            environments,
            self._all,
            self._owner,
            self._table,
            self._signatures,
            self._existing,
            is_strict=self._is_strict,
        )

    def statement(self, nodes: Mapping[str, Node]) -> Node:
        """Return the expressions of a statement as one, which is no choice. Raises `UnlikeError`."""
        made = self.merged(nodes)
        if not isinstance(made, Bracket):
            raise UnlikeError("its calls are different ones")
        return made

    def merged(self, nodes: Mapping[str, Node], place: Place | None = None) -> Node:
        """Return values by environment as one. Raises `UnlikeError`."""
        place = Place() if place is None else place
        values = [*nodes.values()]
        if len({*map(text_of, values)}) == 1:
            return values[0]
        if all(isinstance(each, Text) for each in values):
            return self._text(
                {name: node.value for name, node in nodes.items() if isinstance(node, Text)}, nodes, place
            )
        if all(isinstance(each, Variable) for each in values):
            return self._variable(nodes, place)
        if is_whole(values) and (field := self._field(nodes, place)) is not None:
            return field
        inside = self._inside(nodes, place)
        if inside is not None:
            return inside
        return self._field(nodes, place) or self._chosen(nodes)

    def _inside(self, nodes: Mapping[str, Node], place: Place) -> Node | None:
        """Return values that differ only in what is in them as one; nothing where they are of different sorts."""
        values = [*nodes.values()]
        first = values[0]
        attributes = {name: node for name, node in nodes.items() if isinstance(node, Attribute)}
        if isinstance(first, Attribute) and len(attributes) == len(nodes):
            if len({node.rest for node in attributes.values()}) > 1:
                return None
            value = self.merged({name: node.value for name, node in attributes.items()}, place)
            if any(isinstance(each, Choice) for each in walk(value)):
                raise UnlikeError("a choice would stand before a dot")
            return first._replace(value=value)
        brackets = {name: node for name, node in nodes.items() if isinstance(node, Bracket)}
        if len(brackets) < len(nodes) or len({(node.kind, node.head is None) for node in brackets.values()}) > 1:
            return None
        assert isinstance(first, Bracket)
        head = first.head
        if head is not None and len({text_of(node.head) for node in brackets.values() if node.head is not None}) > 1:
            heads = {name: node.head for name, node in brackets.items() if node.head is not None}
            if not all(isinstance(each, Variable | Bracket) for each in heads.values()):
                return None
            head = self._variable(heads, place)
            if any(isinstance(each, Choice) for each in walk(head)):
                return None
        items = {name: node.items for name, node in brackets.items()}
        try:
            match first.kind, first.head is None:
                case "{}", _:
                    made = self._mapping(items, place)
                case "[]", True:
                    made = self._list(items, place)
                case _:
                    made = self._call(first.head, items, place)
        except UnlikeError:
            if self._is_strict and (first.head is not None and not self._is_field(nodes)):
                raise
            return None
        return first._replace(head=head, items=tuple(made))

    # What stands in brackets

    def _call(self, head: Node | None, items: Mapping[str, Sequence[Item]], place: Place) -> list[Item]:
        positional = {name: [item for item in each if not item.head] for name, each in items.items()}
        if len({*map(len, positional.values())}) > 1:
            raise UnlikeError("it has other arguments")
        named = head.name if isinstance(head, Imported) else ""
        within = place.words
        made: list[Item] = []
        for number, item in enumerate(next(iter(positional.values()))):
            accepted = self._signatures.keyword(head, str(number)) if head is not None else place.accepted
            word = ""
            if number == 0 and isinstance(head, Imported) and is_large(head):
                word = f"{head.name}Name" if head.rest == ".existing" else "name"
            inner = Place((*within, *([word] if word else [])), accepted, "")
            made.append(
                item._replace(value=self.merged({name: each[number].value for name, each in positional.items()}, inner))
            )
        if named == "Container" and made and isinstance(made[0].value, Text):
            within = (*within, made[0].value.value)
        keywords = {name: [item for item in each if item.head] for name, each in items.items()}
        for key in in_order(keywords.values(), is_strict=False):
            found = {name: item for name, each in keywords.items() for item in each if item.head == key}
            accepted = self._signatures.keyword(head, key.removesuffix("="))
            inner = Place(
                _inside_of(within, key.removesuffix("="), is_large=not isinstance(head, Imported) or is_large(head)),
                accepted,
                key,
            )
            made.append(self._keyword(found, inner))
        return made

    def _keyword(self, found: Mapping[str, Item], place: Place) -> Item:
        first = next(iter(found.values()))
        if len(found) == len(self._environments):
            return first._replace(value=self.merged({name: item.value for name, item in found.items()}, place))
        if not place.accepted.is_optional:
            raise UnlikeError(f"`{place.head}` cannot be left out by `None`")
        given: dict[str, Node] = {name: item.value for name, item in found.items()}
        nodes = {name: given.get(name, NONE) for name in self._environments}
        field = self._field(nodes, place) if self._is_table_worthy(given.values()) else None
        return first._replace(value=field or self._chosen(nodes, is_short=True))

    def _is_table_worthy(self, values: Iterable[Node]) -> bool:
        """Return whether a value that not all environments have belongs into the table, for its size."""
        return all(len(text_of(node)) <= _LONG for node in values)

    def _mapping(self, items: Mapping[str, Sequence[Item]], place: Place) -> list[Item]:
        order = in_order(items.values(), is_strict=place.head not in _UNORDERED)
        found = {
            key: {name: item for name, each in items.items() for item in each if item.head == key} for key in order
        }
        some = [key for key in order if len(found[key]) < len(items)]
        if some and len(some) == len(order) and self._of_texts(found, some, place) is not None:
            raise UnlikeError("it has nothing in common")
        made: list[Item] = []
        waiting: list[str] = []
        extra = self._of_texts(found, some, place) if len(some) > 1 and self._are_together(order, some, place) else None
        is_done = False
        for key in order:
            if key in some:
                if extra is None:
                    if waiting and found[waiting[-1]].keys() != found[key].keys():
                        made.append(self._some(found, waiting, place, "{}"))
                        waiting = []
                    waiting.append(key)
                elif not is_done and place.head not in _UNORDERED:
                    made.append(Item(extra, "**"))
                    is_done = True
                continue
            if waiting:
                made.append(self._some(found, waiting, place, "{}"))
                waiting = []
            values = {name: item.value for name, item in found[key].items()}
            first = next(iter(found[key].values()))
            made.append(first._replace(value=self.merged(values, place.below(key_of(key)))))
        if waiting:
            made.append(self._some(found, waiting, place, "{}"))
        if extra is not None and not is_done:
            made.append(Item(extra, "**"))
        return made

    def _are_together(self, order: Sequence[str], some: Sequence[str], place: Place) -> bool:
        if place.head in _UNORDERED:
            return True
        places = [order.index(key) for key in some]
        return places[-1] - places[0] == len(places) - 1

    def _of_texts(self, found: Mapping[str, Mapping[str, Item]], keys: Sequence[str], place: Place) -> Node | None:
        """Return a field with items that only some environments have, where they are texts to texts."""
        values = [item.value for key in keys for item in found[key].values()]
        if not self._is_everywhere or not all(isinstance(each, Text) for each in values):
            return None
        if not place.accepted.takes_mapping_of_texts:
            return None
        nodes: dict[str, Node] = {
            name: Bracket(None, "{}", tuple(found[key][name] for key in keys if name in found[key]))
            for name in self._environments
        }
        return self._table.field(self._owner, place.words, [Atom("dict[str, str]")], _bare(nodes), text_of)

    def _some(self, found: Mapping[str, Mapping[str, Item]], keys: Sequence[str], place: Place, kind: str) -> Item:
        """Return what only some environments have, all of it the same ones, as what is unpacked on a condition."""
        names = [*found[keys[0]]]
        inner = self.within(names)
        items = []
        for key in keys:
            values = {name: item.value for name, item in found[key].items()}
            first = next(iter(found[key].values()))
            below = place.below(key_of(key)) if kind == "{}" else place
            items.append(first._replace(value=inner.merged(values, below)))
        case = condition(names, self._environments), Bracket(None, kind, tuple(items))
        choice = Choice((case,), Bracket(None, kind, ()), is_wrapped=True)
        return Item(choice, "**" if kind == "{}" else "*")

    def _list(self, items: Mapping[str, Sequence[Item]], place: Place) -> list[Item]:
        names = {name: [identity(item) for item in each] for name, each in items.items()}
        lengths = {*map(len, items.values())}
        is_alike = all(len({*each}) == len(each) for each in names.values())
        first = next(iter(names.values()))
        if len(lengths) == 1 and (all(each == first for each in names.values()) or not is_alike):
            return self._elementwise(items, place)
        if all(isinstance(item.value, Text) for each in items.values() for item in each):
            if len(lengths) == 1 and any(len({*at}) == 1 for at in zip(*names.values(), strict=True)):
                return self._elementwise(items, place)
            common = [each for each in first if all(each in others for others in names.values())]
            if not is_alike or len(common) * 2 < max(lengths):
                raise UnlikeError("it is another list of texts")
        keyed = {
            name: [item._replace(head=key) for item, key in zip(each, identities(each), strict=True)]
            for name, each in items.items()
        }
        order = in_order(keyed.values(), is_strict=True)
        found = {
            key: {name: item._replace(head="") for name, each in keyed.items() for item in each if item.head == key}
            for key in order
        }
        if not any(len(each) == len(items) for each in found.values()):
            if len(lengths) == 1 and are_of_one_shape(items):
                return self._elementwise(items, place)
            raise UnlikeError("it has nothing in common")
        made: list[Item] = []
        waiting: list[str] = []
        for key in (*order, ""):
            if waiting and (not key or found[key].keys() != found[waiting[-1]].keys()):
                made.append(self._some(found, waiting, place, "[]"))
                waiting = []
            if not key:
                break
            if len(found[key]) < len(items):
                waiting.append(key)
                continue
            item = next(iter(found[key].values()))
            made.append(
                item._replace(value=self.merged({name: each.value for name, each in found[key].items()}, place))
            )
        return made

    def _elementwise(self, items: Mapping[str, Sequence[Item]], place: Place) -> list[Item]:
        made = []
        for number, item in enumerate(next(iter(items.values()))):
            made.append(
                item._replace(value=self.merged({name: each[number].value for name, each in items.items()}, place))
            )
        return made

    # What stands alone

    def _text(self, texts: Mapping[str, str], nodes: Mapping[str, Node], place: Place) -> Node:
        named = self._table.name(texts, text_of) if self._is_everywhere else None
        made = with_environment(texts) or named or self._flag(texts, place)
        return made or self._field(nodes, place) or self._chosen(nodes)

    def _flag(self, texts: Mapping[str, str], place: Place) -> Node | None:
        """Return a flag of a program, `--level=info`, whose value differs; nothing for other texts."""
        flag = flag_of(next(iter(texts.values())))
        if not flag or any(flag_of(text) != flag for text in texts.values()):
            return None
        nodes: dict[str, Node] = {name: Text(text.removeprefix(flag)) for name, text in texts.items()}
        value = self._field(nodes, place._replace(words=(*place.words[:-1], flag)))
        return None if value is None else Joined((flag, value))

    def _variable(self, nodes: Mapping[str, Node], place: Place) -> Node:
        """Return variables of objects that are made elsewhere as one such object."""
        found = [node for node in nodes.values() if isinstance(node, Variable)]
        if len(found) == len(nodes) and is_found_alike(nodes):
            return found[0]
        made: dict[str, Node] = {}
        rests = set()
        for name, node in nodes.items():
            if isinstance(node, Variable):
                rests.add(node.rest)
                known = self._existing.get(name, {}).get(node.key)
                if known is None:
                    return self._chosen(nodes)
                made[name] = known.value
            else:
                rests.add("")
                made[name] = node
        if len(rests) > 1:
            return self._chosen(nodes)
        inside = self._inside(made, place)
        if inside is None:
            return self._chosen(nodes)
        rest = rests.pop()
        return Attribute(inside, rest) if rest else inside

    def _is_field(self, nodes: Mapping[str, Node]) -> bool:
        return all(types_of(node, Accepted()) is not None for node in nodes.values())

    def _field(self, nodes: Mapping[str, Node], place: Place) -> Variable | None:
        """Return a field of the table for values; nothing where the table cannot hold them."""
        if not self._is_everywhere:
            return None
        types: list[Node] = []
        for node in nodes.values():
            found = types_of(node, place.accepted)
            if found is None:
                return None
            types += found
        of_field = joined(types)
        return (
            None if of_field is None else self._table.field(self._owner, place.words, of_field, _bare(nodes), text_of)
        )

    def _chosen(self, nodes: Mapping[str, Node], *, is_short: bool = False) -> Node:
        """Return values as a choice where they stand. Raises `UnlikeError` for long ones, unless all is allowed."""
        groups: dict[str, list[str]] = {}
        for name, node in nodes.items():
            groups.setdefault(text_of(node), []).append(name)
        if self._is_strict and not is_short and any(map(is_much, nodes.values())):
            raise UnlikeError("it is too different")
        ordered = sorted(groups.values(), key=lambda names: (text_of(nodes[names[0]]) == "None", len(names)))
        *cases, last = ordered
        left = [name for names in ordered for name in names]
        made = []
        for names in cases:
            made.append((condition(names, [name for name in nodes if name in left]), nodes[names[0]]))
            left = [name for name in left if name not in names]
        return Choice(tuple(made), nodes[last[0]])


def _bare(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Return nodes without comments, which stay where the field is used."""
    from kpy.python_source.expressions import mapped

    return {name: mapped(node, lambda item: item._replace(comments=(), steps=None)) for name, node in nodes.items()}


def _inside_of(words: tuple[str, ...], keyword: str, *, is_large: bool) -> tuple[str, ...]:
    """Return the way to a keyword; one of a small value says little without the keyword of that value."""
    if is_large or not words:
        return (*words, keyword)
    return (*words[:-1], f"{words[-1].removesuffix('_probe')}_{keyword}")
