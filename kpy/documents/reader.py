"""YAML and JSON text to documents, with the place of every value and of every error.

It reads what kubectl reads, streams of JSON among it, and refuses what kubectl refuses, and keys given twice besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kpy.diagnostics import Diagnostic
from kpy.documents.composer import Composer
from kpy.documents.document import START, Document, Node, Place, place_of
from kpy.documents.scalars import resolve

__all__ = ["Reading", "read_documents"]

_SEPARATOR = re.compile(r"^---", re.MULTILINE)
_BAD_SEPARATOR = re.compile(r"^---[^\S\n]*(?=[^\s#])", re.MULTILINE)
#: Half of a character that JSON writes as two escapes: a server reads each half as U+FFFD.
_SURROGATE = re.compile("[\ud800-\udfff]")
#: The mark of files that were written one behind the other.
_BYTE_ORDER_MARK = "\ufeff"
_MARKED_BEGIN = re.compile(rf"(\A|^---[^\n]*\n){_BYTE_ORDER_MARK}", re.MULTILINE)
_SPACE = re.compile(r"[ \t\r\n]*")


_STREAM = "behind two JSON values kubectl reads JSON alone, and this is none"


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
        text = _MARKED_BEGIN.sub(r"\1", text)
    if not text.lstrip().startswith(("{", "[")):
        return _read_yaml(text, file, START)
    if "\n---" not in text:
        whole = _read_json(text, file, START)
        if not whole.errors and len(whole.documents) < 2:
            return whole
    values, rest = _split_json(text)
    readings = [_read_json(part, file, begin) for begin, part in values]
    if rest is not None and len(values) > 1:
        readings.append(
            Reading([], [_error("yaml-syntax", file, rest[0], _STREAM, "write `---` before every document")])
        )
    elif rest is not None:
        readings.append(_read_yaml(rest[1], file, rest[0]))
    return _joined(readings)


def _joined(readings: Iterable[Reading]) -> Reading:
    whole = Reading([], [])
    for reading in readings:
        whole.documents.extend(reading.documents)
        whole.errors.extend(reading.errors)
    return whole


def _read_yaml(text: str, file: str, begin: Place) -> Reading:
    """Return the documents of a YAML text; where it breaks, what can be read of its documents one by one."""
    composer = Composer(text, file, begin)
    documents = list(composer.documents())
    if not composer.is_broken:
        return Reading(documents, [*_separator_errors(text, file, begin), *composer.errors])
    return _joined(_read_document(part, file, place) for place, part in _split(text, begin))


def _read_document(text: str, file: str, begin: Place) -> Reading:
    if errors := _separator_errors(text, file, begin):
        return Reading([], errors)
    composer = Composer(text, file, begin)
    return Reading(list(composer.documents()), composer.errors)


def _separator_errors(text: str, file: str, begin: Place) -> list[Diagnostic]:
    """Return what is wrong with the lines that begin with `---`: kubectl takes them all to begin a document."""
    if "---" not in text:
        return []
    errors: list[Diagnostic] = []
    line = last = 0
    for match in _BAD_SEPARATOR.finditer(text):
        line += text.count("\n", last, match.start())
        last = match.start()
        place = Place(begin.line + line, match.end() - match.start() + (0 if line else begin.column))
        message = "kubectl takes nothing but a comment behind `---`"
        errors.append(_error("yaml-syntax", file, place, message, "begin the document on the next line"))
    return errors


def _read_json(text: str, file: str, begin: Place) -> Reading:
    """Return the document of one JSON value."""
    composer = Composer(text, file, begin, is_json=True)
    documents = list(composer.documents())
    if composer.is_broken:
        try:
            return Reading([Document(_parse_json(text), file, begin=begin)], [])
        except KeyError:
            return Reading([], [_error("duplicate-key", file, begin, "a key is given twice", "keep one of them")])
        except (ValueError, RecursionError):
            pass  # it is not JSON either
    return Reading(documents, composer.errors)


def _split(text: str, first: Place) -> Iterator[tuple[Place, str]]:
    """Cut a text before every line that begins with `---`, as kubectl does; yield each part and where it begins."""
    begin, place = 0, first
    for match in _SEPARATOR.finditer(text):
        if match.start():
            part = text[begin : match.start()]
            yield place, part
            begin, place = match.start(), Place(place.line + part.count("\n"), 0)
    yield place, text[begin:]


def _split_json(text: str) -> tuple[list[tuple[Place, str]], tuple[Place, str] | None]:
    """Cut a stream of JSON values, as `jq` writes it, into them, and what stands behind that is not JSON."""
    import json

    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse)
    values: list[tuple[Place, str]] = []
    begin = line = line_start = 0
    while (start := _SPACE.match(text, begin).end()) < len(text):  # type: ignore[union-attr]  # matches anywhere
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            if len(values) < 2:
                start = begin  # with the space, so that the first line of YAML keeps its indentation
            else:
                line += text.count("\n", begin, start)
                line_start = max(line_start, text.rfind("\n", begin, start) + 1)
            return values, (Place(line, start - line_start), text[start:])
        line += text.count("\n", begin, start)
        line_start = max(line_start, text.rfind("\n", begin, start) + 1)
        values.append((Place(line, start - line_start), text[start:end]))
        line += text.count("\n", start, end)
        line_start = max(line_start, text.rfind("\n", start, end) + 1)
        begin = end
    return values, None


def _parse_json(text: str) -> Node:
    """Return JSON that is not valid YAML: with very long keys, or with a character written as two escapes.

    Raises `KeyError` where a key is there twice, and `ValueError` or `RecursionError` for what is no JSON.
    """
    import json

    value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_number, parse_float=_number)
    return _place(_cleaned(value))


def _error(rule: str, file: str, place: Place, message: str, fix: str) -> Diagnostic:
    return Diagnostic(rule, "schema", "error", "", message, fix, where=place_of(file, place, START))


def _place(value: Any) -> Node:
    """Place everything at the start of the text: JSON that no YAML parser reads has no places."""
    start = START
    if isinstance(value, dict):
        return Node(value, start, {key: (start, _place(item)) for key, item in value.items()})
    if isinstance(value, list):
        return Node(value, start, elements=[_place(item) for item in value])
    return Node(value, start)


def _cleaned(value: Any) -> Any:
    """Return JSON as a server reads it: with U+FFFD for half of a character."""
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise KeyError("a key is given twice")
    return mapping


def _number(text: str) -> int | float:
    value = resolve(text)
    if not isinstance(value, int | float):
        raise ValueError(f"{text} is more than JSON's numbers hold")
    return value


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a number that JSON has")
