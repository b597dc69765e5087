"""Objects that other objects name."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["Referable"]


class Referable:
    """An object that can stand wherever the API wants its name.

    Constructs and top-level kinds are referable. Lowering writes the name and records who refers to whom.
    """

    if TYPE_CHECKING:

        @property
        def name(self) -> str:
            """The name that other objects refer to."""
