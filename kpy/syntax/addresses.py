"""IP addresses and CIDR ranges, read as an API server reads them.

Python's `ipaddress` differs: it knows zones, refuses leading zeros always and accepts other things. An API server reads
loosely (leading zeros count as decimal) and says separately what is not canonical, so that it can name the fault.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

__all__ = [
    "Address",
    "address_advice",
    "address_fault",
    "canonical_address_fault",
    "canonical_range_fault",
    "endpoint_address_fault",
    "range_advice",
    "range_fault",
    "read_address",
    "read_range",
]

_OCTETS = re.compile(r"0*([0-9]{1,3})\.0*([0-9]{1,3})\.0*([0-9]{1,3})\.0*([0-9]{1,3})", re.ASCII)
_GROUP = re.compile(r"0*[0-9a-fA-F]{1,4}", re.ASCII)
_STRICT_OCTET = re.compile(r"(?:^|[:.])0[0-9]+\.|\.0[0-9]+$", re.ASCII)
_LONG_GROUP = re.compile(r"[0-9a-fA-F]{5}", re.ASCII)
_MAPPED = 0xFFFF << 32

NOT_AN_ADDRESS = "must be an IP address"
NOT_A_RANGE = "must be a range in CIDR form, such as 10.0.0.0/8"


class Address(NamedTuple):
    """An IP address: its family, 4 or 6, and its bits as a number."""

    family: int
    bits: int

    @property
    def size(self) -> int:
        """The number of bits of an address of this family."""
        return 32 if self.family == 4 else 128

    @property
    def mapped(self) -> bool:
        """Whether this is an IPv4 address written as an IPv6 address (`::ffff:1.2.3.4`)."""
        return self.family == 6 and self.bits >> 32 == 0xFFFF

    def __str__(self) -> str:
        """Return the canonical text; an IPv4 address in IPv6 form becomes plain IPv4."""
        if self.family == 4 or self.mapped:
            return str(IPv4Address(self.bits & 0xFFFFFFFF))
        return str(IPv6Address(self.bits))


class Range(NamedTuple):
    """A range of addresses: the address that was written, and the length of its prefix."""

    address: Address
    prefix: int

    @property
    def host_bits(self) -> int:
        """The bits of the address beyond the prefix."""
        return self.address.bits & ((1 << (self.address.size - self.prefix)) - 1)

    @property
    def network(self) -> Address:
        """The first address of the range."""
        return Address(self.address.family, self.address.bits - self.host_bits)

    def __str__(self) -> str:
        """Return the canonical text."""
        return f"{self.network}/{self.prefix}"

    def strictly_contains(self, other: Range) -> bool:
        """Return whether the other range is a part of this one, and not all of it."""
        if self.address.family != other.address.family or self.prefix >= other.prefix:
            return False
        return (self.address.bits ^ other.address.bits) >> (self.address.size - self.prefix) == 0


def read_address(text: str) -> Address | None:
    """Return the address that the text says, leading zeros allowed, or nothing."""
    if ":" in text.partition(".")[0]:
        bits = _read_ipv6(text)
        return None if bits is None else Address(6, bits)
    bits = _read_ipv4(text)
    return None if bits is None else Address(4, bits)


def read_range(text: str) -> Range | None:
    """Return the range that the text says, leading zeros and host bits allowed, or nothing."""
    before, slash, length = text.partition("/")
    address = read_address(before)
    if address is None or not slash or not re.fullmatch(r"[0-9]+", length, re.ASCII) or len(length.lstrip("0")) > 3:
        return None
    prefix = int(length)
    return Range(address, prefix) if prefix <= address.size else None


def address_fault(text: str, *, strict: bool = True) -> str | None:
    """Return what is wrong with an IP address, or nothing."""
    address = read_address(text)
    if address is None:
        return NOT_AN_ADDRESS
    if strict and _has_leading_zeros(text):
        return "must not have leading zeros"
    if strict and address.mapped:
        return "must not be an IPv4 address in IPv6 form"
    return None


def canonical_address_fault(text: str) -> str | None:
    """Return what is wrong with an IP address that must be in its canonical form, or nothing."""
    fault = address_fault(text)
    if fault is None and text != (canonical := str(read_address(text))):
        return f"must be in canonical form, {canonical!r}"
    return fault


def range_fault(text: str, *, strict: bool = True) -> str | None:
    """Return what is wrong with a range in CIDR form, or nothing."""
    found = read_range(text)
    if found is None:
        return NOT_A_RANGE
    if not strict:
        return None
    address, _, length = text.partition("/")
    if _has_leading_zeros(address) or (len(length) > 1 and length[0] == "0"):
        return "must not have leading zeros"
    if found.address.mapped:
        return "must not have an IPv4 address in IPv6 form"
    if found.host_bits:
        return f"must not have bits set beyond its prefix; the range is {str(found)!r}"
    return None


def canonical_range_fault(text: str) -> str | None:
    """Return what is wrong with a range that must be in its canonical form, or nothing."""
    fault = range_fault(text)
    if fault is None and text != (canonical := str(read_range(text))):
        return f"must be in canonical form, {canonical!r}"
    return fault


def endpoint_address_fault(text: str) -> str | None:
    """Return why no packets can be sent to an address: unspecified, loopback or link-local; or nothing."""
    address = read_address(text)
    if address is None:
        return NOT_AN_ADDRESS
    bits, four = address.bits, address.family == 4 or address.mapped
    if four:
        bits &= 0xFFFFFFFF
    if bits == 0:
        return "must not be the unspecified address"
    if (bits >> 24 == 127) if four else bits == 1:
        return "must not be a loopback address"
    if (bits >> 16 == 0xA9FE) if four else bits >> 118 == 0b1111111010:
        return "must not be a link-local address"
    if (bits >> 8 == 0xE00000) if four else (bits >> 112) & 0xFF0F == 0xFF02:
        return "must not be a link-local multicast address"
    return None


def address_advice(text: str) -> str | None:
    """Return what a server warns of in an address that it takes, or nothing."""
    address = read_address(text)
    if address is None:
        return None
    if _has_leading_zeros(text) or address.mapped:
        return f"is not in a standard form; write {str(address)!r}"
    if address.family == 6 and text != str(address):
        return f"is not in canonical form, which is {str(address)!r}"
    return None


def range_advice(text: str) -> str | None:
    """Return what a server warns of in a range that it takes, or nothing."""
    found = read_range(text)
    if found is None:
        return None
    if found.host_bits:
        return f"may mean the range {str(found)!r} or the address '{found.address}/{found.address.size}'"
    if range_fault(text):
        return f"is not in a standard form; write {str(found)!r}"
    if found.address.family == 6 and text != str(found):
        return f"is not in canonical form, which is {str(found)!r}"
    return None


def _has_leading_zeros(text: str) -> bool:
    return bool(_STRICT_OCTET.search(text) or _LONG_GROUP.search(text))


def _read_ipv4(text: str) -> int | None:
    match = _OCTETS.fullmatch(text)
    if match is None:
        return None
    bits = 0
    for octet in match.groups():
        if int(octet) > 255:
            return None
        bits = bits << 8 | int(octet)
    return bits


def _read_ipv6(text: str) -> int | None:
    before, ellipsis, after = text.partition("::")
    first, last = _read_groups(before, last=not ellipsis), _read_groups(after, last=True)
    if first is None or last is None:
        return None
    missing = 8 - len(first) - len(last)
    if missing != 0 if not ellipsis else missing < 1:
        return None
    bits = 0
    for group in [*first, *[0] * missing, *last]:
        bits = bits << 16 | group
    return bits


def _read_groups(text: str, *, last: bool) -> list[int] | None:
    if not text:
        return []
    *groups, end = text.split(":")
    tail = [end]
    if last and "." in end:
        bits = _read_ipv4(end)
        if bits is None:
            return None
        tail = [f"{bits >> 16:x}", f"{bits & 0xFFFF:x}"]
    found = [*groups, *tail]
    return [int(group, 16) for group in found] if all(_GROUP.fullmatch(group) for group in found) else None
