"""Documents whose content is encrypted: what changes one makes it unreadable for whoever has the key."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["is_encrypted"]

#: How SOPS begins an encrypted value.
_VALUE = "ENC["


def is_encrypted(tree: object) -> bool:
    """Return whether a document is encrypted by SOPS, which signs all of it: no value of it may be changed."""
    if not isinstance(tree, Mapping):
        return False
    return isinstance(tree.get("sops"), Mapping) or _holds_encrypted(tree)


def _holds_encrypted(tree: Mapping[object, object]) -> bool:
    left: list[object] = [tree]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and value.startswith(_VALUE) and value.endswith("]"):
            return True
    return False
