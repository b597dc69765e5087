"""What the annotations of kpy's own code say, read when something went wrong.

Annotations are text until somebody asks, and half of their names are imported for type checkers alone; here they are
looked up where the module says they come from.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from kpy.model.fields import FieldOwner, annotations_of

__all__ = ["Accepted", "type_of_field", "types_of_parameters"]


class Accepted(NamedTuple):
    """What a field takes, and what it then holds."""

    takes: object
    holds: object


def type_of_field(cls: type[FieldOwner], name: str) -> Accepted:
    """Return what a field of kpy's own accepts; `Any` for others, and where that cannot be told."""
    for base in cls.__mro__:
        if issubclass(base, FieldOwner) and name in annotations_of(base):
            found = _evaluated(annotations_of(base)[name], base.__module__)
            return found if isinstance(found, Accepted) else Accepted(found, found)
    return Accepted(Any, Any)


def types_of_parameters(function: Callable[..., object]) -> dict[str, object]:
    """Return what the parameters of a function accept, by name; `Any` where that cannot be told."""
    said = getattr(function, "__annotations__", {})
    return {name: _evaluated(text, function.__module__) for name, text in said.items() if name != "return"}


def _evaluated(said: object, module: str) -> object:
    if not isinstance(said, str) or not module.startswith("kpy."):
        return Any
    try:
        return eval(said, {}, _names_of(module))  # the text of an annotation in code that runs already
    except Exception:  # what an annotation may hold has no end, and this only makes a message better
        return Any


class _Accepts:
    """Stands for `Accepts`, which keeps no types at run time."""

    def __class_getitem__(cls, item: tuple[object, object]) -> Accepted:
        return Accepted(*item)


class _Names(dict[str, object]):
    """The names of a module, and those that it imports for type checkers."""

    def __init__(self, module: str) -> None:
        super().__init__(vars(sys.modules[module]))
        self["Accepts"] = _Accepts
        self.imported = dict(_imports_for_types(module))

    def __missing__(self, name: str) -> object:
        module, attribute = self.imported[name]
        try:
            found: object = getattr(import_module(module), attribute)
        except AttributeError:
            try:
                found = import_module(f"{module}.{attribute}")
            except ImportError:
                found = _names_of(module)[attribute]
        self[name] = found
        return found


@cache
def _names_of(module: str) -> _Names:
    return _Names(module)


def _imports_for_types(module: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the names that a module of kpy imports for type checkers, with where they come from."""
    from inspect import getsource

    for block in ast.parse(getsource(sys.modules[module])).body:
        if isinstance(block, ast.If) and isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING":
            for node in block.body:
                if isinstance(node, ast.ImportFrom) and node.module:
                    yield from ((alias.asname or alias.name, (node.module, alias.name)) for alias in node.names)
