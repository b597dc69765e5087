"""How values are made: which are much to read, and which are made in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpy.importing.environments.alike import text_of
from kpy.importing.environments.texts import with_environment
from kpy.importing.environments.types import is_large
from kpy.importing.writer import Found
from kpy.python_source.expressions import Bracket, Imported, Item, Node, Variable, walk

__all__ = ["are_of_one_shape", "is_found_alike", "is_much"]

#: How long a value may be that is chosen where it stands, so that two of them are no double work to read.
_SHORT = 100


def is_much(node: Node) -> bool:
    """Return whether a value is too much to be read twice: long, or with a container or a whole object in it."""
    heads = (each.head for each in walk(node) if isinstance(each, Bracket))
    return len(text_of(node)) > _SHORT or any(
        isinstance(head, Imported) and head.rest != ".existing" and is_large(head) for head in heads
    )


def are_of_one_shape(lists: Mapping[str, Sequence[Item]]) -> bool:
    """Return whether the parts of lists are made in the same way, place by place."""
    return all(len({_shape(item.value) for item in at}) == 1 for at in zip(*lists.values(), strict=True))


def _shape(node: Node) -> tuple[object, ...]:
    match node:
        case Bracket(Imported() as head, kind):
            return kind, head
        case Bracket(Variable(_, rest), kind):
            return kind, rest
        case Bracket(None, kind):
            return (kind,)
    return (type(node),)


def is_found_alike(nodes: Mapping[str, Node]) -> bool:
    """Return whether variables are of one object that stays in its file, whose names differ by the environment."""
    keys = {name: node.key for name, node in nodes.items() if isinstance(node, Variable)}
    names = {name: key.name for name, key in keys.items() if isinstance(key, Found)}
    numbers = {key.number for key in keys.values() if isinstance(key, Found)}
    rests = {node.rest for node in nodes.values() if isinstance(node, Variable)}
    return len(names) == len(nodes) and len(numbers) == len(rests) == 1 and with_environment(names) is not None
