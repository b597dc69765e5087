"""A value at its keys in a text of YAML or JSON: replaced where it stands, or added at the end of its mapping."""

from __future__ import annotations

import re
from typing import Any

from kpy.editing.faults import EditError
from kpy.editing.splices import Splice, end_of_line, spliced, start_of_line
from kpy.editing.yaml_spans import Span, spans_of
from kpy.editing.yaml_text import as_block, as_flow, as_word
from kpy.output.scalars import Unwritable

__all__ = ["set_in_yaml"]

Keys = tuple[str, ...]

#: An anchor before a value.
_ANCHOR = re.compile(r"(?:![^\s]*\s+)?(&[^\s]+[ \t]+)")


def set_in_yaml(text: str, keys: Keys, value: Any, *, is_json: bool, line_end: str) -> str:
    """Return the text with a value at some keys; new lines end with `line_end`.

    Raises `EditError` where the value cannot be put there alone.
    """
    root, used = spans_of(text)
    edit = _Edit(text, keys, used, is_json=is_json, line_end=line_end)
    try:
        return spliced(text, edit.splices(root, value))
    except Unwritable:
        raise EditError(keys, f"YAML has no way to write the value of `{'.'.join(keys)}`") from None


class _Edit:
    """One value that is put into a text."""

    def __init__(self, text: str, keys: Keys, used: set[str], *, is_json: bool, line_end: str) -> None:
        self._text = text
        self._keys = keys
        self._used = used
        self._is_json = is_json
        self._line_end = line_end
        #: Whether a block may be written: it could be the last thing in a text, and what ends it counts.
        self._with_literals = text.endswith("\n") and self._line_end == "\n"

    def splices(self, root: Span | None, value: Any) -> list[Splice]:
        if root is None:
            return [self._appended(value)]
        span, depth = root, 0
        while span.kind == "mapping" and depth < len(self._keys) and self._keys[depth] in span.entries:
            key, inner = span.entries[self._keys[depth]]
            depth += 1
            if depth == len(self._keys):
                return self._replaced(key, inner, value, is_in_block=not span.is_flow)
            if inner.is_empty:
                nested = _nested(self._keys[depth:], value)
                return self._replaced(key, inner, nested, is_in_block=not span.is_flow)
            span = inner
        if span.kind == "alias":
            dotted = ".".join(self._keys[:depth])
            raise self._refusal(f"`{dotted}` is an alias, so that this would change what it stands for as well")
        if span.kind != "mapping":
            where = f"`{'.'.join(self._keys[:depth])}`" if depth else "the file"
            raise self._refusal(f"{where} is no table")
        return [self._added(span, self._keys[depth], _nested(self._keys[depth + 1 :], value))]

    def _refusal(self, why: str) -> EditError:
        return EditError(self._keys, f"`{'.'.join(self._keys)}` cannot be changed: {why}: change it by hand")

    def _appended(self, value: Any) -> Splice:
        """Return the lines for a text that has no values yet."""
        end = len(self._text)
        begin = "" if not self._text or self._text.endswith("\n") else self._line_end
        lines = self._lines(_nested(self._keys, value), self._line_end)
        return Splice(end, end, f"{begin}{lines}{self._line_end}")

    def _replaced(self, key: Span, old: Span, value: Any, *, is_in_block: bool) -> list[Splice]:
        if old.anchor in self._used and old.kind != "alias":
            raise self._refusal(f"other values follow it by *{old.anchor}")
        if old.is_block:
            return self._instead_of_lines(key, old, value)
        if is_in_block and isinstance(value, dict | list) and value and not (old.is_flow and old.kind != "scalar"):
            return self._lines_instead(key, old, value)
        start, end, behind = old.start, old.end, ""
        if old.kind == "scalar" and (anchor := _ANCHOR.match(self._text, start, end)):
            start = anchor.end()
        if old.style in ("|", ">") and (comment := re.search(r"\s#.*", self._header(old))):
            behind = f" {comment[0].strip()}"
        text = self._on_one_line(old, value, margin=self._margin_in_flow(old))
        if old.style in ("|", ">") and isinstance(value, str) and "\n" in value and not self._is_json:
            text = self._lines(value, self._margin(key))
            first, line_break, rest = text.partition("\n")
            text, behind = f"{first}{behind}{line_break}{rest}", ""
        space = " " if old.is_empty and self._text[start - 1 : start] not in (" ", "") else ""
        return [Splice(start, end, f"{space}{text}{behind}")]

    def _lines(self, value: Any, margin: str) -> str:
        return as_block(value, margin, with_literals=self._with_literals)

    def _header(self, old: Span) -> str:
        return self._text[old.start : end_of_line(self._text, old.start)]

    def _margin(self, key: Span) -> str:
        """Return a line break and the indentation of a key."""
        return self._line_end + " " * (key.start - start_of_line(self._text, key.start))

    def _on_one_line(self, old: Span, value: Any, *, margin: str | None) -> str:
        if isinstance(value, dict | list) or self._is_json:
            return as_flow(value, is_json=self._is_json, margin=margin)
        if old.kind == "scalar" and old.style in ("'", '"'):
            return as_word(value, old.style)
        return as_word(value)

    def _margin_in_flow(self, old: Span) -> str | None:
        """Return the line break and indentation of the items of a list or table between brackets, if it has lines."""
        if not old.is_flow or not old.elements or "\n" not in self._text[old.start : old.elements[0].start]:
            return None
        first = min([old.elements[0].start, *(key.start for key, _ in old.entries.values())])
        return self._line_end + " " * (first - start_of_line(self._text, first))

    def _lines_instead(self, key: Span, old: Span, value: Any) -> list[Splice]:
        """Return what puts lines below a key in the place of what stands behind it."""
        margin = self._margin(key)
        inner = margin if isinstance(value, list) else f"{margin}  "
        behind = end_of_line(self._text, old.end)
        lines = Splice(behind, behind, inner + self._lines(value, inner))
        start = old.start
        while self._text[start - 1] in " \t":
            start -= 1
        return [Splice(start, old.end, ""), lines]

    def _instead_of_lines(self, key: Span, old: Span, value: Any) -> list[Splice]:
        """Return what replaces a mapping or list of lines; what stands between it and its key is kept."""
        first = start_of_line(self._text, old.start)
        if old.anchor is not None or self._text[first : old.start].strip():
            raise self._refusal("there is more on the line where it begins")
        if isinstance(value, dict | list) and value:
            margin = self._line_end + self._text[first : old.start]
            if isinstance(value, dict) and old.kind == "list":
                margin = f"{self._margin(key)}  "
            lines = margin.lstrip("\r\n") + self._lines(value, margin)
            return [Splice(first, old.end, lines)]
        colon = self._text.find(":", key.end) + 1
        end = min(end_of_line(self._text, old.end) + len(self._line_end), len(self._text))
        if self._text[old.end : end_of_line(self._text, old.end)].strip():
            end = old.end  # a comment stays
        return [Splice(colon, colon, f" {as_flow(value, is_json=False)}"), Splice(first, end, "")]

    def _added(self, mapping: Span, key: str, value: Any) -> Splice:
        if mapping.is_flow:
            return self._added_between_brackets(mapping, key, value)
        keys = [each.start for each, _ in mapping.entries.values()]
        first = min(keys, default=mapping.start)
        margin = self._line_end + " " * (first - start_of_line(self._text, first))
        end = end_of_line(self._text, mapping.end)
        return Splice(end, end, margin + self._lines({key: value}, margin))

    def _added_between_brackets(self, mapping: Span, key: str, value: Any) -> Splice:
        entry = as_flow({key: value}, is_json=self._is_json)[1:-1]
        if not mapping.elements:
            start = mapping.start + 1 + self._text[mapping.start : mapping.end].index("{")
            return Splice(start - 1, start - 1, entry) if self._text[start - 1] != "{" else Splice(start, start, entry)
        margin = self._margin_in_flow(mapping)
        end = mapping.elements[-1].end
        return Splice(end, end, f",{margin or ' '}{entry}")


def _nested(keys: Keys, value: Any) -> Any:
    """Return a value in tables, one for each key."""
    for key in reversed(keys):
        value = {key: value}
    return value
