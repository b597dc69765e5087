"""Lines of source below findings: with a mark below the value at fault, and without secrets.

They are read within bounds, and only from where the user's own files are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from kpy.diagnostics import Diagnostic
from kpy.lines import Lines
from kpy.redaction.fields import HIDDEN, SECRETS_IN_THE_OPEN
from kpy.redaction.mask import Mask
from kpy.redaction.yaml_text import Spans
from kpy.reporting.sources import MOST_BYTES, read_source
from kpy.reporting.view import Role, View
from kpy.reporting.wrapping import cells, clipped
from kpy.source import Location

if TYPE_CHECKING:
    from kpy.reporting.python_values import Program

__all__ = ["Excerpts"]

#: How much of a line is looked at to the left and to the right of what is meant.
_REACH: Final = 400
#: How long a line may be that is searched for secret values as a whole.
_SEARCHED: Final = 1 << 20
_CUT: Final = "…"
#: A value or key in YAML or JSON, from its first character on.
_TOKEN: Final = re.compile(
    r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s,:{}\[\]#"'](?:[^,:{}\[\]#\s]|:(?=\S)|\s(?=[^\s#,}\]]))*"""
)


#: A text in a line of Python.
_TEXT: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")


class _Line(NamedTuple):
    """A line to be shown, and what is meant in it; both columns count from 0."""

    number: int
    begin: int
    end: int


class _Source:
    """One file."""

    def __init__(self, file: str, text: str, mask: Mask | None) -> None:
        self.text = text
        self.lines = Lines(text)
        self.is_python = file.endswith(".py")
        self._mask = mask
        self._found: dict[int, Spans] = {}

    @cached_property
    def program(self) -> Program:
        """The file as Python."""
        from kpy.reporting.python_values import Program

        return Program(self.text)

    @cached_property
    def _secrets(self) -> Spans:
        """Where secret values stand by the field or the argument that they are given to."""
        from kpy.redaction.python_text import spans_in_python
        from kpy.redaction.yaml_text import spans_in_yaml

        return spans_in_python(self.text) if self.is_python else spans_in_yaml(self.text)

    def secrets_in(self, line: int) -> Spans:
        """Return where secret values stand in a line."""
        if line not in self._found:
            start = self.lines.start(line)
            length = self.lines.length(line) or 0
            first = max(0, bisect_left(self._secrets, (start, 0)) - 1)
            found = []
            for begin, end in self._secrets[first:]:
                if begin > start + length:
                    break
                if end > start:
                    found.append((max(0, begin - start), min(length, end - start)))
            if self._mask is not None and length <= _SEARCHED:
                found += self._mask.spans(self.lines.window(line, 0, length))
            self._found[line] = _merged(found)
        return self._found[line]

    def values_in(self, line: int, column: int) -> Spans:
        """Return where values stand in a line with a secret: from a column on, or in a program all its texts."""
        length = self.lines.length(line) or 0
        if column:
            return [(column - 1, length)]
        text = self.lines.window(line, 0, length)
        if set("\"'").isdisjoint(_TEXT.sub("", text)):
            return [match.span() for match in _TEXT.finditer(text)]
        return [(_indent(text), length)]  # a text that began before, or goes on below


