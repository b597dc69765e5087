"""The version of kpy: it stands here and nowhere else, and what is packed takes it from here."""

from __future__ import annotations

__all__ = ["VERSION", "version"]

VERSION = "0.1.0"


def version() -> str:
    """Return the version of the kpy that runs."""
    return VERSION
