"""The constants that code compares with: values at which an app may change in a way that no other value shows."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final, NamedTuple

__all__ = ["Constants", "constants_of"]

#: How many texts and numbers are tried for each value.
_MOST: Final = 60
_LONGEST: Final = 200
#: Methods and functions that compare with what they are given.
_COMPARING: Final = frozenset(
    {"startswith", "endswith", "removeprefix", "removesuffix", "get", "count", "find", "index", "split", "partition"}
)
_BOUNDING: Final = frozenset({"min", "max", "range", "divmod"})


class Constants(NamedTuple):
    """The constants of some code."""

    texts: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


def constants_of(files: Iterable[str]) -> Constants:
    """Return what the code in files compares values with, looks up, or bounds them by; the first ones, in order."""
    texts: dict[str, None] = {}
    numbers: dict[int, None] = {}
    for file in files:
        with suppress(OSError, SyntaxError, ValueError), open(file, "rb") as stream:
            for value in _compared(ast.parse(stream.read())):
                if isinstance(value, str) and len(value) <= _LONGEST:
                    texts[value] = None
                elif isinstance(value, int) and not isinstance(value, bool):
                    numbers[value] = None
    return Constants(tuple(texts)[:_MOST], tuple(numbers)[:_MOST])


def _compared(tree: ast.AST) -> Iterator[object]:
    for node in ast.walk(tree):
        match node:
            case ast.Compare():
                yield from _constants(node)
            case ast.Dict():
                for key in node.keys:
                    if key is not None:
                        yield from _constants(key)
            case ast.MatchValue():
                yield from _constants(node.value)
            case ast.BinOp(op=ast.Mod() | ast.FloorDiv() | ast.Div()):
                yield from _constants(node.right)
            case ast.Call(func=ast.Attribute(attr=name)) if name in _COMPARING:
                yield from (value for each in node.args for value in _constants(each))
            case ast.Call(func=ast.Name(id=name)) if name in _BOUNDING:
                yield from (value for each in node.args for value in _constants(each))
            case ast.Set() | ast.Tuple() | ast.List():
                yield from (each.value for each in node.elts if isinstance(each, ast.Constant))


def _constants(node: ast.AST) -> Iterator[object]:
    for each in ast.walk(node):
        if isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.USub) and isinstance(each.operand, ast.Constant):
            if isinstance(each.operand.value, int):
                yield -each.operand.value
        elif isinstance(each, ast.Constant):
            yield each.value
