"""The forms in which a message may quote a secret value: as it is, encoded, or escaped."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from urllib.parse import quote, quote_plus

from kpy.redaction.fields import PLAIN_KEYS
from kpy.redaction.finder import SHORTEST

__all__ = ["SHORTEST_LINE", "forms_elsewhere", "forms_of"]

#: Values of plain keys are hidden where they stand; elsewhere only when they are long.
_LONG = 12
#: Shorter lines of values would hide words that have nothing to do with them.
SHORTEST_LINE = 8


def forms_elsewhere(key: str, value: object) -> set[str]:
    """Return the forms of a value that are hidden in any text, wherever it comes from; `key` is what it is called."""
    shortest = _LONG if key.lower() in PLAIN_KEYS else SHORTEST
    text = value if isinstance(value, str) else json.dumps(value, default=repr)
    if isinstance(value, bool) or len(text.strip()) < shortest:
        return set()
    return {form for form in forms_of(text) if len(form) >= shortest}


def forms_of(value: str) -> set[str]:
    """Return a value in the ways in which a message may quote it: all of it, one of its lines, or encoded."""
    lines = {line.strip() for line in value.splitlines()}
    plain = {value, value.strip(), *(line for line in lines if len(line) >= SHORTEST_LINE)}
    quoted = {json.dumps(text, ensure_ascii=is_ascii)[1:-1] for text in plain for is_ascii in (True, False)}
    quoted |= {repr(text)[1:-1] for text in plain}
    encoded = {form for text in {value, value.strip()} for form in _encoded(text)}
    return {form for form in plain | quoted | {_for_html(text) for text in quoted} | encoded if form}


def _encoded(text: str) -> Iterator[str]:
    """Yield a text in base64, as URLs write it in their parts, and as HTML and XML do."""
    content = text.encode("utf-8", "surrogatepass")
    yield b64encode(content).decode()
    yield from (quote(content), quote(content, safe=""), quote_plus(content))
    yield from (escape(text), escape(text, quote=False))


def _for_html(text: str) -> str:
    """Return JSON as Go writes it, where characters of HTML are escaped as well."""
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
