"""YAML and JSON text to documents, with the place of every value and of every error.

It reads what kubectl reads, and refuses what kubectl refuses, and keys given twice besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from kpy.diagnostics import Diagnostic
from kpy.documents.composer import Composer
from kpy.documents.document import Document, Node

__all__ = ["Reading", "read_documents"]

_DOCUMENT_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)


class Reading(NamedTuple):
    """What is in a file: its documents, and what is wrong with its text."""

    documents: list[Document]
    #: What could not be read, or not well, each with line and column, in the order of the text.
    errors: list[Diagnostic]


def read_documents(text: str, file: str = "<text>") -> Reading:
    """Return the documents of a text and what is wrong with it.

    One broken document does not hide the others. Empty documents are left out. A `List` is one document, see
    `Document.items`.
    """
    composer = Composer(text, file)
    documents = list(composer.documents())
    if not composer.is_broken:
        return Reading(documents, composer.errors)
    if (node := _read_json(text)) is not None:
        return Reading([Document(node, file)], [])
    parts = [Composer(part, file, first_line=line) for line, part in _split(text)]
    documents = [document for part in parts for document in part.documents()]
    return Reading(documents, [error for part in parts for error in part.errors])


def _split(text: str) -> Iterator[tuple[int, str]]:
    """Cut a text before every line that begins a document, as kubectl does; yield each part and its first line."""
    begin = line = 0
    for match in _DOCUMENT_START.finditer(text):
        part = text[begin : match.start()]
        yield line, part
        begin, line = match.start(), line + part.count("\n")
    yield line, text[begin:]


def _read_json(text: str) -> Node | None:
    """Return JSON that is no YAML: with very long keys, or with a character written as two escapes."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    import json

    try:
        return _place(json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse))
    except (ValueError, RecursionError):
        return None


class _Start(NamedTuple):
    line: int = 0
    column: int = 0


def _place(value: Any) -> Node:
    """Place everything at the start of the text: JSON that no YAML parser reads has no places."""
    start = _Start()
    if isinstance(value, dict):
        return Node(value, start, {key: (start, _place(item)) for key, item in value.items()})
    if isinstance(value, list):
        return Node(value, start, elements=[_place(item) for item in value])
    return Node(value, start)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError("a key is given twice")
    return mapping


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number that JSON has")
