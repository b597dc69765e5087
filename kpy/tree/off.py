"""`OFF`: an inherited default, switched off."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

__all__ = ["OFF", "Off"]


class Off(Enum):
    """The type of `OFF`."""

    OFF = "off"

    def __kpy_lower__(self, sink: Any, node: dict[str, Any], key: str) -> None:
        """Write nothing, and say that no default goes here."""
        sink.leave(node, key)

    def __repr__(self) -> str:
        """Return the name that users write."""
        return "OFF"


#: Switches an inherited default off: `Container(..., resources=OFF)`.
OFF: Final = Off.OFF
