"""Levels of the Pod Security Standards.

https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from typing import Literal

from kpy.errors import ArgumentError
from kpy.tree.off import Off

__all__ = ["SecurityLevel", "to_security"]

SecurityLevel = Literal["baseline", "restricted"]


def to_security(said: SecurityLevel | Off) -> SecurityLevel | Off:
    """Return the level; raise `ArgumentError` for a word that is none."""
    if said not in ("baseline", "restricted") and not isinstance(said, Off):
        raise ArgumentError(f'{said!r} is not a security level: expected "baseline", "restricted" or OFF')
    return said
