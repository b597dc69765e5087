"""Documents whose content is encrypted: what changes one makes it unreadable for whoever has the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["SOPS", "is_cipher", "is_encrypted", "is_signed"]

#: The key of what SOPS keeps for itself.
SOPS: Final = "sops"
#: What tells the metadata of SOPS from a field that somebody else calls so.
_OWN: Final = frozenset({"mac", "lastmodified", "version", "kms", "gcp_kms", "azure_kv", "hc_vault", "age", "pgp"})
#: How an encrypted value begins.
_CIPHER: Final = "ENC[AES256_GCM,"


def is_encrypted(tree: object) -> bool:
    """Return whether a document was encrypted by SOPS, or has values that were."""
    return isinstance(tree, Mapping) and (is_signed(tree) or _holds_ciphers(tree))


def is_signed(tree: object) -> bool:
    """Return whether a document has the metadata of SOPS, which signs all values: none of them may be changed."""
    own = tree.get(SOPS) if isinstance(tree, Mapping) else None
    return isinstance(own, Mapping) and len(_OWN.intersection(own)) > 1


def is_cipher(value: object) -> bool:
    """Return whether a value is one that SOPS has encrypted."""
    return isinstance(value, str) and value.startswith(_CIPHER)


def _holds_ciphers(tree: Mapping[object, object]) -> bool:
    left: list[object] = [tree]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            left += value.values()
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and is_cipher(value):
            return True
    return False
