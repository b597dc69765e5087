"""Values as TOML, on one line."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from typing import Any

from kpy.output.scalars import Unwritable

__all__ = ["as_toml", "as_toml_key"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def as_toml(value: Any, style: str = "") -> str:
    """Return a value; a text is written with the quotes that `style` says, if it can be.

    Raises `Unwritable` for what TOML has not, such as null.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value)
        case str():
            if style == "'" and "'" not in value and value.isprintable():
                return f"'{value}'"
            return _quoted(value)
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(as_toml, value))}]"
        case dict():
            pairs = ", ".join(f"{as_toml_key(key)} = {as_toml(item)}" for key, item in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
    raise Unwritable


def as_toml_key(key: str) -> str:
    """Return a key, in quotes where it needs them."""
    return key if _BARE.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    """Return a text as JSON has it, which TOML reads alike but for the sign that ends the control characters."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Unwritable
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
