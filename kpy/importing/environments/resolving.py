"""Code for all environments as it is in one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpy.importing.environments.table import Table
from kpy.importing.environments.texts import ENVIRONMENT
from kpy.python_source.expressions import (
    Atom,
    Attribute,
    Bracket,
    Choice,
    Item,
    Joined,
    Node,
    Statement,
    Text,
    Variable,
)

__all__ = ["Resolving"]


class Resolving:
    """Puts values in the place of fields, choices and texts that differ."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def statement(self, statement: Statement, environment: str) -> Statement:
        """Return a statement as it is in an environment."""
        return statement._replace(value=self.node(statement.value, environment))

    def node(self, node: Node, environment: str) -> Node:
        """Return a value as it is in an environment."""
        match node:
            case Variable(key):
                if node == ENVIRONMENT:
                    return Text(environment)
                return self._table.node(key, environment) or node
            case Joined(parts):
                made = [part if isinstance(part, str) else self.node(part, environment) for part in parts]
                return Text("".join(part if isinstance(part, str) else _text(part) for part in made))
            case Choice(cases, otherwise):
                found = (value for condition, value in cases if is_met(condition, environment))
                return self.node(next(found, otherwise), environment)
            case Attribute(value):
                return node._replace(value=self.node(value, environment))
            case Bracket(head, _, items):
                head = None if head is None else self.node(head, environment)
                return node._replace(head=head, items=tuple(self._items(items, environment)))
        return node

    def _items(self, items: Iterable[Item], environment: str) -> Iterator[Item]:
        for item in items:
            value = self.node(item.value, environment)
            if item.head in ("*", "**") and isinstance(value, Bracket):
                yield from value.items
            else:
                yield item._replace(value=value)


def _text(node: Node) -> str:
    assert isinstance(node, Text)
    return node.value


def is_met(condition: Node, environment: str) -> bool:
    """Return whether a condition is true in an environment."""
    assert isinstance(condition, Atom)
    return bool(eval(condition.text, {"env": environment}))