class Excerpts:
    """Lines of the files that findings are in."""

    def __init__(self, view: View, mask: Mask | None = None, findings: Iterable[Diagnostic] = ()) -> None:
        self._view = view
        #: Where findings say that a secret stands in plain text, by file and line: the first column of each.
        self._told: dict[tuple[str, int], int] = {}
        for found in findings:
            if found.rule in SECRETS_IN_THE_OPEN and found.where is not None:
                place = found.where.file, found.where.line - 1
                self._told[place] = min(found.where.column, self._told.get(place, found.where.column))
        self._mask = mask
        self._given = {file: _Source(file, text, mask) for file, text in view.sources.items()}
        self._read: dict[str, _Source | None] = {}
        self._room = MOST_BYTES
        #: The lines that were shown, as they were.
        self._shown: set[tuple[str, str]] = set()

    def of(self, where: Location, found: Diagnostic) -> list[str]:
        """Return the line that a finding is about, with a mark below the value; nothing when there is no such line.

        A line that was shown before is not shown again, nor one that has nothing in it.
        """
        source = self._source(where.file)
        if source is None or source.lines.length(where.line - 1) is None:
            return []
        line = _line_of(source, where, found)
        spans = source.secrets_in(line.number)
        column = self._told.get((where.file, line.number))
        if column is not None or found.rule in SECRETS_IN_THE_OPEN:
            spans = _merged([*spans, *source.values_in(line.number, column or 0)])
        drawn = self._drawn(source, line, spans, found.severity)
        key = where.file, drawn[0]
        if key in self._shown or drawn[0] == self._view.paint("label", _gutter(line.number)):
            return []
        self._shown.add(key)
        return drawn

    def _drawn(self, source: _Source, line: _Line, spans: Spans, role: Role) -> list[str]:
        head = source.lines.window(line.number, 0, _REACH)
        indent = _indent(head)
        first = max(min(indent, line.begin or indent), line.begin - _REACH)
        last = max(first, line.begin) + _REACH
        text, begin, end = _without(
            source.lines.window(line.number, first, last),
            [(span_begin - first, span_end - first) for span_begin, span_end in _between(spans, first, last)],
            line.begin - first,
            line.end - first,
        )
        number = _gutter(line.number)
        is_open = first > indent, last < (source.lines.length(line.number) or 0)
        shown, cut = _window(_cleaned(text).rstrip(), begin, self._view.width - len(number), is_open)
        lines = [self._view.paint("label", number) + shown]
        if line.end > line.begin:
            mark = "^" * max(1, cells(shown[begin - cut : end - cut]))
            gutter = self._view.paint("label", f"{' ' * (len(number) - 2)}| ")
            lines.append(gutter + " " * cells(shown[: begin - cut]) + self._view.paint(role, mark))
        return lines

    def _source(self, file: str) -> _Source | None:
        if file in self._given:
            return self._given[file]
        if file not in self._read:
            text = read_source(file)
            size = len(text or "")
            self._room -= size
            if self._room < 0:
                self._read.clear()
                self._room = MOST_BYTES - size
            self._read[file] = None if text is None else _Source(file, text, self._mask)
        return self._read[file]


def _gutter(line: int) -> str:
    return f"{line + 1:>5} | "


def _line_of(source: _Source, where: Location, found: Diagnostic) -> _Line:
    """Return the line that has the value at fault, which in Python may stand below the line that is reported."""
    line = where.line - 1
    if where.column:
        begin = where.column - 1
        match = _TOKEN.match(source.lines.window(line, begin, begin + _REACH))
        length = source.lines.length(line) or 0
        return _Line(line, begin, max(begin + 1, min(length, begin + len(match.group().rstrip()) if match else 0)))
    value = source.program.value_of(where.line, found) if source.is_python else None
    return _Line(line, 0, 0) if value is None else _Line(*value)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _between(spans: Spans, first: int, last: int) -> Spans:
    """Return those of many spans, in order, that reach into a part of a line."""
    begin = bisect_left(spans, (first, 0))
    if begin and spans[begin - 1][1] > first:
        begin -= 1
    return spans[begin : bisect_left(spans, (last, 0))]


def _without(text: str, spans: Spans, begin: int, end: int) -> tuple[str, int, int]:
    """Return a text without what is secret, and where what is meant in it is now."""
    parts: list[str] = []
    at = shift_begin = shift_end = 0
    for first, last in spans:
        first, last = max(0, first), min(len(text), last)
        if last <= first:
            continue
        parts += [text[at:first], HIDDEN]
        less = last - first - len(HIDDEN)
        shift_begin += less if last <= begin else max(0, begin - first) if first <= begin else 0
        shift_end += less if last <= end else max(0, end - first - len(HIDDEN)) if first < end else 0
        at = last
    return "".join([*parts, text[at:]]), begin - shift_begin, end - shift_end


def _window(text: str, column: int, width: int, is_open: tuple[bool, bool]) -> tuple[str, int]:
    """Return the part of a text around a column, with an ellipsis where it is cut, and the column it begins with.

    `is_open` says whether the line goes on to the left and to the right of the text.
    """
    width = max(width, 20)
    first = 0
    if len(text) > width and (column >= width * 3 // 4 or is_open[0]):
        first = max(0, min(column - width // 3, len(text) - width))
    shown = text[first : first + width]
    if first or is_open[0]:
        shown = _CUT + shown[1:]
    if first + width < len(text) or is_open[1]:
        shown = shown[: width - 1] + _CUT
    return clipped(shown, width), first


def _cleaned(text: str) -> str:
    """Return a piece of a line with a blank for everything that has no glyph, so that columns stay."""
    if not text.isprintable():
        text = "".join(mark if mark.isprintable() else " " for mark in text)
    return text.replace("##[", "# [")  # which some CI systems take for a command


def _merged(spans: Iterable[tuple[int, int]]) -> Spans:
    merged: Spans = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged
