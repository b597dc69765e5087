"""Texts with objects: read, with the places of what stands in the program itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kpy.documents import Document, Reading, read_documents
from kpy.source import Location

__all__ = ["line_of", "read_text"]

#: What stands for the file of a text.
_TEXT: Final = "<text>"


class _Begin(NamedTuple):
    """Where a text begins in the program; both count from 0."""

    file: str
    line: int
    column: int


class _TextDocument(Document):
    """A document of a text: placed where it stands in the program, or at the line of the call."""

    __slots__ = ("_begin", "_call", "_inner")

    def __init__(self, inner: Document, call: Location, begin: _Begin | None) -> None:
        self._inner = inner
        self._call = call
        self._begin = begin
        self.file = call.file
        self.errors = inner.errors

    @property
    def tree(self) -> object:
        """The document as plain JSON."""
        return self._inner.tree

    def where(self, steps: Iterable[str | int] = (), *, key: bool = False) -> Location:
        """Return the place of a value in the program."""
        return _place(self._inner.where(steps, key=key), self._call, self._begin)

    def written(self, steps: Iterable[str | int], value: object) -> str:
        """Return how the text has a scalar."""
        return self._inner.written(steps, value)

    def items(self) -> Iterator[Document]:
        """Iterate over the objects in it."""
        for item in self._inner.items():
            yield self if item is self._inner else _TextDocument(item, self._call, self._begin)


def read_text(text: str, call: Location | None) -> Reading:
    """Return the documents of a text that the program gave in a line of it."""
    reading = read_documents(text, _TEXT)
    if call is None:
        return reading
    begin = _begin_in(call.file, text)
    errors = [
        error._replace(
            where=_place(error.where, call, begin),
            message=error.message if begin or error.where is None else f"line {error.where.line}: {error.message}",
        )
        for error in reading.errors
    ]
    return Reading([_TextDocument(document, call, begin) for document in reading.documents], errors)


def line_of(document: Document) -> int:
    """Return the line of a text in which a document begins."""
    return (document._inner if isinstance(document, _TextDocument) else document).where().line


def _place(where: Location | None, call: Location, begin: _Begin | None) -> Location:
    if where is None or begin is None:
        return call
    column = where.column + begin.column if where.line == 1 and where.column else where.column
    return Location(begin.file, begin.line + where.line, column)


def _begin_in(file: str, text: str) -> _Begin | None:
    """Return where a text of several lines stands in a program as it is; nothing where it is there twice, or not."""
    if "\n" not in text.strip():
        return None
    try:
        with open(file, encoding="utf-8") as program:
            source = program.read()
    except (OSError, UnicodeDecodeError):
        return None
    at = source.find(text)
    if at < 0 or source.find(text, at + 1) >= 0:
        return None
    return _Begin(file, source.count("\n", 0, at), at - (source.rfind("\n", 0, at) + 1))
