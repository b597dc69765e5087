"""Python expressions and statements as values, laid out as `ruff format` leaves them.

What fits in a line stands in one. What does not has a line for each part and a comma behind the last, which formatters
keep, so that a formatter with wider lines changes nothing either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kpy.python_source.text import columns, quoted

__all__ = [
    "Atom",
    "Attribute",
    "Bracket",
    "Choice",
    "Imported",
    "Item",
    "Joined",
    "Layout",
    "Node",
    "Statement",
    "Text",
    "Variable",
    "literal",
    "mapped",
    "walk",
]

#: Where a value came from: the steps to it in a document.
Steps = tuple[str | int, ...]


class Atom(NamedTuple):
    """Python that is never broken: a number, `None`, `True`."""

    text: str


class Text(NamedTuple):
    """A text."""

    value: str


class Imported(NamedTuple):
    """A name that is imported."""

    module: str
    name: str
    #: What follows it: `.existing`.
    rest: str = ""


class Variable(NamedTuple):
    """A name that the module itself assigns, with what follows it: `.expose`."""

    #: What the variable holds; equal keys are one variable.
    key: object
    rest: str = ""


class Attribute(NamedTuple):
    """What a value has: `Role("reader").allow`."""

    value: Node
    #: With the dot.
    rest: str


class Item(NamedTuple):
    """A part of something in brackets."""

    value: Node
    #: What stands before it: `name=`, `"key": `, `**`.
    head: str = ""
    #: Where it came from.
    steps: Steps | None = None
    #: Lines of prose that stand above it.
    comments: tuple[str, ...] = ()


class Bracket(NamedTuple):
    """A call, a list, a mapping, a tuple or a subscript."""

    #: What stands before the opening bracket.
    head: Node | None
    #: The two brackets.
    kind: str
    items: tuple[Item, ...]


class Joined(NamedTuple):
    """A text with values in it: `f"shop-{env}"`."""

    #: Texts, which need no escapes but for braces, and values between them.
    parts: tuple[str | Node, ...]


class Choice(NamedTuple):
    """One of several values: `3 if env == "prod" else 1`."""

    #: Conditions and values, the first that is true first.
    cases: tuple[tuple[Node, Node], ...]
    otherwise: Node
    #: Whether it stands in brackets of its own, as behind `*` and `**`.
    is_wrapped: bool = False


Node = Atom | Text | Imported | Variable | Attribute | Bracket | Joined | Choice


class Statement(NamedTuple):
    """A line of a module: an expression, and the variable that it is assigned to."""

    value: Node
    target: Variable | None = None
    comments: tuple[str, ...] = ()
    #: Where it came from, for what is more than one statement.
    steps: Steps | None = None


def literal(value: object, steps: Steps | None = None) -> Node:
    """Return plain JSON as Python."""
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, dict):
        return Bracket(
            None,
            "{}",
            tuple(
                Item(literal(inner, _below(steps, key)), f"{quoted(key)}: ", _below(steps, key))
                for key, inner in value.items()
            ),
        )
    if isinstance(value, list):
        return Bracket(
            None,
            "[]",
            tuple(
                Item(literal(inner, _below(steps, number)), "", _below(steps, number))
                for number, inner in enumerate(value)
            ),
        )
    return Atom(_number(value) if isinstance(value, float) else repr(value))


def _below(steps: Steps | None, step: str | int) -> Steps | None:
    return None if steps is None else (*steps, step)


def _number(value: float) -> str:
    text = repr(value).replace("e+", "e")
    return f'float("{text}")' if text in ("inf", "-inf", "nan") else text


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes in it."""
    yield node
    if isinstance(node, Attribute):
        yield from walk(node.value)
    if isinstance(node, Bracket):
        if node.head is not None:
            yield from walk(node.head)
        for item in node.items:
            yield from walk(item.value)
    if isinstance(node, Joined):
        for part in node.parts:
            if not isinstance(part, str):
                yield from walk(part)
    if isinstance(node, Choice):
        for condition, value in node.cases:
            yield from walk(condition)
            yield from walk(value)
        yield from walk(node.otherwise)


def mapped(node: Node, change: Callable[[Item], Item]) -> Node:
    """Return a node with other items in its brackets, the outer ones changed first; heads stay."""
    match node:
        case Attribute(value):
            return node._replace(value=mapped(value, change))
        case Bracket(items=items):
            changed = (change(item) for item in items)
            return node._replace(items=tuple(item._replace(value=mapped(item.value, change)) for item in changed))
        case Choice(cases, otherwise):
            cases = tuple((condition, mapped(value, change)) for condition, value in cases)
            return node._replace(cases=cases, otherwise=mapped(otherwise, change))
    return node


