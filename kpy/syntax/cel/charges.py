"""What a call costs when it runs, as an API server counts it; a call that is not here costs 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

from kpy.syntax.cel.values import size_of

__all__ = ["CHARGES", "Charge"]

#: From the arguments and the result.
Charge = Callable[[Sequence[Any], Any], int]

_MAKING_LIST: Final = 10


def _part(size: float) -> int:
    """Return a tenth, rounded up: what it costs to go through a text once."""
    return math.ceil(size * 0.1)


def through(args: Sequence[Any], _: Any) -> int:
    """Count the first argument once."""
    return _part(size_of(args[0]))


def twice(args: Sequence[Any], _: Any) -> int:
    """Count the first argument twice."""
    return math.ceil(size_of(args[0]) * 2 * 0.1)


def joined(_: Sequence[Any], result: Any) -> int:
    """Count the result twice."""
    return math.ceil(size_of(result) * 2 * 0.1)


def both(args: Sequence[Any], _: Any) -> int:
    """Count both arguments."""
    return _part(size_of(args[0]) + size_of(args[1]))


def shorter(args: Sequence[Any], _: Any) -> int:
    """Count the shorter argument."""
    return _part(min(size_of(args[0]), size_of(args[1])))


def within(args: Sequence[Any], _: Any) -> int:
    """Count the list that is searched."""
    return size_of(args[1])


def product(args: Sequence[Any], _: Any) -> int:
    """Count both texts by each other."""
    return _part(size_of(args[0])) * _part(size_of(args[1]))


def pattern(args: Sequence[Any], _: Any) -> int:
    """Count a text by a pattern."""
    return _part(1.0 + size_of(args[0])) * math.ceil(size_of(args[1]) * 0.25)


def whole(args: Sequence[Any], _: Any) -> int:
    """Count all that is in the first argument."""
    return _whole(args[0])


def _whole(value: Any) -> int:
    if isinstance(value, str | bytes):
        return int(len(value) * 0.1)
    if isinstance(value, list):
        return sum(map(_whole, value))
    if isinstance(value, dict):
        return sum(_whole(key) + _whole(each) for key, each in value.items())
    return 1


def made(_: Sequence[Any], result: Any) -> int:
    """Count the list that is made."""
    return size_of(result) + 1 + _MAKING_LIST


def flattened(args: Sequence[Any], _: Any) -> int:
    """Count the list by its depth."""
    depth = args[1] if len(args) == 2 else 1
    return int(size_of(args[0]) * depth) + 1 + _MAKING_LIST


def squared(args: Sequence[Any], _: Any) -> int:
    """Count the list by itself."""
    return _squared(args[0])


def squared_keys(args: Sequence[Any], _: Any) -> int:
    """Count the list of keys by itself."""
    return _squared(args[1])


def _squared(value: Any) -> int:
    factor = 2.1 if value and isinstance(value[0], str | bytes) else 2.0
    return int(len(value) ** 2 * factor) + 1 + _MAKING_LIST


def pairs(args: Sequence[Any], _: Any) -> int:
    """Count two lists by each other."""
    return 1 + size_of(args[0]) * size_of(args[1])


def pairs_twice(args: Sequence[Any], _: Any) -> int:
    """Count two lists by each other, both ways."""
    return 1 + 2 * size_of(args[0]) * size_of(args[1])


def in_network(args: Sequence[Any], _: Any) -> int:
    """Count the bytes of a network, and the text of the other."""
    text = _part(size_of(args[1])) if isinstance(args[1], str) else 0
    return _part(2 * size_of(args[0])) + text


def in_networks(args: Sequence[Any], result: Any) -> int:
    """Count the bytes of a network once more than for an address."""
    return in_network(args, result) + _part(size_of(args[0])) + 1


def formatted(args: Sequence[Any], _: Any) -> int:
    """Count a text by the pattern of a format."""
    pattern_size: int = args[0].pattern_size
    return _part(1.0 + size_of(args[1])) * math.ceil(pattern_size * 0.25)


def authorized(_: Sequence[Any], __: Any) -> int:
    """Count a question to the authorizer."""
    return 350_000


#: By the function, and by the way to call it where ways differ.
CHARGES: Final[dict[str, Charge]] = {
    **dict.fromkeys(("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf"), whole),
    **dict.fromkeys(("url", "lowerAscii", "upperAscii", "substring", "trim", "jsonpatch.escapeKey"), through),
    **dict.fromkeys(("replace", "split", "ip.isCanonical"), twice),
    **dict.fromkeys(("cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver"), through),
    **dict.fromkeys(("startsWith", "endsWith", "format", "strings.quote"), through),
    **dict.fromkeys(("string_to_ip", "string_to_bytes", "bytes_to_string"), through),
    **dict.fromkeys(("slice", "lists.range", "reverse_list"), made),
    **dict.fromkeys(("distinct", "sort"), squared),
    **dict.fromkeys(("sets.contains", "sets.intersects"), pairs),
    **dict.fromkeys((".matches_string", "find", "findAll"), pattern),
    "sets.equivalent": pairs_twice,
    "@sortByAssociatedKeys": squared_keys,
    "flatten": flattened,
    "reverse": made,
    "join": joined,
    "contains": product,
    "containsIP": in_network,
    "containsCIDR": in_networks,
    "validate": formatted,
    "in_list": within,
    "add_string": both,
    "add_bytes": both,
    "includes": whole,
    "check": authorized,
}
