"""A value at its keys in a text of TOML: replaced where it stands, or added at the end of its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kpy.editing.faults import EditError
from kpy.editing.splices import Splice, end_of_line, spliced, start_of_line
from kpy.editing.toml_spans import Pair, Statement, Value, statements_of
from kpy.editing.toml_text import as_toml, as_toml_key
from kpy.output.scalars import Unwritable

__all__ = ["set_in_toml"]

Keys = tuple[str, ...]


def set_in_toml(text: str, keys: Keys, value: Any, tree: Mapping[str, Any], *, line_end: str) -> str:
    """Return the text with a value at some keys; `tree` is what the text says, and new lines end with `line_end`.

    Raises `EditError` where the value cannot be put there alone.
    """
    try:
        return spliced(text, [_Edit(text, keys, line_end).splice(value, tree)])
    except Unwritable:
        raise EditError(keys, f"TOML has no way to write the value of `{'.'.join(keys)}`") from None


class _Edit:
    """One value that is put into a text."""

    def __init__(self, text: str, keys: Keys, line_end: str) -> None:
        self._text = text
        self._keys = keys
        self._statements = statements_of(text)
        self._line_end = line_end

    def splice(self, value: Any, tree: Mapping[str, Any]) -> Splice:
        there = _depth(tree, self._keys)
        if there == len(self._keys):
            return self._replaced(value)
        return self._added(self._keys[:there], self._keys[there:], value)

    def _refusal(self, why: str) -> EditError:
        return EditError(self._keys, f"`{'.'.join(self._keys)}` cannot be changed: {why}: change it by hand")

    def _replaced(self, value: Any) -> Splice:
        found = self._value_at(self._keys)
        if found is not None:
            style = self._text[found.start] if self._text[found.start : found.start + 3] != "'''" else ""
            return Splice(found.start, found.end, as_toml(value, style))
        return self._tables_replaced(value)

    def _value_at(self, keys: Keys) -> Value | None:
        """Return the value at some keys, also within inline tables; nothing where a header begins it."""
        for statement in self._statements:
            if statement.pair is None:
                continue
            if statement.path == keys:
                return statement.pair.value
            if keys[: len(statement.path)] == statement.path:
                return _inside(statement.pair.value, keys[len(statement.path) :])
        return None

    def _tables_replaced(self, value: Any) -> Splice:
        """Return what replaces a list that is written as tables, `[[a]]`."""
        size = len(self._keys)
        numbers = [number for number, each in enumerate(self._statements) if each.path[:size] == self._keys]
        own = [self._statements[number] for number in numbers]
        is_list = bool(own) and own[0].is_item and len(own[0].path) == size + 1
        if not is_list or numbers[-1] - numbers[0] + 1 != len(numbers):
            raise self._refusal("it is a table there, and a single value here")
        if not (isinstance(value, list) and value and all(isinstance(item, dict) for item in value)):
            raise self._refusal("it is a list of tables there")
        header = f"[[{'.'.join(map(as_toml_key, self._keys))}]]"
        tables = [
            self._line_end.join([header, *(f"{as_toml_key(key)} = {as_toml(each)}" for key, each in item.items())])
            for item in value
        ]
        return Splice(own[0].start, own[-1].end, (self._line_end * 2).join(tables))

    def _added(self, table: Keys, rest: Keys, value: Any) -> Splice:
        """Return what adds the keys `rest` at the end of a table that is there."""
        for size in range(len(table), 0, -1):
            if (inline := self._value_at(table[:size])) is not None:
                return self._added_inline(inline, _line((*table[size:], *rest), value, dotted=len(table) - size + 1))
        own = [each for each in self._statements if each.pair is not None and each.path[: each.depth] == table]
        header = next((each for each in self._statements if each.pair is None and each.path == table), None)
        is_root = not table
        if len(rest) > 1 and is_root:
            return self._new_table(rest[:1], rest[1:], value)
        if own or header is not None:
            return self._behind(own[-1] if own else header, _line(rest, value))
        if is_root:
            return self._first(_line(rest, value))
        dotted = [each for each in self._statements if each.pair is not None and each.path[: len(table)] == table]
        if dotted and dotted[-1].depth < len(table):
            above = table[dotted[-1].depth :]
            return self._behind(dotted[-1], _line((*above, *rest), value, dotted=len(above) + 1))
        return self._new_table(table, rest, value)

    def _behind(self, statement: Statement | None, line: str) -> Splice:
        assert statement is not None
        end = end_of_line(self._text, statement.end)
        begin = start_of_line(self._text, statement.start)
        indent = self._text[begin : statement.start]
        return Splice(end, end, f"{self._line_end}{indent}{line}")

    def _first(self, line: str) -> Splice:
        """Return what puts a pair before all tables, and below what a text without tables says."""
        if not self._statements:
            end = len(self._text)
            begin = "" if not self._text or self._text.endswith("\n") else self._line_end
            return Splice(end, end, f"{begin}{line}{self._line_end}")
        start = start_of_line(self._text, self._statements[0].start)
        while start and self._text[start_of_line(self._text, start - 1) : start].lstrip().startswith("#"):
            start = start_of_line(self._text, start - 1)
        return Splice(start, start, f"{line}{self._line_end * 2}")

    def _new_table(self, table: Keys, rest: Keys, value: Any) -> Splice:
        end = len(self._text)
        begin = "" if not self._text else self._line_end if self._text.endswith("\n") else self._line_end * 2
        header = f"[{'.'.join(map(as_toml_key, table))}]"
        return Splice(end, end, f"{begin}{header}{self._line_end}{_line(rest, value)}{self._line_end}")

    def _added_inline(self, inline: Value, entry: str) -> Splice:
        if not inline.pairs:
            return Splice(inline.start + 1, inline.end - 1, f" {entry} ")
        end = inline.pairs[-1].value.end
        return Splice(end, end, f", {entry}")


def _depth(tree: object, keys: Sequence[str]) -> int:
    """Return how many of the keys lead to something."""
    for number, key in enumerate(keys):
        if not isinstance(tree, Mapping) or key not in tree:
            return number
        tree = tree[key]
    return len(keys)


def _inside(value: Value, keys: Keys) -> Value | None:
    """Return the value at some keys of an inline table."""
    pair: Pair
    for pair in value.pairs or ():
        if pair.keys == keys:
            return pair.value
        if keys[: len(pair.keys)] == pair.keys:
            return _inside(pair.value, keys[len(pair.keys) :])
    return None


def _line(keys: Keys, value: Any, *, dotted: int = 1) -> str:
    """Return a pair; of its keys the first have dots between them, and the others are inline tables."""
    for key in reversed(keys[dotted:]):
        value = {key: value}
    return f"{'.'.join(map(as_toml_key, keys[:dotted]))} = {as_toml(value)}"
