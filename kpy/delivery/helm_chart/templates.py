"""Expressions as Helm's templates: the YAML that kpy writes, with actions where it follows values.

Every value goes through `toJson`, which writes what YAML reads as the same value, whatever is in it; two braces in a
constant text are written as an action that writes two braces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from kpy.delivery.helm_chart.expressions import (
    Choice,
    Constant,
    Each,
    Equals,
    Expression,
    Follow,
    Greater,
    Guarded,
    Items,
    Linear,
    Missing,
    Part,
    Path,
    Table,
    Text,
    Truthy,
)
from kpy.output.key_order import KeyOrder, order_of
from kpy.output.scalars import KINDS, SCALARS, WORDS, block, quoted
from kpy.schema import Api

__all__ = ["constants_in", "to_template"]

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: What a template would take for an action.
_OPEN: Final = "{{"
#: Stands before `.Values` until it is known whether that is within a loop, where a dot is something else.
_ROOT: Final = "\0"


def to_template(expression: Expression, schema: Api) -> str:
    """Return an object as a document of a template, with the line that separates it from the one before."""
    writer = _Writer()
    writer.object(expression, schema)
    return "".join(f"{line}\n" for line in writer.lines)


def constants_in(expression: Expression) -> Any:
    """Return an object as far as it is the same for all values; the first of several where it is a choice."""
    match expression:
        case Constant():
            return expression.value
        case Choice():
            branches = [then for _, then in expression.cases] + [expression.otherwise]
            return next((found for each in branches if (found := constants_in(each)) is not None), None)
        case Table():
            return {key: constants_in(each) for key, each in expression.entries}
        case Items():
            return [constants_in(each) for each in expression.items]
    return None


class _Writer:
    """Writes lines; each action that is a line of its own takes the line break before it away."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._loops = 0

    def add(self, line: str) -> None:
        """Add a line."""
        self.lines.append(line.replace(_ROOT, "$" if self._loops else ""))

    def object(self, expression: Expression, schema: Api) -> None:
        match expression:
            case Choice():
                self._choice(expression, lambda each: self.object(each, schema))
            case Missing():
                pass
            case Items():
                for each in expression.items:
                    self.object(each, schema)
            case Each():
                self._each(expression, lambda each: self.object(each, schema), "")
            case _:
                self.add("---")
                table = _as_table(expression)
                self._entries(table, order_of(constants_in(table), schema), "", "")

    def _choice(self, choice: Choice, write: Callable[[Expression], None], margin: str = "") -> None:
        word = "if"
        for condition, then in choice.cases:
            self.add(f"{margin}{{{{- {word} {_condition(condition)} }}}}")
            write(then)
            word = "else if"
        if not isinstance(choice.otherwise, Missing):
            self.add(f"{margin}{{{{- else }}}}")
            write(choice.otherwise)
        self.add(f"{margin}{{{{- end }}}}")

    def _each(self, each: Each, write: Callable[[Expression], None], margin: str) -> None:
        names = f"{each.name}_key, {each.name}" if each.is_table else each.name
        self.add(f"{margin}{{{{- range {names} := {_value(each.path)} }}}}")
        self._loops += 1
        write(each.body)
        self._loops -= 1
        self.add(f"{margin}{{{{- end }}}}")

    def _entries(self, table: Table, order: KeyOrder, margin: str, start: str) -> None:
        """Write the entries of a mapping; `start` is what stands before the first."""
        entries = dict(table.entries)
        for key, lead, within in order.entries(entries):
            is_replaced = table.spread is not None and key in table.spread.over
            if is_replaced and table.spread is not None:
                self.add(f"{margin}{{{{- if not (hasKey {_value(table.spread.path)} {_go(key)}) }}}}")
            self._entry(_escaped(lead), entries[key], within, margin, start)
            if is_replaced:
                self.add(f"{margin}{{{{- end }}}}")
            start = margin
        if table.spread is not None:
            self.add(f"{margin}{{{{- range $key, $value := {_value(table.spread.path)} }}}}")
            if under := table.spread.under:
                self.add(f"{margin}{{{{- if not (has $key (list {' '.join(map(_go, under))})) }}}}")
            self.add(f"{margin}{{{{ $key | toJson }}}}: {{{{ $value | toJson }}}}")
            if under:
                self.add(f"{margin}{{{{- end }}}}")
            self.add(f"{margin}{{{{- end }}}}")

    def _entry(self, lead: str, value: Expression, within: KeyOrder, margin: str, start: str) -> None:
        value = _with_items(value)
        inline = _inline(value, margin + "  ")
        if inline is not None:
            self.add(f"{start}{lead} {inline}")
            return
        match value:
            case Missing():
                pass
            case Choice():
                self._choice(value, lambda each: self._entry(lead, each, within, margin, start), margin)
            case Items():
                self.add(f"{start}{lead}")
                self._list(value, within, margin)
            case _:
                self.add(f"{start}{lead}")
                self._entries(_as_table(value), within, margin + "  ", margin + "  ")

    def _list(self, value: Items, within: KeyOrder, margin: str) -> None:
        for each in value.items:
            self._item(each, within, margin)

    def _item(self, value: Expression, within: KeyOrder, margin: str) -> None:
        value = _with_items(value)
        inline = _inline(value, margin + "  ")
        if inline is not None:
            self.add(f"{margin}- {inline}")
            return
        match value:
            case Missing():
                pass
            case Choice():
                self._choice(value, lambda each: self._item(each, within, margin), margin)
            case Each():
                self._each(value, lambda each: self._item(each, within, margin), margin)
            case Items():
                self.add(f"{margin}-")
                self._list(value, within, margin + "  ")
            case _:
                table = _as_table(value)
                start = margin + "- "
                if not _is_first_certain(table, within):
                    self.add(f"{margin}-")
                    start = margin + "  "
                self._entries(table, within, margin + "  ", start)


