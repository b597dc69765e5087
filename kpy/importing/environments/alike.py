"""What is alike in the code of several environments: equal code, parts that are one part, one order of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from kpy.python_source.expressions import Atom, Bracket, Item, Layout, Node, Statement, Text

__all__ = ["UnlikeError", "condition", "flag_of", "identities", "identity", "in_order", "key_of", "text_of"]

_FLAG = re.compile(r"--?[A-Za-z][\w.-]*=")
_layout = Layout(lambda name: f"{name.module}.{name.name}", lambda key: f"<{key!r}>")


class UnlikeError(Exception):
    """Codes that are not alike enough to be one."""


def text_of(node: Node) -> str:
    """Return a node as a text that is equal for equal code; comments and places do not count."""
    return _layout.in_one_line(Statement(node))


def condition(chosen: Iterable[str], among: Sequence[str]) -> Node:
    """Return the condition that it is one of some environments, of those that it can be."""
    names = [*chosen]
    others = [name for name in among if name not in names]
    if len(names) == 1:
        return Atom(f"env == {_quoted(names[0])}")
    if len(others) == 1:
        return Atom(f"env != {_quoted(others[0])}")
    return Atom(f"env in ({', '.join(map(_quoted, names))})")


def _quoted(name: str) -> str:
    return text_of(Text(name))


def key_of(head: str) -> str:
    """Return the key of an item of a mapping as a word."""
    return head.removesuffix(": ").strip("'\"").rpartition("/")[2]


def identity(item: Item) -> str:
    """Return what tells a part of a list from the others: its name, else what it is."""
    value = item.value
    match value:
        case Text(text) if flag := flag_of(text):
            return flag
        case Bracket(head, "()", items) if head is not None:
            first = next((each for each in items if not each.head), None)
            named = first or next((each for each in items if each.head in ("name=", "key=", "host=")), None)
            return f"{text_of(head)}({text_of(named.value) if named is not None else ''}"
        case Bracket(None, "{}", items):
            named = next((each for each in items if each.head in ('"name": ', '"key": ', '"host": ')), None)
            return f"{{{text_of(named.value) if named is not None else ''}"
    return text_of(value)


def identities(items: Sequence[Item]) -> list[str]:
    """Return what tells the parts of a list from each other: equal ones by which of them it is."""
    count: Counter[str] = Counter()
    found = []
    for item in items:
        said = identity(item)
        count[said] += 1
        found.append(said if count[said] == 1 else f"{said}#{count[said]}")
    return found


def flag_of(text: str) -> str:
    """Return the flag of a program that has its value in the same text, with the sign between; empty for others."""
    found = _FLAG.match(text)
    return found[0] if found is not None else ""


def in_order(lists: Iterable[Sequence[Item]], *, is_strict: bool) -> list[str]:
    """Return the heads of items of all lists in an order that keeps that of each; raises where there is none."""
    ordered: list[str] = []
    for items in lists:
        heads = [item.head for item in items]
        if len({*heads}) < len(heads):
            raise UnlikeError("it says something twice")
        known = [head for head in ordered if head in heads]
        if is_strict and known != [head for head in heads if head in ordered]:
            raise UnlikeError("it is in another order")
        place = 0
        for head in heads:
            if head in ordered:
                place = ordered.index(head) + 1
            else:
                ordered.insert(place, head)
                place += 1
    return ordered
