"""The documents that another program has made; here, since whoever renders nothing needs no reader of YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Self

from kpy.documents import Document, Reading, read_documents
from kpy.source import Location

__all__ = ["MadeDocument", "made_of"]

#: What is behind the name of a text that was rendered, and is in no file.
_RENDERED: Final = " (rendered)"


class MadeDocument(Document):
    """A document that another program has made: placed at the line of the call, and in the template beside it."""

    __slots__ = ("_call", "_inner", "_tree", "template")

    def __init__(self, inner: Document, call: Location | None, template: str, tree: object = None) -> None:
        self._inner = inner
        self._call = call
        self._tree = inner.tree if tree is None else tree
        #: The file that it was made of.
        self.template = template
        self.file = call.file if call is not None else template
        self.errors = inner.errors

    @property
    def tree(self) -> object:
        """The document as plain JSON."""
        return self._tree

    def where(self, steps: Iterable[str | int] = (), *, key: bool = False) -> Location:
        """Return the line of the call, with the place in what the template made."""
        place = self._inner.where(steps, key=key)
        return place if self._call is None else self._call._replace(inside=place)

    def written(self, steps: Iterable[str | int], value: object) -> str:
        """Return how the rendered text has a scalar."""
        return self._inner.written(steps, value)

    def items(self) -> Iterator[Document]:
        """Iterate over the objects in it."""
        for item in self._inner.items():
            yield self if item is self._inner else MadeDocument(item, self._call, self.template)

    def changed(self, tree: Mapping[str, Any]) -> Self:
        """Return the document with another tree, whose values are placed as before."""
        return type(self)(self._inner, self._call, self.template, tree)


def made_of(text: str, template: str, call: Location | None) -> Reading:
    """Return the documents in a text that was made of a template, by a call in a line of the program."""
    reading = read_documents(text, template + _RENDERED)
    errors = [
        error if call is None else error._replace(where=call._replace(inside=error.where)) for error in reading.errors
    ]
    return Reading([MadeDocument(document, call, template) for document in reading.documents], errors)
