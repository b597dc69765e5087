"""Where the pages of kpy's rules are."""

from __future__ import annotations

from typing import Final

__all__ = ["page_of"]

_PAGES: Final = "https://kpy.dev/rules"


def page_of(rule: str) -> str:
    """Return the address of the page of a rule: what it refuses and why, with an example."""
    return f"{_PAGES}/{rule}"
