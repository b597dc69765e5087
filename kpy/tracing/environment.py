"""The variables of the environment, as code asks for them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["EVERY", "observed_environment"]

#: Stands for all variables at once.
EVERY: Final = "*"

Seen = Callable[[str], None]


@contextmanager
def observed_environment(seen: Seen) -> Iterator[None]:
    """Let a function know each name that is asked for, in `os.environ` and by `os.getenv`, until the block ends."""
    mappings = [os.environ, *([os.environb] if hasattr(os, "environb") else [])]
    plain = type(mappings[0])

    class Observed(plain):  # type: ignore[misc, valid-type]  # the class of `os.environ` has no public name
        def __getitem__(self, key: str | bytes) -> str | bytes:
            seen(key if isinstance(key, str) else os.fsdecode(key))
            found: str | bytes = super().__getitem__(key)
            return found

        def __iter__(self) -> Iterator[str | bytes]:
            seen(EVERY)
            return iter(super().__iter__())

    for mapping in mappings:
        mapping.__class__ = Observed
    try:
        yield
    finally:
        for mapping in mappings:
            mapping.__class__ = plain
