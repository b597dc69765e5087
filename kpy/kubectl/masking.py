"""No value of a Secret is ever shown, in whatever text it turns up."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from kpy.compare.differences import HIDDEN

__all__ = ["Mask"]

#: Shorter values, and shorter lines of values, would hide words that have nothing to do with them.
_SHORTEST, _SHORTEST_LINE = 4, 8


class Mask:
    """Hides the values of Secrets in text: as they are, in base64, quoted as JSON or Go does, and line by line."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def learn(self, trees: Iterable[Mapping[str, Any]]) -> None:
        """Remember the values of the Secrets among these objects."""
        for tree in trees:
            if tree.get("kind") != "Secret" or tree.get("apiVersion") != "v1":
                continue
            for value in _texts(tree.get("data")):
                self._values |= {value.strip(), *_forms(_decoded(value.strip()))}
            for value in _texts(tree.get("stringData")):
                self._values |= {*_forms(value), b64encode(value.encode()).decode()}
        self._values = {value for value in self._values if len(value) >= _SHORTEST}

    def hide(self, text: str) -> str:
        """Return the text without them; long ones go first, since they may contain others."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        return text


def _texts(values: object) -> list[str]:
    return [value for value in values.values() if isinstance(value, str)] if isinstance(values, Mapping) else []


def _forms(value: str) -> set[str]:
    """Return a value in the ways in which a message may quote it: all of it, or one of its lines."""
    lines = {line.strip() for line in value.splitlines()}
    plain = {value.strip(), *(line for line in lines if len(line) >= _SHORTEST_LINE)}
    quoted = {json.dumps(text, ensure_ascii=is_ascii)[1:-1] for text in plain for is_ascii in (True, False)}
    return plain | quoted | {_for_html(text) for text in quoted}


def _for_html(text: str) -> str:
    """Return JSON as Go writes it, where characters of HTML are escaped as well."""
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _decoded(value: str) -> str:
    try:
        return b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
