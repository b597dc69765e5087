"""No value of a Secret is ever shown, in whatever text it turns up."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from typing import Any

from kpy.compare.differences import HIDDEN

__all__ = ["Mask"]

#: Shorter values would hide words that have nothing to do with them.
_SHORTEST = 4


class Mask:
    """Hides the values of Secrets in text: as they are, and in base64."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def learn(self, trees: Iterable[Mapping[str, Any]]) -> None:
        """Remember the values of the Secrets among these objects."""
        for tree in trees:
            if tree.get("kind") != "Secret" or tree.get("apiVersion") != "v1":
                continue
            for value in _texts(tree.get("data")):
                self._values |= {value, _decoded(value)}
            for value in _texts(tree.get("stringData")):
                self._values |= {value, b64encode(value.encode()).decode()}
        self._values = {value for value in self._values if len(value) >= _SHORTEST}

    def hide(self, text: str) -> str:
        """Return the text without them; long ones go first, since they may contain others."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        return text


def _texts(values: object) -> list[str]:
    return [value.strip() for value in values.values() if isinstance(value, str)] if isinstance(values, Mapping) else []


def _decoded(value: str) -> str:
    try:
        return b64decode(value, validate=True).decode().strip()
    except (binascii.Error, ValueError):
        return ""
