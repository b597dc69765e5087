"""Whether code asks for the time or for chance, of which no event tells: looked for in its text."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["line_of_chance"]

#: Too much is found rather than too little, a comment too: what is found is made each time.
_CHANCE: Final = re.compile(
    rb"\b(?:datetime\.(?:now|utcnow|today)|date\.today|time\.(?:time|time_ns|localtime|gmtime|strftime)|os\.urandom"
    rb"|perf_counter|monotonic|getpid)\b"
    rb"|\b(?:uuid[14]|random\.\w+|secrets\.\w+|now|utcnow|today)\("
    rb"|^\s*from (?:time|random|secrets) import\b",
    re.MULTILINE,
)
_MOST_BYTES: Final = 4 << 20


def line_of_chance(path: str) -> int | None:
    """Return the first line of a file of Python that asks for the time or for chance; nothing where none does."""
    try:
        with open(path, "rb") as file:
            content = file.read(_MOST_BYTES)
    except OSError:
        return None
    found = _CHANCE.search(content)
    return None if found is None else content.count(b"\n", 0, found.end()) + 1
