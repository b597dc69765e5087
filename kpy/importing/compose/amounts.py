"""Amounts and times of compose, and how Kubernetes writes them."""

from __future__ import annotations

import math
import re
import shlex
from typing import Final

__all__ = ["cpu", "memory", "seconds", "words"]

_MEMORY: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?", re.IGNORECASE)
_SUFFIX: Final = {"": "", "b": "", "k": "Ki", "m": "Mi", "g": "Gi", "t": "Ti"}
_TIME: Final = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h)")
_UNITS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def memory(text: str) -> str | None:
    """Return an amount of memory: `50M` is 50Mi, since compose counts in powers of 1024; nothing for no amount."""
    found = _MEMORY.fullmatch(text.strip())
    if found is None:
        return None
    number, unit = float(found[1]), found[2].lower()
    if not number.is_integer():
        lower = {"t": "g", "g": "m", "m": "k", "k": ""}.get(unit)
        if lower is None:
            return str(math.ceil(number))
        number, unit = math.ceil(number * 1024), lower
    return f"{int(number)}{_SUFFIX[unit]}"


def cpu(text: str) -> str | None:
    """Return a share of processors: `0.5` is 500m; nothing for no number."""
    try:
        number = float(text)
    except ValueError:
        return None
    thousandths = math.ceil(number * 1000)
    if thousandths <= 0:
        return None
    return str(thousandths // 1000) if thousandths % 1000 == 0 else f"{thousandths}m"


def seconds(text: str) -> int | None:
    """Return a time in whole seconds, at least one: `1m30s` is 90; nothing for no time."""
    text = text.strip()
    if text.isdecimal():
        return int(text)
    parts = _TIME.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return max(1, math.ceil(sum(float(number) * _UNITS[unit] for number, unit in parts)))


def words(text: str) -> list[str]:
    """Return the words of a command line, as compose splits it."""
    try:
        return shlex.split(text)
    except ValueError:
        return ["/bin/sh", "-c", text]