def _as_table(expression: Expression) -> Table:
    """Return a mapping as a table of expressions."""
    if isinstance(expression, Table):
        return expression
    assert isinstance(expression, Constant)
    return Table(tuple((key, _of_constant(value)) for key, value in expression.value.items()))


def _is_first_certain(table: Table, order: KeyOrder) -> bool:
    """Return whether the entry that is written first is always there."""
    entries = dict(table.entries)
    first = next((entries[key] for key, _, _ in order.entries(entries)), None)
    return first is not None and (not isinstance(first, Choice | Missing) or _inline(first, "") is not None)


def _with_items(expression: Expression) -> Expression:
    """Return a list that is constant as one of constant items."""
    return _of_constant(expression.value) if isinstance(expression, Constant) else expression


def _of_constant(value: Any) -> Expression:
    if isinstance(value, list) and value:
        return Items(tuple(_of_constant(each) for each in value))
    return Constant(value)


def _inline(expression: Expression, margin: str) -> str | None:
    """Return what stands on the line of its key; nothing for what has lines of its own."""
    match expression:
        case Constant():
            return _constant(expression.value, margin)
        case Follow() | Text():
            return f"{{{{ {_json(expression)} }}}}"
        case Linear():
            return f"{{{{ {_number(expression)} }}}}"
        case Table(entries=(), spread=None):
            return "{}"
        case Choice():
            return _inline_choice(expression)
    return None


def _inline_choice(choice: Choice) -> str | None:
    words = [_short(each) for each in (*(then for _, then in choice.cases), choice.otherwise)]
    parts = []
    for number, ((condition, _), word) in enumerate(zip(choice.cases, words, strict=False)):
        if word is None:
            return None
        parts.append(f"{{{{ {'else if' if number else 'if'} {_condition(condition)} }}}}{word}")
    return None if words[-1] is None else f"{''.join(parts)}{{{{ else }}}}{words[-1]}{{{{ end }}}}"


def _short(expression: Expression) -> str | None:
    """Return what fits on a line together with others."""
    if isinstance(expression, Constant):
        value = expression.value
        if isinstance(value, str):
            return _escaped(quoted(value)) if len(value) < 80 else None
        return None if isinstance(value, list | dict) else json.dumps(value)
    return _inline(expression, "") if isinstance(expression, Follow | Text | Linear) else None


def _constant(value: Any, margin: str) -> str | None:
    kind = KINDS[type(value)]
    if kind is str:
        word = WORDS[value] or (block(value, f"\n{margin}") if value.rstrip() == value.rstrip("\n") else "")
        is_kept = word.startswith("|") and (value.endswith("\n\n") or not value.strip())
        return _escaped(quoted(value) if is_kept or not word else word)
    if kind in (dict, list):
        return None if value else ("{}" if kind is dict else "[]")
    return SCALARS[kind](value)


def _json(expression: Follow | Text) -> str:
    if isinstance(expression, Follow):
        return f"{_value(expression.path)} | toJson"
    words = [part for part in expression.parts if not isinstance(part, str)]
    if len(expression.parts) == 1 and isinstance(words[0], Follow):
        text = _value(words[0].path)
    else:
        pattern = "".join(map(_verb, expression.parts))
        text = f"printf {_go(pattern)} {' '.join(_argument(word) for word in words)}"
    return f"{text} | b64enc | toJson" if expression.is_base64 else f"{text} | toJson"


def _verb(part: Part) -> str:
    """Return a part as a format of Go has it."""
    if isinstance(part, str):
        return part.replace("%", "%%")
    return "%d" if isinstance(part, Linear) else "%s"


def _argument(part: Any) -> str:
    return f"({_number(part)})" if isinstance(part, Linear) else _value(part.path)


def _number(expression: Linear) -> str:
    number = f"(int64 {_value(expression.path)})"
    product = f"mul {expression.factor} {number}" if expression.factor != 1 else number
    if not expression.offset:
        return product if expression.factor != 1 else f"int64 {_value(expression.path)}"
    return f"add ({product}) {expression.offset}" if expression.factor != 1 else f"add {number} {expression.offset}"


def _condition(condition: Guarded) -> str:
    value = _value(condition.path)
    match condition:
        case Truthy():
            return value
        case Greater():
            return f"gt (int64 {value}) {condition.bound}"
        case Equals(value=None):
            return f'kindIs "invalid" {value}'
        case Equals():
            if isinstance(condition.value, str) and not condition.is_mixed:
                return f"eq {value} {_go(condition.value)}"
            return f"eq (toJson {value}) {_go(_go(condition.value))}"


def _value(path: Path) -> str:
    """Return what a template calls the value that a path leads to."""
    first, rest = path[0], path[1:]
    if first.startswith("$"):
        root, steps = first, rest
    else:
        root, steps = f"{_ROOT}.Values", path
    if all(_IDENTIFIER.fullmatch(step) for step in steps):
        return ".".join((root, *steps))
    return f"(index {root} {' '.join(_go(step) for step in steps)})"


def _go(value: Any) -> str:
    """Return a value as Go reads it within an action, and as `toJson` writes it."""
    text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _escaped(text: str) -> str:
    """Return a constant text, so that a template writes it as it is."""
    return text.replace(_OPEN, '{{ "{{" }}')
