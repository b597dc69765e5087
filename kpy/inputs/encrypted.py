"""Documents that SOPS has encrypted: what of them can be judged, and what was forgotten.

https://getsops.io/docs/#encrypting-only-parts-of-a-file
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kpy.redaction.encrypted import SOPS, is_cipher
from kpy.syntax.re2 import PatternError
from kpy.syntax.re2 import compile as compile_pattern

__all__ = ["is_wholly_encrypted", "value_at", "values_in_the_clear"]

#: Rules on keys; SOPS writes down the one that it has gone by.
_REGEXES: Final = ("encrypted_regex", "unencrypted_regex")
_RULES: Final = (*_REGEXES, "encrypted_suffix", "unencrypted_suffix")
#: What tells which object it is: rules by suffix, which people seldom choose, would hide it too.
_IDENTITY: Final = frozenset({SOPS, "apiVersion", "kind", "metadata"})
#: Rules on comments, which are not read here.
_ON_COMMENTS: Final = ("encrypted_comment_regex", "unencrypted_comment_regex")
Field = tuple[str | int, ...]


def is_wholly_encrypted(tree: object) -> bool:
    """Return whether not even the kind of a document can be read."""
    return isinstance(tree, Mapping) and any(is_cipher(tree.get(field)) for field in ("apiVersion", "kind"))


def values_in_the_clear(tree: Mapping[str, Any]) -> list[Field]:
    """Return the places of values that the document's own rules have encrypted, and that can be read all the same.

    Empty text is never encrypted. Where a rule cannot be read, nothing is said.
    """
    own = tree[SOPS]
    if any(own.get(rule) for rule in _ON_COMMENTS) or not any(own.get(rule) for rule in _RULES):
        return []
    try:
        rules = _Rules(own)
    except PatternError:
        return []
    open_keys = _IDENTITY if not any(own.get(rule) for rule in _REGEXES) else frozenset({SOPS})
    body = {key: value for key, value in tree.items() if key not in open_keys}
    return [at for at, value in _leaves(body, ()) if not is_cipher(value) and rules.encrypt(at)]


def value_at(tree: object, steps: Field) -> object:
    """Return the value at a place of a document; nothing when there is no such place."""
    node: Any = tree
    for step in steps:
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return None
    return node


class _Rules:
    """Which values of a document SOPS encrypts, by the keys on the way to them."""

    def __init__(self, own: Mapping[str, Any]) -> None:
        self._encrypted = str(own.get("encrypted_suffix") or "")
        self._unencrypted = str(own.get("unencrypted_suffix") or "")
        self._encrypted_regex = compile_pattern(str(own["encrypted_regex"])) if own.get("encrypted_regex") else None
        regex = own.get("unencrypted_regex")
        self._unencrypted_regex = compile_pattern(str(regex)) if regex else None

    def encrypt(self, at: Field) -> bool:
        """Return whether the value at a place is encrypted."""
        keys = [step for step in at if isinstance(step, str)]
        is_encrypted = True
        if self._unencrypted and any(key.endswith(self._unencrypted) for key in keys):
            is_encrypted = False
        if self._encrypted:
            is_encrypted = any(key.endswith(self._encrypted) for key in keys)
        if self._unencrypted_regex is not None and any(self._unencrypted_regex.search(key) for key in keys):
            is_encrypted = False
        if self._encrypted_regex is not None:
            is_encrypted = any(self._encrypted_regex.search(key) for key in keys)
        return is_encrypted


def _leaves(value: object, at: Field) -> Iterator[tuple[Field, object]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*at, index))
    elif value is not None and value != "":
        yield at, value
