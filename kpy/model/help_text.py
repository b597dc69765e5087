"""What `help()` shows of a class of fields: its own text, and every keyword with what stands beneath it in the source.

The texts are read from the source when somebody asks, so that they cost nothing until then.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from textwrap import indent, wrap
from typing import Any

from kpy.model.fields import FieldOwner, annotations_of, fields_of

__all__ = ["help_text", "keyword_texts"]

_WIDTH = 88


def help_text(cls: type[FieldOwner], own: str | None) -> str | None:
    """Return the text of a class, `own` or that of the nearest base that has one, and its keywords below."""
    text = own if own is not None else next((said for base in cls.__mro__[1:] if (said := _own(base))), None)
    keywords = "\n".join(_keywords(cls))
    if not keywords:
        return text
    return f"{(text or '').rstrip()}\n\n    Keywords:\n\n{indent(keywords, '    ')}\n    "


def _own(base: type) -> str | None:
    """Return the text of a class itself, without its keywords."""
    said = base.__dict__.get("__doc__")
    return getattr(said, "text", said) if base is not object else None


def keyword_texts(cls: type[FieldOwner]) -> Iterator[tuple[str, str, str]]:
    """Yield the keywords of a class: the name, what it takes, and the text beneath it in the source."""
    annotations = {name: said for base in reversed(cls.__mro__) for name, said in annotations_of(base).items()}
    for name in fields_of(cls).defaults:
        if not name.startswith("_"):
            yield name, _taken(annotations.get(name)), _text_of(cls, name)


def _keywords(cls: type[FieldOwner]) -> Iterator[str]:
    for name, taken, text in keyword_texts(cls):
        yield f"{name}: {taken}"
        yield from wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="    ")


def _taken(annotation: object) -> str:
    """Return what a keyword takes, as the source says it."""
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    if text.startswith("Accepts["):
        inside = ast.parse(text, mode="eval").body
        if isinstance(inside, ast.Subscript) and isinstance(inside.slice, ast.Tuple):
            text = ast.unparse(inside.slice.elts[0])
    return text.removesuffix(" | None")


def _text_of(cls: type, name: str) -> str:
    for base in cls.__mro__:
        found = _texts_in(base.__module__).get((base.__qualname__, name))
        if found:
            return found
    return ""


@cache
def _texts_in(module: str) -> dict[tuple[str, str], str]:
    """Return class and attribute to the text beneath it, or to the comments `#:` above it."""
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        return {}
    try:
        with open(file, encoding="utf-8") as opened:
            source = opened.read()
        tree = ast.parse(source)
    except (OSError, ValueError, SyntaxError):
        return {}  # without its source, a class has no more than its own text
    return dict(_texts(tree.body, source.splitlines(), ()))


def _texts(block: list[ast.stmt], lines: list[str], owner: tuple[str, ...]) -> Iterator[tuple[tuple[str, str], str]]:
    for statement, following in zip(block, [*block[1:], None], strict=False):
        match statement:
            case ast.ClassDef(name=name, body=body):
                yield from _texts(body, lines, (*owner, name))
            case ast.If(body=body, orelse=other):
                yield from _texts(body, lines, owner)
                yield from _texts(other, lines, owner)
            case ast.FunctionDef(name=name, body=body):
                yield from _texts(body, lines, (*owner, name, "<locals>"))
            case ast.AnnAssign(target=ast.Name(id=name)):
                if text := _beneath(following) or _above(lines, statement.lineno - 1):
                    yield (".".join(owner), name), text


def _beneath(statement: ast.stmt | None) -> str:
    value: Any = statement.value if isinstance(statement, ast.Expr) else None
    return " ".join(value.value.split()) if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _above(lines: list[str], number: int) -> str:
    said: list[str] = []
    while number > 0 and lines[number - 1].lstrip().startswith("#:"):
        number -= 1
        said.insert(0, lines[number].lstrip()[2:].strip())
    return " ".join(said)
