"""What is known of the arguments of calls that have not run yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from kpy.syntax.cel.sizes import UNKNOWN, Size
from kpy.syntax.cel.typed import Typed
from kpy.syntax.cel.types import Type

__all__ = ["Argument", "ElementOf", "Path"]

#: The way through the schema: a variable, and then fields, `@items`, `@values` and `@keys`.
Path = tuple[str, ...]


class Argument(NamedTuple):
    """An argument of a call: its type, size, and what is in it."""

    node: Typed
    type: Type
    path: Path
    size: Size | None

    @property
    def known_size(self) -> Size:
        """The size, which may be anything."""
        return self.size or UNKNOWN


#: What tells of the elements of a list.
ElementOf = Callable[[Argument], Argument | None]
