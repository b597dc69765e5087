"""The value in a program that a finding is about: kpy knows the line of a call, and this finds what stands in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from kpy.diagnostics import Diagnostic
from kpy.model.names import python_name
from kpy.redaction.python_text import Lines

__all__ = ["Program"]

_STEP: Final = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
_QUOTED: Final = re.compile(r'"([^"]*)"|`([^`]*)`|\'([^\']*)\'|(?<![\w.-])(-?\d+(?:\.\d+)?)(?![\w.]*\w)')
#: Messages that are about a key or the name of an argument, and not about its value.
_KEY: Final = re.compile(r"(?:the )?key\b|.*\bhas no (?:argument|field|key) `")
#: What a value earns that stands in the message, and what one earns whose name is the last step of the path.
_SAID, _SAID_IN_PART, _NAMED = 3.0, 1.5, 4.0
#: A text of one or two characters may be the same by chance.
_BY_CHANCE: Final = 2


class _Value(NamedTuple):
    """An expression with the names of the arguments and keys that it is given to, the nearest first.

    Keys and names of arguments are there as well, with themselves as the nearest name, marked by a blank at its end.
    """

    node: ast.expr | ast.keyword
    names: tuple[str, ...]


class Program:
    """A Python file."""

    def __init__(self, text: str) -> None:
        self._lines = Lines(text)
        try:
            self._tree: ast.AST | None = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self._tree = None

    def value_of(self, line: int, found: Diagnostic) -> tuple[int, int, int] | None:
        """Return where the value stands that a finding at this line is about: its line, and where it begins and ends.

        Lines and columns count from 0. Nothing where no value stands out.
        """
        names, said = _names_in(found), _said_in(found)
        best: tuple[float, ast.expr | ast.keyword] | None = None
        for value in self._values_at(line):
            earned = _earned(value, names, said)
            if earned > (best[0] if best else 0):
                best = earned, value.node
        return self._columns(best[1]) if best else None

    def _columns(self, node: ast.expr | ast.keyword) -> tuple[int, int, int]:
        begin, end = self._lines.span_of(node)
        if isinstance(node, ast.keyword):
            end = begin + len(node.arg or "**")
        line = self._lines.line_of(begin)
        start = self._lines.start(line)
        return line, begin - start, min(end, self._lines.end(line)) - start

    def _values_at(self, line: int) -> Iterator[_Value]:
        """Yield what stands in the calls that begin at a line; calls in them that begin elsewhere are left out."""
        if self._tree is None:
            return
        inner: set[int] = set()
        for node in ast.walk(self._tree):
            if isinstance(node, ast.expr) and _line_of(node) == line and id(node) not in inner:
                inner.update(map(id, ast.walk(node)))
                yield from _values(node, (), line)


def _line_of(node: ast.expr) -> int:
    """Return the line that Python has for an expression while it runs: of a chain of calls, the line of its name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.end_lineno or node.lineno
    return node.lineno


def _values(node: ast.expr, names: tuple[str, ...], line: int) -> Iterator[_Value]:
    yield _Value(node, names)
    match node:
        case ast.Call() if _line_of(node) == line:
            yield from _values(node.func, (), line) if isinstance(node.func, ast.Attribute) else ()
            for argument in node.args:
                yield from _values(argument, names, line)
            for keyword in node.keywords:
                yield _Value(keyword, (f"{keyword.arg} ", *names))
                yield from _values(keyword.value, (keyword.arg or "", *names), line)
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                name = str(key.value) if isinstance(key, ast.Constant) else ""
                if key is not None:
                    yield _Value(key, (f"{name} ", *names))
                yield from _values(value, (name, *names), line)
        case ast.List() | ast.Tuple() | ast.Set():
            for element in node.elts:
                yield from _values(element, names, line)
        case ast.Subscript():
            yield from _values(node.value, (), line)
            yield _Value(node.slice, names)
        case ast.Attribute():
            yield from _values(node.value, (), line)
        case ast.BinOp():
            yield from _values(node.left, names, line)
            yield from _values(node.right, names, line)


def _names_in(found: Diagnostic) -> list[str]:
    """Return the names on the way to a field, the last one first; of a key that is at fault itself, marked as one."""
    steps = [key or name for key, name in _STEP.findall(found.field)]
    names = [step for step in reversed(steps) if not step.isdecimal()]
    return [f"{names[0]} ", *names[1:]] if names and _KEY.match(found.message) else names


def _said_in(found: Diagnostic) -> set[str]:
    """Return the values that a message quotes; the name of the object stands in most of them and is seldom meant."""
    said = {"".join(groups) for groups in _QUOTED.findall(found.message)}
    if not found.field.endswith("name"):
        said -= set(re.findall(r'"([^"]*)"', found.resource))
        said -= {name for each in said for name in [each.rpartition("/")[2]] if f'/{name}"' in found.resource}
    return said - {""}


def _earned(value: _Value, names: list[str], said: set[str]) -> float:
    """Return how likely a value is the one that is meant; nothing when there is no sign of it."""
    earned = 0.0
    for distance, given in enumerate(value.names):
        place = next((at for at, name in enumerate(names) if given in (name, python_name(name))), None)
        if place is not None:
            earned = max(earned, _NAMED - place - distance / 2)
    text = _text(value.node)
    if text and text in said:
        earned += _SAID if len(text) > _BY_CHANCE or earned else 0.0
    elif text and any(len(word) > _BY_CHANCE and word in re.split(r"[^\w.-]+", text) for word in said):
        earned += _SAID_IN_PART
    return earned


def _text(node: ast.expr | ast.keyword) -> str:
    try:
        value = ast.literal_eval(node) if isinstance(node, ast.Constant | ast.UnaryOp) else ""
    except ValueError:
        return ""
    return str(value) if isinstance(value, str | int | float) else ""
