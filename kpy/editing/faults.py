"""What is raised where a value cannot be changed."""

from __future__ import annotations

from kpy.errors import KpyError

__all__ = ["EditError"]


class EditError(KpyError, ValueError):
    """A value that cannot be changed in its place alone; `keys` lead to it, and are empty for the whole file."""

    def __init__(self, keys: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.keys = keys
