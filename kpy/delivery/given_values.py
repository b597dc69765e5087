"""Which objects of a manifest have values that were given by reference, so that files with them are secret."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from kpy.redaction.fields import is_secret
from kpy.redaction.given import given_secrets, hide_given

if TYPE_CHECKING:
    from kpy.manifest import Resource

__all__ = ["with_given_values"]


def with_given_values(resources: Iterable[Resource]) -> list[str]:
    """Return the objects, as `Secret "shop/db"`, in which something stands that was given by reference."""
    given = given_secrets()
    if not given:
        return []
    return [
        str(each)
        for each in resources
        if any(
            hide_given(text) != text or (text in given and is_secret(each.tree))  # as short words as "1" are anywhere
            for text in _texts(each.tree, encoded="")
        )
    ]


def _texts(value: object, *, encoded: str) -> Iterator[str]:
    """Yield all texts in a value, and what those of the `data` of a Secret stand for."""
    match value:
        case str():
            yield value
            if encoded == "data":
                try:
                    yield b64decode(value, validate=True).decode()
                except (Error, ValueError):
                    return
        case Mapping():
            is_secret = value.get("kind") == "Secret"
            for key, item in value.items():
                yield from _texts(item, encoded=str(key) if is_secret else encoded)
        case list() | tuple():
            for item in value:
                yield from _texts(item, encoded=encoded)
