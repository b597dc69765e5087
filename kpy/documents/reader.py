"""YAML and JSON text to documents, with the place of every value and of every error.

It reads what kubectl reads, streams of JSON among it, and refuses what kubectl refuses, and keys given twice besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from kpy.diagnostics import Diagnostic
from kpy.documents.composer import Composer
from kpy.documents.document import START, Document, Node, Place

__all__ = ["Reading", "read_documents"]

_DOCUMENT_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)
#: The mark of files that were written one behind the other.
_BYTE_ORDER_MARK = "\ufeff"
_SPACE = re.compile(r"\s*")


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
    if _BYTE_ORDER_MARK in text:
        text = re.sub(f"^{_BYTE_ORDER_MARK}", "", text, flags=re.MULTILINE)
    composer = Composer(text, file)
    documents = list(composer.documents())
    if not composer.is_broken:
        return Reading(documents, composer.errors)
    values = _split_json(text)
    parts = _split(text) if values is None else values
    readings = [_read_part(part, file, begin, is_json=values is not None) for begin, part in parts]
    documents = [document for reading in readings for document in reading.documents]
    return Reading(documents, [error for reading in readings for error in reading.errors])


def _read_part(text: str, file: str, begin: Place, *, is_json: bool) -> Reading:
    composer = Composer(text, file, begin)
    documents = list(composer.documents())
    if composer.is_broken and is_json and (node := _read_json(text)) is not None:
        return Reading([Document(node, file, begin=begin)], [])
    return Reading(documents, composer.errors)


def _split(text: str) -> Iterator[tuple[Place, str]]:
    """Cut a text before every line that begins a document, as kubectl does; yield each part and where it begins."""
    begin = line = 0
    for match in _DOCUMENT_START.finditer(text):
        part = text[begin : match.start()]
        yield Place(line, 0), part
        begin, line = match.start(), line + part.count("\n")
    yield Place(line, 0), text[begin:]


def _split_json(text: str) -> list[tuple[Place, str]] | None:
    """Cut a stream of JSON values, as `jq` writes it, into them, each with its place; nothing when it is none."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    import json

    decoder = json.JSONDecoder()
    values: list[tuple[Place, str]] = []
    begin = line = line_start = 0
    try:
        while (start := _SPACE.match(text, begin).end()) < len(text):  # type: ignore[union-attr]  # matches anywhere
            line += text.count("\n", begin, start)
            line_start = max(line_start, text.rfind("\n", begin, start) + 1)
            _, begin = decoder.raw_decode(text, start)
            values.append((Place(line, start - line_start), text[start:begin]))
            line += text.count("\n", start, begin)
            line_start = max(line_start, text.rfind("\n", start, begin) + 1)
    except (ValueError, RecursionError):
        return None
    return values


def _read_json(text: str) -> Node | None:
    """Return JSON that is no YAML: with very long keys, or with a character written as two escapes."""
    import json

    try:
        return _place(json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse))
    except (ValueError, RecursionError):
        return None


def _place(value: Any) -> Node:
    """Place everything at the start of the text: JSON that no YAML parser reads has no places."""
    start = START
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