class Layout:
    """Writes expressions as text: in lines of a width, or each statement in one line."""

    def __init__(
        self,
        named: Callable[[Imported], str],
        variable: Callable[[object], str],
        *,
        width: int = 88,
    ) -> None:
        self._named = named
        self._variable = variable
        self._width = width

    def in_one_line(self, statement: Statement) -> str:
        """Return a statement without its comments in one line, however long."""
        return f"{self._target(statement)}{self._flat(statement.value)}"

    def lines(self, statement: Statement, indent: str = "") -> list[str]:
        """Return the lines of a statement."""
        lines, _ = self._put(statement.value, indent, self._target(statement), "")
        return [*(f"{indent}# {line}".rstrip() for line in statement.comments), *lines]

    def part(self, node: Node, indent: str, before: str, after: str) -> list[str]:
        """Return the lines of a value between two texts, such as an item of a mapping that is laid out by hand."""
        return self._put(node, indent, before, after)[0]

    def _target(self, statement: Statement) -> str:
        return "" if statement.target is None else f"{self._variable(statement.target.key)} = "

    def _flat(self, node: Node) -> str:
        match node:
            case Atom(text):
                return text
            case Text(value):
                return quoted(value)
            case Imported(rest=rest):
                return self._named(node) + rest
            case Variable(key, rest):
                return self._variable(key) + rest
            case Attribute(value, rest):
                return self._flat(value) + rest
            case Bracket(head, kind, items):
                inner = ", ".join(item.head + self._flat(item.value) for item in items)
                comma = "," if kind == "()" and head is None and len(items) == 1 else ""
                return f"{'' if head is None else self._flat(head)}{kind[0]}{inner}{comma}{kind[1]}"
            case Joined(parts):
                return f'f"{"".join(self._part(part) for part in parts)}"'
            case Choice(cases, otherwise, is_wrapped):
                said = [f"{self._flat(value)} if {self._flat(condition)} else " for condition, value in cases]
                line = f"{''.join(said)}{self._flat(otherwise)}"
                return f"({line})" if is_wrapped else line

    def _part(self, part: str | Node) -> str:
        return part.replace("{", "{{").replace("}", "}}") if isinstance(part, str) else f"{{{self._flat(part)}}}"

    def _put(self, node: Node, indent: str, before: str, after: str) -> tuple[list[str], bool]:
        """Return the lines of a node, and whether no formatter could join them."""
        if isinstance(node, Text) and _stands_in_lines(node.value):
            return [*_block(node.value, f"{indent}{before}", after)], True
        if not self._must_break(node):
            line = f"{indent}{before}{self._flat(node)}{after}"
            is_breakable = isinstance(node, Choice) or (isinstance(node, Bracket) and node.items)
            if columns(line) <= self._width or not is_breakable:
                return [line], False
        if isinstance(node, Choice):
            return [*self._chosen(node, indent, before, after)], True
        assert isinstance(node, Bracket)
        head = "" if node.head is None else self._flat(node.head)
        lines = [f"{indent}{before}{head}{node.kind[0]}"]
        deeper = f"{indent}    "
        if node.kind == "()" and node.head is not None and not self._must_break(node):
            inside = deeper + ", ".join(item.head + self._flat(item.value) for item in node.items)
            if columns(inside) <= self._width:
                return [*lines, inside, f"{indent}{node.kind[1]}{after}"], False
        is_subscript = node.kind == "[]" and node.head is not None
        is_tuple = node.kind == "()" and node.head is None
        is_alone = len(node.items) == 1 and not is_tuple and isinstance(node.items[0].value, Bracket)
        for item in node.items:
            lines += (f"{deeper}# {line}".rstrip() for line in item.comments)
            put, is_settled = self._put(item.value, deeper, item.head, "" if is_subscript or is_alone else ",")
            if is_alone and item.comments and not is_settled:
                put[-1] += ","
            lines += put
        lines.append(f"{indent}{node.kind[1]}{after}")
        return lines, not is_subscript

    def _chosen(self, node: Choice, indent: str, before: str, after: str) -> Iterator[str]:
        """Yield the lines of a choice: each value and each condition begins one."""
        if node.is_wrapped:
            yield f"{indent}{before}("
            yield from self._put(node._replace(is_wrapped=False), f"{indent}    ", "", "")[0]
            yield f"{indent}){after}"
            return
        for condition, value in node.cases:
            yield from self._put(value, indent, before, "")[0]
            yield f"{indent}if {self._flat(condition)}"
            before = "else "
        yield from self._put(node.otherwise, indent, before, after)[0]

    def _must_break(self, node: Node) -> bool:
        if isinstance(node, Text):
            return _stands_in_lines(node.value)
        if isinstance(node, Choice):
            return any(self._must_break(value) for value in (*(value for _, value in node.cases), node.otherwise))
        return isinstance(node, Bracket) and any(item.comments or self._must_break(item.value) for item in node.items)


def _stands_in_lines(value: str) -> bool:
    """Return whether a text reads better in lines of its own."""
    is_plain = all(sign.isprintable() or sign in "\n\t" for sign in value)
    return value.count("\n") > 1 and is_plain and '"""' not in value and not value.endswith('"')


def _block(value: str, before: str, after: str) -> Iterable[str]:
    text = value.replace("\\", "\\\\")
    return f'{before}"""\\\n{text}"""{after}'.split("\n")
