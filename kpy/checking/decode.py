"""What an API server reads from one JSON value: quantities, times, bytes, and numbers of a width.

Each check returns nothing, or a phrase that continues a sentence beginning with the value.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from kpy.units import is_quantity, near_quantities

__all__ = [
    "bytes_fault",
    "describe",
    "integer_fault",
    "micro_time_fault",
    "number_text",
    "quantity_fault",
    "shape_of",
    "time_fault",
]

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)([.,]\d+)?(Z|[+-](\d\d):(\d\d))", re.ASCII
)  # Go takes one digit for the hour, and a comma
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")
_LIMITS = {bits: 2 ** (bits - 1) for bits in (32, 64)}


def describe(value: object) -> str:
    """Say what a JSON value is, for messages: `the text "3"`, `the number 3`, `a list`."""
    match value:
        case str():
            return f'the text "{value if len(value) <= 60 else value[:57] + "..."}"'
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _length(value) or f"the number {value!r}"
        case None:
            return "null"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a mapping"
    return f"a value of type {type(value).__name__}"


def shape_of(value: object) -> str:
    """Say of which shape a JSON value is, and not which value: `text`, `a number`, `a list`."""
    match value:
        case str():
            return "text"
        case int() | float() if not isinstance(value, bool):
            return "a number"
    return describe(value)


def number_text(value: float) -> str:
    """Write a number for a message: one of hundreds of digits by its length, as Python would refuse to write it."""
    return _length(value) or repr(value)


def _length(value: float) -> str | None:
    if isinstance(value, int) and value.bit_length() > 512:
        return f"a number of more than {value.bit_length() * 3 // 10} digits"
    return None


def integer_fault(value: int, bits: int) -> str | None:
    """Check that an integer fits into 32 or 64 bits."""
    limit = _LIMITS[bits]
    if -limit <= value < limit:
        return None
    return f"must be from {-limit} to {limit - 1}"


def quantity_fault(value: object) -> str | None:
    """Check that a text or number is a quantity such as `500m` or `1.5Gi`."""
    if is_quantity(value):
        return None
    near = near_quantities(value) if isinstance(value, str) else ()
    return "must be a quantity, such as " + (" or ".join(f'"{text}"' for text in near) or '"500m" or "1.5Gi"')


def time_fault(text: str) -> str | None:
    """Check a time such as `2006-01-02T15:04:05Z` (RFC 3339)."""
    match = _TIME.fullmatch(text)
    if match is None:
        return "must be a time such as 2006-01-02T15:04:05Z"
    from calendar import monthrange

    year, month, day, hour, minute, second = (int(match[group]) for group in range(1, 7))
    if not (1 <= month <= 12 and 1 <= day <= monthrange(year or 4, month)[1]):
        return "is not a day of the calendar"
    if hour > 23 or minute > 59 or second > 59:
        return "is not a time of day"
    if match[9] and (int(match[9]) > 24 or int(match[10]) > 60):
        return "has a time zone that does not exist"
    return None


def micro_time_fault(text: str) -> str | None:
    """Check a time with exactly six digits of a second, such as `2006-01-02T15:04:05.000000Z`."""
    match = _TIME.fullmatch(text)
    if match is None or len(match[7] or "") != 7:
        return "must be a time with microseconds, such as 2006-01-02T15:04:05.000000Z"
    return time_fault(text)


def bytes_fault(text: str) -> str | None:
    """Check that a text is base64: the standard alphabet, padded; line breaks do not count.

    Bytes are often secret, so the fault tells a position and not the text.
    """
    plain = text.replace("\n", "").replace("\r", "")
    try:
        b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        foreign = _NOT_BASE64.search(plain)
        if foreign is None:
            return "is not base64: its length or its padding is wrong"
        return f"is not base64: the character at position {foreign.start() + 1} does not belong to its alphabet"
    return None


def is_bytes_list(value: Any) -> bool:
    """Return whether a value is bytes written as a list of numbers, which a server takes too."""
    return isinstance(value, list) and all(type(item) is int and 0 <= item <= 255 for item in value)
