"""Values as YAML or JSON, in the style of what stands around them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from kpy.output.scalars import KEYS, KINDS, SCALARS, WORDS, block, quoted

__all__ = ["as_block", "as_flow", "as_key", "as_word"]

#: What is text to every reader, also between brackets.
_PLAIN_IN_FLOW = re.compile(r"[A-Za-z][A-Za-z0-9_./@+-]*")


def as_word(value: Any, style: str = "") -> str:
    """Return a scalar on one line; a text is quoted as `style` says, if it can be. Raises `Unwritable`."""
    kind = KINDS[type(value)]
    if kind is not str:
        return SCALARS[kind](value)
    if style == '"':
        return quoted(str(value))
    if style == "'" and value.isprintable():
        return "'" + str(value).replace("'", "''") + "'"
    return WORDS[value] or quoted(value)


def as_key(key: str) -> str:
    """Return a key with its colon, for a line of its own."""
    return KEYS[key]


def as_flow(value: Any, *, is_json: bool, margin: str | None = None) -> str:
    """Return a value between brackets; with a margin, the line break and indentation of its items, on several lines.

    Raises `Unwritable`.
    """
    return _flow(value, _json_word if is_json else _flow_word, margin)


def _flow(value: Any, word: Callable[[Any], str], margin: str | None) -> str:
    if isinstance(value, dict):
        parts = [f"{word(key)}: {_flow(item, word, None)}" for key, item in value.items()]
        opening, closing = "{", "}"
    elif isinstance(value, list):
        parts = [_flow(item, word, None) for item in value]
        opening, closing = "[", "]"
    else:
        return word(value)
    if margin is None or not parts:
        return f"{opening}{', '.join(parts)}{closing}"
    last = margin.rstrip(" ") + " " * max(len(margin) - len(margin.rstrip(" ")) - 2, 0)
    return f"{opening}{margin}{f',{margin}'.join(parts)}{last}{closing}"


def _flow_word(value: Any) -> str:
    kind = KINDS[type(value)]
    if kind is not str:
        return SCALARS[kind](value)
    return value if _PLAIN_IN_FLOW.fullmatch(value) and WORDS[value] == value else quoted(value)


def _json_word(value: Any) -> str:
    kind = KINDS[type(value)]
    return json.dumps(value, ensure_ascii=False) if kind is str else SCALARS[kind](value)


def as_block(value: Any, margin: str, *, with_literals: bool) -> str:
    """Return a value as lines, without what stands before the first; the margin is a line break and indentation.

    Of a collection it is that of its own lines, of a scalar that of the collection around it. Texts of several lines
    are literal blocks where these may be. Raises `Unwritable`.
    """
    if isinstance(value, dict) and value:
        return margin.join(as_key(key) + _behind_key(item, margin, with_literals) for key, item in value.items())
    if isinstance(value, list) and value:
        return margin.join(f"- {as_block(item, _inner(item, margin), with_literals=with_literals)}" for item in value)
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if KINDS[type(value)] is str and not WORDS[value] and with_literals:
        return block(value, f"{margin}  ")
    return as_word(value)


def _behind_key(value: Any, margin: str, with_literals: bool) -> str:
    is_list = isinstance(value, list) and bool(value)
    is_table = isinstance(value, dict) and bool(value)
    inner = f"{margin}  " if is_table else margin
    return (inner if is_list or is_table else " ") + as_block(value, inner, with_literals=with_literals)


def _inner(item: Any, margin: str) -> str:
    return f"{margin}  " if isinstance(item, dict | list) and item else margin
