"""One document of a file: plain data that knows the line and column of every value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from kpy.diagnostics import Diagnostic
from kpy.source import Location

__all__ = ["START", "Document", "Mark", "Node", "Place", "place_of", "steps_of"]


class Mark(Protocol):
    """A place in a text as the YAML parser says it; both count from 0."""

    @property
    def line(self) -> int: ...  # noqa: D102

    @property
    def column(self) -> int: ...  # noqa: D102


class Place(NamedTuple):
    """A place in a text; both count from 0."""

    line: int
    column: int


#: The begin of a text.
START: Final = Place(0, 0)


def place_of(file: str, begin: Place, mark: Mark) -> Location:
    """Return where in a file a mark is, of a text that begins in the midst of it."""
    column = mark.column if mark.line else begin.column + mark.column
    return Location(file, begin.line + mark.line + 1, column + 1)


class Node(NamedTuple):
    """A value with its place."""

    value: Any
    mark: Mark
    #: The values of a mapping, with the places of their keys.
    entries: Mapping[str, tuple[Mark, Node]] = {}
    #: The values of a list.
    elements: Sequence[Node] = ()
    #: How many nodes it is made of.
    size: int = 1
    #: How many levels of collections it has.
    height: int = 0
    #: How the text has a plain scalar that is read as something else: `1.10`, `yes`, `0644`.
    written: str = ""


class Document:
    """One document of a YAML or JSON file."""

    __slots__ = ("_first", "_node", "errors", "file")

    def __init__(self, node: Node, file: str, *, begin: Place = START, errors: Iterable[Diagnostic] = ()) -> None:
        self._node = node
        #: Where in the file the text begins that the marks are of.
        self._first = begin
        #: The file as it was named.
        self.file = file
        #: What is wrong with the text of this document, such as a key given twice.
        self.errors = list(errors)

    @property
    def origin(self) -> str:
        """The object as the file names it that this document was made of; empty where it is in a file itself."""
        return ""

    @property
    def tree(self) -> Any:
        """The document as plain JSON: a dict in every document that Kubernetes takes."""
        return self._node.value

    def where(self, steps: Iterable[str | int] = (), *, key: bool = False) -> Location:
        """Return the place of the nearest value on the way to these steps; with `key`, of its key in the mapping.

        A value that starts on a later line than its key, as block mappings and lists do, is placed at its key.
        """
        node, mark = self._node, self._node.mark
        for step in steps:
            if isinstance(step, str) and step in node.entries:
                key_mark, node = node.entries[step]
                mark = key_mark if key or node.mark.line > key_mark.line else node.mark
            elif isinstance(step, int) and step < len(node.elements):
                node = node.elements[step]
                mark = node.mark
            else:
                break
        return place_of(self.file, self._first, mark)

    def written(self, steps: Iterable[str | int], value: object) -> str:
        """Return how the text has the plain scalar at these steps; empty when another value is there, or a text."""
        node = self._node
        for step in steps:
            if isinstance(step, str) and step in node.entries:
                node = node.entries[step][1]
            elif isinstance(step, int) and step < len(node.elements):
                node = node.elements[step]
            else:
                return ""
        return node.written if node.value == value else ""

    def where_of(self, field: str) -> Location:
        """Return the place of a field written as an API server does: `spec.containers[0].image`."""
        return self.where(steps_of(field, self.tree))

    def items(self) -> Iterator[Document]:
        """Iterate over the objects in it: those of a `List` one by one, else the document itself.

        An item of a list such as `ConfigMapList` need not say its kind.
        """
        tree = self.tree
        is_list = isinstance(tree, dict) and str(tree.get("kind", "")).endswith("List")
        if is_list and isinstance(tree.get("items"), list):
            for item in self._node.entries["items"][1].elements:
                typed = item._replace(value=typed_item(item.value, tree))
                yield from Document(typed, self.file, begin=self._first).items()
        elif not (is_list and "items" in tree and tree["items"] is None):
            yield self

    def __repr__(self) -> str:
        """Return the place for a prompt."""
        return f"<Document {self.where()}>"


def typed_item(item: Any, of: Mapping[str, Any]) -> Any:
    """Return an item of a list with the kind that the list gives it, as kubectl does, where it has none of its own."""
    kind = str(of.get("kind")).removesuffix("List")
    if kind and isinstance(item, dict) and not item.get("kind") and not item.get("apiVersion"):
        return {**item, "apiVersion": of.get("apiVersion"), "kind": kind}
    return item


def steps_of(field: str, tree: object) -> tuple[str | int, ...]:
    """Return the steps of a field path in a tree, as far as they lead.

    A key of a map may itself have dots and brackets, so the tree decides where a step ends.
    """
    steps: list[str | int] = []
    rest = field
    while rest:
        step, rest = _next_step(rest, tree)
        try:
            tree = tree[step]  # type: ignore[index]  # a step that does not fit raises
        except (KeyError, IndexError, TypeError):
            break
        steps.append(step)
    return tuple(steps)


def _next_step(field: str, tree: object) -> tuple[str | int, str]:
    if not field.startswith("["):
        ends = [end for end in (field.find("."), field.find("[", 1)) if end > 0]
        end = min(ends, default=len(field))
        return field[:end], field[end:].removeprefix(".")
    end = field.find("]")
    if isinstance(tree, dict):
        while end >= 0 and field[1:end] not in tree:
            end = field.find("]", end + 1)
    if end < 0:
        return field, ""
    step = field[1:end]
    is_index = isinstance(tree, list) and step.isdecimal()
    return int(step) if is_index else step, field[end + 1 :].removeprefix(".")
