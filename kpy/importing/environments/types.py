"""What types the values of the table have, and which values are one thing to a reader."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module

import kpy as _kpy
from kpy.constructs.kinds import CONSTRUCTS
from kpy.importing.environments.alike import text_of
from kpy.importing.environments.signatures import Accepted
from kpy.model.model import ApiObject
from kpy.python_source.expressions import Atom, Bracket, Imported, Item, Node, Text, Variable, walk

__all__ = ["NONE", "is_large", "is_whole", "joined", "may_be_whole", "types_of"]

#: Nothing, and its type.
NONE = Atom("None")
#: Calls whose arguments are always looked at one by one, since they hold much.
_LARGE = frozenset({"Container", "App", "Chart", "Claim", *(home.partition(":")[2] for home in CONSTRUCTS.values())})
#: Classes whose values are one thing to a reader.
_WHOLE = frozenset({"Resources"})
_LITERAL = Imported("typing", "Literal")
#: How many signs a type of literal texts may have.
_LONGEST = 40


def types_of(node: Node, accepted: Accepted) -> list[Node] | None:
    """Return the types of a value of the table; nothing where it cannot stand there."""
    if any(isinstance(each, Variable) for each in walk(node)):
        return None
    match node:
        case Text():
            return [Atom("str")] if accepted.takes_texts else [Bracket(_LITERAL, "[]", (Item(node),))]
        case Atom("None"):
            return [NONE]
        case Atom("True" | "False"):
            return [Atom("bool")]
        case Atom(text) if text.lstrip("-").isdigit() or text.startswith("0o"):
            return [Atom("int")]
        case Bracket(None, "{}", items) if all(isinstance(item.value, Text) for item in items):
            return [Atom("dict[str, str]")] if accepted.takes_mapping_of_texts else None
        case Bracket(None, "[]", items) if items and all(isinstance(item.value, Text) for item in items):
            return [Atom("list[str]")] if accepted.takes_list_of_texts else None
        case Bracket(None, "()", items):
            inner = [types_of(item.value, accepted) for item in items]
            if any(each is None or len(each) > 1 for each in inner):
                return None
            return [Bracket(Atom("tuple"), "[]", tuple(Item(each[0]) for each in inner if each is not None))]
        case Bracket(Imported() as head, "()") if may_be_whole(node):
            return _class_of(head)
    return None


def joined(types: Sequence[Node]) -> list[Node] | None:
    """Return the types of a field that has values of some types: literal texts in one, `None` last."""
    found = [*dict.fromkeys(each for each in types if each != NONE)]
    literals = [each for each in found if isinstance(each, Bracket) and each.head == _LITERAL]
    if literals:
        values = dict.fromkeys(item.value for each in literals for item in each.items)
        one = Bracket(_LITERAL, "[]", tuple(Item(value) for value in values))
        if len(text_of(one)) > _LONGEST:
            return None
        found = [one, *(each for each in found if each not in literals)]
    return [*found, NONE] if NONE in types else found


def is_whole(values: Sequence[Node]) -> bool:
    """Return whether values are to be seen as a whole: they differ in most of what is in them."""
    calls = [each for each in values if isinstance(each, Bracket) and isinstance(each.head, Imported)]
    if len(calls) < len(values) or not all(may_be_whole(each) for each in calls):
        return False
    heads = {each.head.name for each in calls if isinstance(each.head, Imported)}
    if len(heads) == 1 and heads <= _WHOLE:
        return True
    if len({text_of(each.head) for each in calls if each.head is not None}) > 1:
        return True
    keys = [*dict.fromkeys(item.head for each in calls for item in each.items if item.head)]
    said = [{text_of(item.value) for each in calls for item in each.items if item.head == key} for key in keys]
    lacking = sum(any(key not in [item.head for item in each.items] for each in calls) for key in keys)
    changed = sum(len(each) > 1 for each in said)
    return lacking + changed > 1 and (lacking + changed) * 2 >= len(keys)


def may_be_whole(node: Bracket) -> bool:
    """Return whether the value of a call may stand in the table."""
    head = node.head
    return isinstance(head, Imported) and not is_large(head) and head.rest != ".existing"


@cache
def is_large(head: Imported) -> bool:
    """Return whether a call holds so much that its arguments are always looked at one by one."""
    if head.name in _LARGE or head.name.endswith("Spec"):
        return True
    cls = getattr(_kpy if head.module == "kpy" else import_module(head.module), head.name, None)
    return isinstance(cls, type) and issubclass(cls, ApiObject)


def _class_of(head: Imported) -> list[Node] | None:
    """Return the class of what a call makes; nothing where it is not one that can be named."""
    cls = getattr(_kpy if head.module == "kpy" else import_module(head.module), head.name, None)
    if not isinstance(cls, type):
        return None
    made_by = getattr(cls, head.rest.removeprefix("."), None) if head.rest else None
    is_own = not head.rest or getattr(made_by, "__annotations__", {}).get("return") in ("Self", head.name)
    return [head._replace(rest="")] if is_own else None
