"""Ports: their numbers and their names."""

from __future__ import annotations

import re

__all__ = ["port_fault", "port_name_fault"]

_CHARACTERS = re.compile(r"[-a-z0-9]+", re.ASCII)
_LETTER = re.compile(r"[a-z]")


def port_fault(number: int) -> str | None:
    """Check the number of a port."""
    return None if 1 <= number <= 65535 else "must be from 1 to 65535"


def port_name_fault(name: str) -> str | None:
    """Check the name of a port (RFC 6335)."""
    if len(name) > 15:
        return "must be at most 15 characters long"
    if not _CHARACTERS.fullmatch(name):
        return 'must be lower-case letters, digits or "-"'
    if not _LETTER.search(name):
        return "must have a letter"
    if "--" in name or name[0] == "-" or name[-1] == "-":
        return 'must not begin or end with "-", nor have two in a row'
    return None
