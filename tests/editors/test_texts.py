"""Every keyword of every construct and model has a text beneath it, as editors show it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import attrs

import kpy
from kpy.model.declarative import Declarative


@cache
def texts_of(file: str) -> dict[str, dict[str, str]]:
    """Return class to attribute to the text beneath it."""
    found: dict[str, dict[str, str]] = {}
    for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            blocks = [node.body, *(each.body for each in node.body if isinstance(each, ast.If))]
            texts = {name: text for block in blocks for name, text in texts_in(block)}
            found[node.name] = texts
    return found


def texts_in(block: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, following in zip(block, [*block[1:], None], strict=False):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            value = following.value if isinstance(following, ast.Expr) else None
            yield statement.target.id, str(value.value) if isinstance(value, ast.Constant) else ""


def text_of(kind: type, name: str) -> str | None:
    """Return what an editor shows for a keyword: the text of the nearest class that declares it."""
    for base in kind.__mro__:
        texts = texts_of(inspect.getfile(base)).get(base.__name__, {}) if base.__module__.startswith("kpy.") else {}
        if name in texts:
            return texts[name]
    return None


def test_every_keyword_of_every_construct_has_a_text() -> None:
    kinds = [
        each for name in kpy.__all__ if isinstance(each := getattr(kpy, name), type) and issubclass(each, Declarative)
    ]
    assert len(kinds) > 40
    lacking = {
        f"{kind.__name__}.{field.name}"
        for kind in kinds
        for field in attrs.fields(kind)
        if field.init and not field.name.startswith("_") and not text_of(kind, field.name)
    }
    assert sorted(lacking) == []
