"""YAML events to plain data with places: without recursion and within bounds, so that no file can do harm."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import yaml
from yaml import events

from kpy.diagnostics import Diagnostic, Severity
from kpy.documents.document import START, Document, Mark, Node, Place, place_of
from kpy.documents.scalars import Scalar, convert, is_number, resolve, to_key
from kpy.documents.syntax import RENDER, explain
from kpy.lines import Lines

__all__ = ["Composer"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: Levels of nesting. The deepest built-in kinds have some 20, the schema of a large CRD 60.
_MAX_HEIGHT = 300
_DIRECTIVE = "kubectl cuts a text at its `---` and refuses the directive that is left over"
_QUESTION = "kubectl takes no `?` in plain text within [] and {}"
#: The escape of a slash; a backslash before it that is itself escaped makes it none.
_SLASH = r"(?:[^\\]|\\[^/])*\\/"
_TOO_DEEP = f"the document is nested deeper than {_MAX_HEIGHT} levels"
#: The bounds of kubectl's own reader: at most 99 in 100 nodes may come from aliases, in huge documents 10.
_ALIASES_FREE, _NODES_FREE, _NODES_HUGE = 100, 1_000, 400_000
#: How many errors of one kind in one document are told; of more, their number.
_MOST_OF_A_RULE = 100
#: Looked for after an error only; compiled beforehand, it would be the slowest part of a start.
_UNPRINTABLE = r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


class _Open:
    """A mapping or list that is being read."""

    __slots__ = (
        "anchor", "elements", "entries", "height", "is_flow", "is_merge", "key", "mark", "merges", "size", "value",
    )  # fmt: skip

    def __init__(self, value: Any, event: Any) -> None:
        self.value = value
        self.entries: dict[str, tuple[Mark, Node]] = {}
        self.elements: list[Node] = []
        self.mark: Mark = event.start_mark
        self.anchor: str | None = event.anchor
        self.is_flow: bool = event.flow_style
        #: The key that waits for its value, with its place; there is no text when it cannot be a key.
        self.key: tuple[str | None, Mark] | None = None
        #: Whether that key is `<<`.
        self.is_merge = False
        self.merges: list[Node] = []
        self.size = 1
        self.height = 1


class _Refusal(Exception):
    """The document cannot be read on."""

    def __init__(self, rule: str, mark: Mark, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.found = (rule, mark, message, fix)


class Composer:
    """Reads one text; what is wrong with it gathers in `errors`."""

    def __init__(self, text: str, file: str, begin: Place = START, *, is_json: bool = False) -> None:
        self._text = text
        self._is_json = is_json
        #: Whether `...` stands behind the document before: kubectl reads no further up to the next `---`.
        self._has_ended = False
        #: Whether an escape has to be looked for that JSON has and Go's YAML has not.
        self._has_slashes = not is_json and "\\/" in text
        self._has_questions = "?" in text
        self._lines = Lines(text)
        self._file = file
        #: Where in the file the text begins.
        self._first = begin
        self._begin()
        self.errors: list[Diagnostic] = []
        self._counts: Counter[tuple[str, Severity]] = Counter()
        #: Whether reading stopped before the end of the text.
        self.is_broken = False

    def documents(self) -> Iterator[Document]:
        """Iterate over the documents up to the end, or to the place where the text cannot be read on."""
        try:
            yield from self._documents()
        except _Refusal as refusal:
            self._stop(*refusal.found)
        except yaml.MarkedYAMLError as error:
            self._stop("yaml-syntax", *explain(error, self._text, self._lines, self._first.line))
        except (yaml.YAMLError, UnicodeEncodeError):
            self._stop("yaml-syntax", *self._unprintable())

    def _stop(self, rule: str, mark: Mark, message: str, fix: str) -> None:
        """Report why the text cannot be read on."""
        self._report_more(mark)
        self._report(rule, mark, message, fix)
        self.is_broken = True

    def _documents(self) -> Iterator[Document]:
        next_event = _Loader(self._text).get_event
        first_error = 0
        while True:
            event = next_event()
            kind = type(event)
            if kind is events.ScalarEvent:
                self._scalar(event)
            elif kind is events.MappingStartEvent:
                self._open({}, event)
            elif kind is events.SequenceStartEvent:
                self._open([], event)
            elif kind is events.MappingEndEvent or kind is events.SequenceEndEvent:
                self._close()
            elif kind is events.AliasEvent:
                self._alias(event)
            elif kind is events.DocumentStartEvent:
                if (event.version or event.tags) and not self._has_ended and not self._begins(event.start_mark):
                    self._report("yaml-syntax", event.start_mark, _DIRECTIVE, "remove the line")
            elif kind is events.DocumentEndEvent:
                self._report_more(event.start_mark)
                if self._root is not None and self._root.value is not None:
                    errors = self.errors[first_error:]
                    yield Document(self._root, self._file, begin=self._first, errors=errors)
                first_error = len(self.errors)
                self._begin()
                self._has_ended = event.explicit
            elif kind is events.StreamEndEvent:
                return

    def _begin(self) -> None:
        self._root: Node | None = None
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._nodes = 0
        self._aliased = 0

    def _scalar(self, event: Any) -> None:
        mark = event.start_mark
        is_plain = event.implicit[0]
        if is_plain and event.value == "<<" and self._expects_key():
            self._stack[-1].key = "<<", mark
            self._stack[-1].is_merge = True
            return
        value: Scalar = event.value
        if (is_plain or event.tag is not None) and event.tag != "!":
            try:
                value = resolve(event.value) if is_plain else convert(event.value, event.tag)
            except ValueError as error:
                self._report("yaml-value", mark, str(error), "put it in quotes if text is meant")
        if self._is_json and isinstance(value, str) and is_plain and is_number(value):
            self._report("yaml-value", mark, f"{_short(value)} is more than JSON's numbers hold")
        if self._has_questions and is_plain and "?" in event.value[1:] and self._stack and self._stack[-1].is_flow:
            self._report("yaml-syntax", mark, _QUESTION, f'put it in quotes: "{_short(event.value)}"')
        if self._has_slashes and event.style == '"' and _has_slash(self._text[mark.index : event.end_mark.index]):
            self._report("yaml-syntax", mark, "kubectl knows the escape `\\/` in JSON alone", "write `/`")
        self._nodes += 1
        if isinstance(value, str) and event.anchor is None and self._expects_key():  # as nearly all keys are
            self._stack[-1].key = value, mark
            self._stack[-1].size += 1
            return
        node = Node(value, mark) if isinstance(value, str) else Node(value, mark, written=event.value)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self._attach(node)

    def _open(self, value: Any, event: Any) -> None:
        if len(self._stack) >= _MAX_HEIGHT:
            raise _Refusal("yaml-too-deep", event.start_mark, _TOO_DEEP)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._nodes += 1
        self._stack.append(_Open(value, event))

    def _close(self) -> None:
        done = self._stack.pop()
        for merged in done.merges:
            for key, entry in merged.entries.items():
                if key not in done.value:
                    done.value[key] = merged.value[key]
                    done.entries[key] = entry
        node = Node(done.value, done.mark, done.entries, done.elements, done.size, done.height)
        if done.anchor is not None:
            self._anchors[done.anchor] = node
        self._attach(node)

    def _alias(self, event: Any) -> None:
        name, mark = event.anchor, event.start_mark
        if name not in self._anchors:
            raise _Refusal("yaml-syntax", mark, f"the alias `*{name}` has no anchor `&{name}` before it")
        node = self._anchors[name]
        if node is None:
            raise _Refusal("yaml-recursion", mark, f"the alias `*{name}` stands inside its own anchor `&{name}`")
        self._nodes += node.size
        self._aliased += node.size
        if self._aliased > _ALIASES_FREE and self._nodes > _NODES_FREE:
            share = 0.99 if self._nodes <= _NODES_HUGE else 0.1
            if self._aliased > share * self._nodes:
                raise _Refusal("yaml-expansion", mark, "nearly all of the document is repetition by aliases")
        if node.height + len(self._stack) > _MAX_HEIGHT:
            raise _Refusal("yaml-too-deep", mark, _TOO_DEEP)
        self._attach(node._replace(value=_copy(node.value), mark=mark))

    def _expects_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].key is None and isinstance(self._stack[-1].value, dict)

    def _attach(self, node: Node) -> None:
        """Put a value where it belongs: into the list that is open, or as a key or a value of the open mapping."""
        if not self._stack:
            self._root = node
            return
        into = self._stack[-1]
        into.size += node.size
        into.height = max(into.height, node.height + 1)
        if isinstance(into.value, list):
            into.value.append(node.value)
            into.elements.append(node)
        elif into.key is None:
            into.key = self._to_key(node), node.mark
        else:
            key, mark = into.key
            into.key = None
            if into.is_merge:
                into.is_merge = False
                self._merge(into, node)
            elif key is not None:
                if key in into.value:
                    self._report("duplicate-key", mark, f'the key "{key}" is given twice', "keep one of them")
                into.value[key] = node.value
                into.entries[key] = mark, node

    def _merge(self, into: _Open, node: Node) -> None:
        merged = node.elements if isinstance(node.value, list) else [node]
        if all(isinstance(each.value, dict) for each in merged):
            into.merges.extend(merged)
        else:
            self._report("yaml-value", node.mark, "`<<` merges mappings, and this is none")

    def _to_key(self, node: Node) -> str | None:
        if isinstance(node.value, bool) and node.written.lower() not in ("true", "false"):
            read = "true" if node.value else "false"
            message = f"the key `{node.written}` is the truth value {read} in YAML, and becomes the key `{read}`"
            self._report("yaml-key", node.mark, message, f'quote it: "{node.written}"', severity="warning")
        try:
            return to_key(node.value)
        except ValueError as error:
            if isinstance(node.value, dict) and self._is_template(node.mark):
                raise _Refusal("yaml-syntax", node.mark, "`{{` has no meaning in YAML", RENDER) from None
            self._report("yaml-key", node.mark, str(error), "a key is text: put it in quotes")
            return None

    def _is_template(self, mark: Mark) -> bool:
        """Return whether the mapping here is the second of two braces that stand together."""
        return self._lines.window(mark.line, max(mark.column - 1, 0), mark.column + 1) == "{{"

    def _begins(self, mark: Mark) -> bool:
        """Return whether nothing but a `---` stands before a place in the whole file: kubectl keeps that one."""
        return self._first == START and mark.line == 1 and self._lines.window(0, 0, 4).rstrip() == "---"

    def _unprintable(self) -> tuple[Mark, str, str]:
        """Return what is wrong with the first character that YAML does not take."""
        match = re.search(_UNPRINTABLE, self._text)
        at = match.start() if match else 0
        before = self._text[:at]
        mark = Place(before.count("\n"), at - (before.rfind("\n") + 1))
        what = f"the character U+{ord(match.group()):04X}" if match else "a character"
        return mark, f"{what} may not stand in YAML", "write it as an escape in double quotes"

    def _report_more(self, mark: Mark) -> None:
        """Report how much more there is in a document of what stands in it very often."""
        counts, self._counts = self._counts, Counter()
        for (rule, severity), count in counts.items():
            if count > _MOST_OF_A_RULE:
                more = f"and {count - _MOST_OF_A_RULE:,} more like this in the same document"
                self._report(rule, mark, more, severity=severity)

    def _report(self, rule: str, mark: Mark, message: str, fix: str = "", *, severity: Severity = "error") -> None:
        self._counts[rule, severity] += 1
        if self._counts[rule, severity] > _MOST_OF_A_RULE:
            return
        where = place_of(self._file, self._first, mark)
        self.errors.append(Diagnostic(rule, "schema", severity, "", message, fix, where=where))


def _has_slash(text: str) -> bool:
    return re.match(_SLASH, text, re.DOTALL) is not None


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _copy(value: Any) -> Any:
    """Return a copy of plain data, so that no two places of a document share a collection."""
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copy(item) for item in value]
    return value
