"""The pooled schema file, opened once and cut into lines; a definition is parsed when somebody asks for it."""

from __future__ import annotations

import json
from functools import cache
from os.path import dirname, join
from typing import Any, NamedTuple
from zlib import decompress

__all__ = ["MEASURED", "NEWEST", "RELEASES", "Pool", "pool"]

#: The newest release that kpy knows, which is the default.
NEWEST = "1.37"
#: All that it knows, the oldest first.
RELEASES = tuple(f"1.{minor}" for minor in range(25, int(NEWEST[2:]) + 1))
#: The release of the API server that kpy's verdicts are measured against.
MEASURED = "1.36"


class Pool(NamedTuple):
    """The file as texts."""

    #: `<apiVersion> <kind>` to type name, plural, namespaced, on by default, short names.
    kinds: dict[str, list[Any]]
    #: Type name to its definitions: the mask of the releases that have it so, and its JSON text.
    definitions: dict[str, list[tuple[int, str]]]


@cache
def pool() -> Pool:
    """Return the pooled schemas."""
    with open(join(dirname(__file__), "pool.gz"), "rb") as file:
        text = decompress(file.read(), wbits=31).decode()
    head, *lines = text.split("\n")
    definitions: dict[str, list[tuple[int, str]]] = {}
    for line in lines:
        name, mask, definition = line.split("\t")
        definitions.setdefault(name, []).append((int(mask), definition))
    return Pool(json.loads(head)["kinds"], definitions)
