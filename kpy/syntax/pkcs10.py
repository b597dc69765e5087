"""Requests for certificates (PKCS #10, RFC 2986) in PEM form, checked as far as the standard library goes.

The structure is read, and RSA signatures are verified; signatures of other keys are taken as good.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from binascii import Error as BadBase64
from typing import NamedTuple

__all__ = ["request_fault"]

_PEM = re.compile(
    rb"(?:\A|\n)-----BEGIN ([^\n]*?)-----[ \t\r]*\n(?:(.*?)\n)?-----END \1-----[ \t\r]*(?=\n|\Z)", re.DOTALL
)
_INTEGER, _BIT_STRING, _SEQUENCE = 0x02, 0x03, 0x30
_RSA = bytes.fromhex("2a864886f70d010101")
#: Signatures of RSA keys (1.2.840.113549.1.1.*): the hash, and what stands before it in the signed block.
_HASHES = {
    bytes.fromhex("2a864886f70d010105"): ("sha1", "3021300906052b0e03021a05000414"),
    bytes.fromhex("2a864886f70d01010b"): ("sha256", "3031300d060960864801650304020105000420"),
    bytes.fromhex("2a864886f70d01010c"): ("sha384", "3041300d060960864801650304020205000430"),
    bytes.fromhex("2a864886f70d01010d"): ("sha512", "3051300d060960864801650304020305000440"),
}


class _Value(NamedTuple):
    """One value in DER: its tag, its content, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes


class _DerError(ValueError):
    """The bytes are no DER of the expected form."""


def request_fault(data: bytes) -> str | None:
    """Check a request: a PEM block that holds a signed request."""
    block = _first_block(data)
    if block is None or block[0] != b"CERTIFICATE REQUEST":
        return "must be a PEM block of type CERTIFICATE REQUEST"
    try:
        info, algorithm, signature = _parts(block[1], _SEQUENCE, _SEQUENCE, _BIT_STRING)
        version, _, key, *_ = _values(info.content)
        if version.tag != _INTEGER or key.tag != _SEQUENCE:
            raise _DerError
        return None if _is_signed(info, algorithm, signature, key) else "must be signed by its own key"
    except (_DerError, ValueError):
        return "must hold a request of PKCS #10"


def _first_block(data: bytes) -> tuple[bytes, bytes] | None:
    """Return type and content of the first PEM block that can be read."""
    for match in _PEM.finditer(data):
        lines = (match[2] or b"").split(b"\n")
        while lines and b":" in lines[0]:
            del lines[0]
        try:
            return match[1], b64decode(b"".join(b"".join(lines).split()), validate=True)
        except BadBase64:
            continue
    return None


def _values(data: bytes) -> list[_Value]:
    """Return the values that stand one after another."""
    found, at = [], 0
    while at < len(data):
        value = _value(data, at)
        found.append(value)
        at += len(value.whole)
    return found


def _value(data: bytes, at: int) -> _Value:
    if at + 2 > len(data):
        raise _DerError
    tag, length, start = data[at], data[at + 1], at + 2
    if length >= 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4 or start + size > len(data):
            raise _DerError
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > len(data):
        raise _DerError
    return _Value(tag, data[start : start + length], data[at : start + length])


def _parts(data: bytes, *tags: int) -> list[_Value]:
    """Return the parts of the one sequence that the bytes are."""
    outer = _values(data)
    if len(outer) != 1 or outer[0].tag != _SEQUENCE:
        raise _DerError
    found = _values(outer[0].content)
    if tuple(value.tag for value in found) != tags:
        raise _DerError
    return found


def _is_signed(info: _Value, algorithm: _Value, signature: _Value, key: _Value) -> bool:
    """Return whether the key signed the request, as far as this can be told."""
    key_algorithm, bits = _values(key.content)
    known = _HASHES.get(_values(algorithm.content)[0].content)
    if _values(key_algorithm.content)[0].content != _RSA or known is None:
        return True
    modulus, exponent = (int.from_bytes(value.content, "big") for value in _parts(bits.content[1:], _INTEGER, _INTEGER))
    name, prefix = known
    size = (modulus.bit_length() + 7) // 8
    digest = bytes.fromhex(prefix) + hashlib.new(name, info.whole, usedforsecurity=False).digest()
    expected = b"\x00\x01" + b"\xff" * (size - 3 - len(digest)) + b"\x00" + digest
    signed = pow(int.from_bytes(signature.content[1:], "big"), exponent, modulus)
    return signed.to_bytes(size, "big") == expected
