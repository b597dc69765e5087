"""Where the secret values stand in the text of a YAML or JSON file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from kpy.redaction.fields import LAST_APPLIED, OPEN_FIELDS, is_secret_kind

__all__ = ["Spans", "spans_in_yaml"]

#: Where something stands in a text: the number of its first character, and that of the first one behind it.
Spans = list[tuple[int, int]]
_KIND = re.compile(r"""\bkind["']?\s*:\s*["']?([\w.-]+)""", re.IGNORECASE)
_BORDER = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_ENTRY = re.compile(r"""\s*(?:-\s+)*(?:["']?[\w./-]+["']?\s*:(?=\s|$)\s*)?""")


class _Node(NamedTuple):
    """A value in the text, with as much of it as matters here."""

    begin: int
    end: int
    #: The text of a scalar.
    text: str = ""
    #: Keys and values of a mapping; the elements of a list have no keys.
    items: tuple[tuple[str, _Node], ...] = ()


def spans_in_yaml(text: str) -> Spans:
    """Return where values of Secrets stand in a text; what cannot be read is hidden as soon as a Secret is near."""
    if "\\" not in text and not _speaks_of_secrets(text):
        return []
    import yaml

    spans: Spans = []
    try:
        for root in _documents(text):
            for node in _secret_nodes(root):
                spans.extend(_scalars(node, text))
    except (yaml.YAMLError, UnicodeError):
        spans.extend(_spans_in_unread(text))
    return sorted(spans)


def _speaks_of_secrets(text: str) -> bool:
    return any(is_secret_kind(kind.removesuffix("List")) for kind in _KIND.findall(text))


def _documents(text: str) -> Iterator[_Node]:
    """Yield the documents. Raises an error of the parser where the text cannot be read."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    collections: list[tuple[int, list[_Node]]] = []
    for event in yaml.parse(text, Loader=loader):
        begin, end = _index(event.start_mark), _index(event.end_mark)
        match event:
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                collections.append((begin, []))
                continue
            case yaml.ScalarEvent():
                node = _Node(begin, end, event.value)
            case yaml.AliasEvent():
                node = _Node(begin, end)
            case yaml.MappingEndEvent():
                begin, children = collections.pop()
                pairs = zip(children[::2], children[1::2], strict=True)
                node = _Node(begin, end, items=tuple((key.text, value) for key, value in pairs))
            case yaml.SequenceEndEvent():
                begin, children = collections.pop()
                node = _Node(begin, end, items=tuple(("", child) for child in children))
            case _:
                continue
        if collections:
            collections[-1][1].append(node)
        else:
            yield node


def _index(mark: Any) -> int:
    return int(mark.index) if mark is not None else 0


def _secret_nodes(root: _Node) -> Iterator[_Node]:
    """Yield the values that are secret, at any depth."""
    waiting = [(root, False)]
    while waiting:
        node, is_item = waiting.pop()
        kind = next((value.text for key, value in node.items if key == "kind"), "")
        if node.items and node.items[0][0] and (is_secret_kind(kind) or (is_item and not kind)):
            yield from _values_of_secret(node)
        else:
            holds = kind.endswith("List") and is_secret_kind(kind.removesuffix("List"))
            for key, value in node.items:
                inside = value.items if holds and key == "items" else ()
                waiting.extend((item, True) for _, item in inside)
                waiting.extend([(value, False)] if not inside else [])


def _values_of_secret(node: _Node) -> Iterator[_Node]:
    for key, value in node.items:
        if key == "metadata":
            annotations = next((each for name, each in value.items if name == "annotations"), None)
            yield from (each for name, each in (annotations.items if annotations else ()) if name == LAST_APPLIED)
        elif key not in OPEN_FIELDS:
            yield value


def _scalars(node: _Node, text: str) -> Iterator[tuple[int, int]]:
    """Yield where the scalars of a value stand; its keys are left."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        waiting.extend(value for _, value in node.items)
        shown = text[node.begin : node.end].rstrip()
        if shown and not node.items and shown not in ("{}", "[]"):
            yield node.begin, node.begin + len(shown)


def _spans_in_unread(text: str) -> Iterator[tuple[int, int]]:
    """Yield the values of every document that speaks of a Secret, line by line, since its structure is not known."""
    borders = [0, *(match.start() for match in _BORDER.finditer(text)), len(text)]
    for begin, end in pairwise(borders):
        at = begin
        for line in text[begin:end].splitlines(keepends=True) if _speaks_of_secrets(text[begin:end]) else ():
            entry = _ENTRY.match(line)
            prefix = entry.group() if entry else ""
            value = line[len(prefix) :].rstrip()
            if value and prefix.strip("- \t:\"'") not in OPEN_FIELDS and not line.startswith("---"):
                yield at + len(prefix), at + len(prefix) + len(value)
            at += len(line)
