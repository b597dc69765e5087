"""What repeats, as constants of the module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kpy.importing.names import Names
from kpy.python_source.expressions import (
    Attribute,
    Bracket,
    Choice,
    Imported,
    Item,
    Layout,
    Node,
    Statement,
    Text,
    Variable,
    mapped,
    walk,
)

__all__ = ["factored"]

#: How often something must be there, and how long it must be, to be a constant.
_OFTEN, _LONG = 3, 70
_KEYWORDS = re.compile(r"^[a-z_]+=$")
#: Keywords whose values belong where they stand, however alike they are.
_LOCAL = frozenset(
    {"containers=", "init_containers=", "data=", "routes=", "mounts=", "volumes=", "env_from=", "ports="}
)
#: Keywords of lists of texts and nothing else, as type checkers see them.
_LISTS = frozenset({"access_modes=", "api_groups=", "args=", "command=", "resources=", "verbs="})
#: Labels that say what something is called, as the heads of items.
_NAMING = tuple(f'"{name}": ' for name in ("app.kubernetes.io/name", "app", "k8s-app", "name", "team"))


def factored(statements: Sequence[Statement]) -> tuple[list[Statement], list[Statement]]:
    """Return the constants, and the statements that use them."""
    layout = Layout(lambda name: f"{name.module}.{name.name}{name.rest}", str)
    count: dict[str, list[Item]] = {}
    for statement in statements:
        for item in _items(statement.value):
            if _may_be(item):
                count.setdefault(layout.in_one_line(Statement(item.value)), []).append(item)
    names: dict[str, str] = {}
    given = Names()
    constants = []
    for text, items in count.items():
        if len(items) < _OFTEN or (len(text) < _LONG and not isinstance(items[0].value, Text)):
            continue
        name = names[text] = given.give(text, _name(items[0]))
        constants.append(Statement(items[0].value, Variable(("constant", name))))
    if not names:
        return [], [*statements]

    def replaced(item: Item) -> Item:
        known = names.get(layout.in_one_line(Statement(item.value))) if _may_be(item) else None
        return item if known is None else item._replace(value=Variable(("constant", known)))

    return constants, [each._replace(value=mapped(each.value, replaced)) for each in statements]


def _items(node: Node) -> Iterator[Item]:
    if isinstance(node, Attribute):
        yield from _items(node.value)
    if isinstance(node, Bracket):
        for item in node.items:
            yield item
            if not _may_be(item):
                yield from _items(item.value)
    if isinstance(node, Choice):
        for value in (*(value for _, value in node.cases), node.otherwise):
            yield from _items(value)


def _may_be(item: Item) -> bool:
    """Return whether a value can be a constant: of texts, or a model, and of nothing that has a name."""
    if not _KEYWORDS.match(item.head) or item.head in _LOCAL:
        return False
    if isinstance(item.value, Text):
        return item.head == "image="
    if not isinstance(item.value, Bracket) or any(isinstance(node, Variable | Choice) for node in walk(item.value)):
        return False
    if any(inner.comments for inner in _below(item.value)):
        return False
    if item.value.head is None:
        is_known = item.value.kind == "{}" or item.head in _LISTS
        return is_known and item.value.kind != "()" and all(isinstance(inner.value, Text) for inner in item.value.items)
    return isinstance(item.value.head, Imported) and not item.value.head.rest.startswith(".existing")


def _below(node: Node) -> Iterable[Item]:
    if isinstance(node, Bracket):
        for item in node.items:
            yield item
            yield from _below(item.value)


def _name(item: Item) -> str:
    """Return the name of a constant: of the class, the keyword, or the image."""
    value = item.value
    if isinstance(value, Text):
        image = value.value.partition("@")[0].rpartition("/")[2].partition(":")[0]
        words = re.findall(r"[a-z0-9]+", image.lower())
        name = "_".join([*words, "image"])
    elif isinstance(value, Bracket) and isinstance(value.head, Imported) and item.head == "security_context=":
        name = "_".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", value.head.name)).lower()
    else:
        said = item.head.removesuffix("=")
        name = "_".join([*_whose(value), "selector" if said == "target" else said])
    made = name.upper()
    return f"IMAGE_{made}" if made[0].isdigit() else made


def _whose(value: Node) -> list[str]:
    """Return the words of the name that labels give to what they are on; none where they give no name."""
    labels = (
        {item.head: item.value.value for item in value.items if isinstance(item.value, Text)}
        if isinstance(value, Bracket)
        else {}
    )
    found = next((labels[key] for key in _NAMING if key in labels), "")
    return re.findall(r"[a-z0-9]+", found.lower())
