"""Where in a text of YAML every value stands, from its first character to its last."""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml import events

from kpy.documents.scalars import resolve, to_key
from kpy.editing.faults import EditError

__all__ = ["Span", "spans_of"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Span:
    """A value in a text of YAML."""

    __slots__ = ("anchor", "elements", "end", "entries", "is_flow", "kind", "start", "style", "text")

    def __init__(self, kind: str, event: Any) -> None:
        #: `scalar`, `mapping`, `list` or `alias`.
        self.kind = kind
        self.start: int = event.start_mark.index
        #: Behind its last character; a line break that ends it is not part of it.
        self.end: int = event.end_mark.index
        self.anchor: str | None = event.anchor
        self.is_flow: bool = getattr(event, "flow_style", False) is True
        #: How a scalar is quoted: `'`, `"`, `|`, `>`, or nothing for a plain one.
        self.style: str = getattr(event, "style", None) or ""
        #: What a scalar says, and how a list is made up.
        self.text: str = getattr(event, "value", "")
        self.entries: dict[str, tuple[Span, Span]] = {}
        self.elements: list[Span] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written: `key:`."""
        return self.kind == "scalar" and self.start == self.end

    @property
    def is_block(self) -> bool:
        """Whether it is a mapping or list of lines."""
        return self.kind in ("mapping", "list") and not self.is_flow


def spans_of(text: str) -> tuple[Span | None, set[str]]:
    """Return the one document of a text, and the anchors that are used; nothing for a text without values.

    A key that is an alias, a collection or `<<` has no entry. Raises `EditError` for what cannot be read.
    """
    reader = _Reader(text)
    try:
        return reader.read(), reader.used
    except (yaml.YAMLError, UnicodeEncodeError, ValueError):
        raise EditError((), "the file cannot be read as YAML") from None


class _Reader:
    """Reads the events of one document."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.used: set[str] = set()

    def read(self) -> Span | None:
        loader = _Loader(self._text)
        root: Span | None = None
        stack: list[tuple[Span, list[Span]]] = []
        while loader.check_event():
            event = loader.get_event()
            done: Span | None = None
            match event:
                case events.MappingStartEvent():
                    stack.append((Span("mapping", event), []))
                case events.SequenceStartEvent():
                    stack.append((Span("list", event), []))
                case events.MappingEndEvent() | events.SequenceEndEvent():
                    done = self._closed(*stack.pop(), event)
                case events.ScalarEvent():
                    done = self._scalar(event)
                case events.AliasEvent():
                    self.used.add(str(event.anchor))
                    done = Span("alias", event)
            if done is not None and stack:
                stack[-1][1].append(done)
            elif done is not None:
                root = done
        return root

    def _scalar(self, event: Any) -> Span:
        span = Span("scalar", event)
        if span.style in ("|", ">"):
            written = self._text[span.start : span.end]
            header, _, body = written.partition("\n")
            keeps = "+" in header.split("#")[0]
            kept = re.sub(r"\r?\n\Z", "", body) if keeps else re.sub(r"\s*\Z", "", body)
            span.end = span.start + (len(header) + 1 + len(kept) if kept else len(header.rstrip("\r")))
        return span

    def _closed(self, span: Span, inside: list[Span], event: Any) -> Span:
        if span.is_flow:
            span.end = event.end_mark.index
        elif inside:  # the parser has looked beyond comments for what comes next
            span.end = inside[-1].end
        if span.kind == "list":
            span.elements = inside
            return span
        for key, value in zip(inside[::2], inside[1::2], strict=True):
            if key.kind == "scalar" and (key.style or key.text != "<<"):
                span.entries[key.text if key.style else to_key(resolve(key.text))] = key, value
        span.elements = inside[1::2]
        return span
