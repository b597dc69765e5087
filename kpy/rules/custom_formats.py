"""The formats of text that a server checks in custom resources; it takes all others as they are."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_network
from typing import Final

__all__ = ["FORMATS"]

_DATE_TIME: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|z|[+-]\d{2}:?\d{2})", re.ASCII
)
_DURATION: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)\s*[a-zµμ]+(?:.*)|0", re.ASCII)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_MAC: Final = re.compile(r"[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5,7}|(?:[0-9a-fA-F]{4}\.){2,3}[0-9a-fA-F]{4}")
_HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_.])?")


def _of_text(is_sound: Callable[[str], object]) -> Callable[[object], bool]:
    """Return a check that other values than text pass."""
    return lambda value: not isinstance(value, str) or bool(is_sound(value))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2006-01-02")


def _is_base64(text: str) -> bool:
    try:
        b64decode(text.replace("\n", "").replace("\r", ""), validate=True)
    except (Base64Error, ValueError):
        return False
    return True


def _is_address(kind: type[IPv4Address] | type[IPv6Address]) -> Callable[[str], bool]:
    def is_address(text: str) -> bool:
        try:
            kind(text)
        except AddressValueError:
            return False
        return True

    return is_address


def _is_cidr(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


def _within(bits: int) -> Callable[[object], bool]:
    """Return a check of the width of an integer."""
    limit = 1 << (bits - 1)
    return lambda value: not isinstance(value, int) or -limit <= value < limit


#: The name of a format to whether a value has it.
FORMATS: Final[Mapping[str, Callable[[object], bool]]] = {
    "date": _of_text(_is_date),
    "date-time": _of_text(_DATE_TIME.fullmatch),
    "datetime": _of_text(_DATE_TIME.fullmatch),
    "duration": _of_text(_DURATION.fullmatch),
    "byte": _of_text(_is_base64),
    "uuid": _of_text(_UUID.fullmatch),
    "mac": _of_text(_MAC.fullmatch),
    "hostname": _of_text(_HOST.fullmatch),
    "ipv4": _of_text(_is_address(IPv4Address)),
    "ipv6": _of_text(_is_address(IPv6Address)),
    "cidr": _of_text(_is_cidr),
    "email": _of_text(lambda text: "@" in text),
    "uri": _of_text(lambda text: ":" in text or text.startswith("/")),
    "int32": _within(32),
    "int64": _within(64),
}
