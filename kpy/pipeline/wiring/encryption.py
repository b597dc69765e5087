"""Encrypted objects: what is said of one cannot be written into it, since SOPS has signed all of its values."""

from __future__ import annotations

from typing import Final

from kpy.errors import UsageError
from kpy.manifest import Resource
from kpy.redaction.encrypted import is_signed

__all__ = ["is_closed"]

#: What a part says of itself, and would have to be written into the object.
_WRITTEN: Final = ("patch", "_patches", "aliases", "protect")


def is_closed(resource: Resource) -> bool:
    """Return whether an object is encrypted, so that nothing is written into it.

    Raises `UsageError` where its own part says something that would have to be.
    """
    if not resource.is_raw or not is_signed(resource.tree):
        return False
    state = resource.construct.__dict__
    said = next((name for name in _WRITTEN if state.get(name)), None)
    if said is not None:
        word = "patch" if said == "_patches" else said
        raise UsageError.at(
            resource.edited or resource.where,
            f"`{word}` would change {resource}, which SOPS has encrypted and signed: then nobody can decrypt it; "
            "change the file itself, by `sops edit`",
        )
    return True
