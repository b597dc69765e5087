"""Comments of YAML: what each explains, and where it goes in the code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kpy.importing.subjects import Subject
from kpy.python_source.expressions import Attribute, Bracket, Choice, Item, Node, Statement

__all__ = ["Comments", "attach", "header_of", "items_in", "read_comments"]

Steps = tuple[str | int, ...]
Comments = dict[Steps, tuple[str, ...]]

_BLOCK = re.compile(r"(?:^|[\s:-])[|>][+-]?\d?[+-]?\s*(?:#.*)?$")
_OWN = re.compile(r"^\s*#(.*)$")
_BEHIND = re.compile(r"\s#(.*)$")
#: What programs would take for an order, were it a comment of Python.
_ORDERS = re.compile(r"^(fmt|isort|mypy|noqa|pragma|pylint|pyright|ruff|type|yapf)\b\s*[:=]?", re.IGNORECASE)
#: Where helm says which template made a document.
_OF_HELM = re.compile(r"^ Source: \S+/templates/\S+$")
_LICENCE = re.compile(r"copyright|licen[cs]e|SPDX", re.IGNORECASE)


def read_comments(text: str, subjects: Sequence[Subject]) -> None:
    """Give the objects of a text the comments that stand in it."""
    if "#" not in text:
        return
    placed = [subject for subject in subjects if subject.document is not None and subject.is_object]
    starts = {_line(subject, ()): subject for subject in placed}
    lines = {line: entries for subject in placed for line, entries in _lines_of(subject).items()}
    current: Subject | None = None
    waiting: list[str] = []
    for number, (line, is_inside) in enumerate(_outside_of_blocks(text), 1):
        if is_inside:
            continue
        if own := _OWN.match(line):
            if not _OF_HELM.match(own[1]):
                waiting.append(_plain(own[1]))
            continue
        if line.startswith("---") and current is not None and waiting:
            _add(current, (), waiting)
            waiting = []
        current = starts.get(number, current)
        entries = lines.get(number)
        if current is None or entries is None:
            continue
        if waiting:
            _add(current, () if number in starts else entries[0], waiting)
            waiting = []
        if behind := _behind(line):
            named = [steps for steps in entries if steps and isinstance(steps[-1], str)]
            _add(current, named[0] if named else entries[0], [behind])
    if current is not None and waiting:
        _add(current, (), waiting)


def header_of(subjects: Sequence[Subject]) -> tuple[str, ...]:
    """Take the comments above objects that are for all of them, licences and what is above most; return them once."""
    above = [subject.comments.get((), ()) for subject in subjects]
    count = Counter(lines for lines in above if lines)
    taken = [lines for lines in count if any(_LICENCE.search(line) for line in lines)]
    taken += [lines for lines, number in count.items() if lines not in taken and number > 2 and number * 2 > len(above)]
    for subject in subjects:
        if subject.comments.get(()) in taken:
            del subject.comments[()]
    if not taken:
        return ()
    first, *others = taken
    more = [line for lines in others for line in lines if line not in first]
    return (*dict.fromkeys(more), *first)


def attach(statements: Sequence[Statement], comments: Comments) -> list[Statement]:
    """Return the statements of an object with its comments above what they explain."""
    if not comments:
        return [*statements]
    places = {item.steps for statement in statements for item in items_in(statement.value) if item.steps}
    places |= {statement.steps for statement in statements if statement.steps}
    wanted: dict[Steps, list[str]] = {}
    for steps, lines in comments.items():
        way = next((steps[:end] for end in range(len(steps), 0, -1) if steps[:end] in places), ())
        wanted.setdefault(way, []).extend(lines)
    first, *rest = statements
    above = tuple(wanted.pop((), ()))
    done: set[Steps] = set()
    made = [_with(statement, wanted, done) for statement in (first, *rest)]
    return [made[0]._replace(comments=above), *made[1:]]


def _with(statement: Statement, wanted: dict[Steps, list[str]], done: set[Steps]) -> Statement:
    above: Iterable[str] = ()
    if statement.steps in wanted and statement.steps not in done:
        done.add(statement.steps)
        above = wanted[statement.steps]
    return statement._replace(value=_node(statement.value, wanted, done), comments=tuple(above))


def _node(node: Node, wanted: dict[Steps, list[str]], done: set[Steps]) -> Node:
    if isinstance(node, Attribute):
        return node._replace(value=_node(node.value, wanted, done))
    if isinstance(node, Choice):
        cases = tuple((condition, _node(value, wanted, done)) for condition, value in node.cases)
        return node._replace(cases=cases, otherwise=_node(node.otherwise, wanted, done))
    if not isinstance(node, Bracket):
        return node
    items = []
    for item in node.items:
        lines: Iterable[str] = ()
        if item.steps in wanted and item.steps not in done:
            done.add(item.steps)
            lines = wanted[item.steps]
        items.append(item._replace(value=_node(item.value, wanted, done), comments=tuple(lines)))
    return node._replace(items=tuple(items), head=None if node.head is None else _node(node.head, {}, done))


def items_in(node: Node) -> Iterator[Item]:
    """Yield all items in a value, the outer ones first."""
    if isinstance(node, Bracket):
        for item in node.items:
            yield item
            yield from items_in(item.value)
    if isinstance(node, Choice):
        for value in (*(value for _, value in node.cases), node.otherwise):
            yield from items_in(value)


def _add(subject: Subject, steps: Steps, lines: Iterable[str]) -> None:
    said = [*subject.comments.get(steps, ()), *lines]
    while said and not said[0]:
        del said[0]
    while said and not said[-1]:
        del said[-1]
    if said:
        subject.comments[steps] = tuple(said)


def _lines_of(subject: Subject) -> dict[int, list[Steps]]:
    """Return the steps that begin on each line, the shallow ones first."""
    found: dict[int, list[Steps]] = {}
    waiting: list[tuple[Steps, Any]] = [((), subject.tree)]
    for steps, value in waiting:
        if steps:
            found.setdefault(_line(subject, steps), []).append(steps)
        if isinstance(value, dict):
            waiting += [((*steps, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*steps, at), inner) for at, inner in enumerate(value)]
    return found


def _line(subject: Subject, steps: Steps) -> int:
    assert subject.document is not None
    return subject.document.where(steps, key=True).line


def _outside_of_blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a text, and whether each stands in a text of several lines."""
    deep: int | None = None
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if deep is not None and (not line.strip() or indent > deep):
            yield line, True
            continue
        deep = None
        if not line.lstrip().startswith("#") and _BLOCK.search(line):
            deep = indent
        yield line, False


def _behind(line: str) -> str:
    """Return the comment behind a value; nothing where the sign stands in a text."""
    found = _BEHIND.search(line)
    if found is None:
        return ""
    before = line[: found.start()]
    return "" if before.count('"') % 2 or before.count("'") % 2 else _plain(found[1])


def _plain(text: str) -> str:
    """Return a comment as prose, which no program takes for an order."""
    said = "".join(sign if sign.isprintable() else " " for sign in text.lstrip("#!:")).strip()
    return f"({said})" if _ORDERS.match(said) or said.startswith("-*-") else said
