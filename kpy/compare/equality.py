"""When two scalars mean the same to an API server."""

from __future__ import annotations

import binascii
from base64 import b64decode
from datetime import datetime
from typing import Any

from kpy.errors import UnitError
from kpy.schema import Shape
from kpy.units import quantity_value

__all__ = ["is_same_scalar"]


def is_same_scalar(old: Any, new: Any, shape: Shape) -> bool:
    """Tell whether two scalars mean the same: `1` and `1000m` as quantities, but never `1` and `true` or `"1"`."""
    if type(old) is type(new) and old == new:
        return True
    if old is None or new is None:
        return False
    if isinstance(old, bool) or isinstance(new, bool):
        return False
    match shape:
        case "quantity":
            return _quantity(old) == _quantity(new)
        case "bytes":
            return _bytes(old) == _bytes(new)
        case "time" | "micro-time":
            return _time(old) == _time(new)
        case _:
            are_numbers = isinstance(old, (int, float)) and isinstance(new, (int, float))
            return are_numbers and bool(old == new)


def _quantity(value: Any) -> object:
    try:
        return quantity_value(value)
    except (UnitError, TypeError):
        return value


def _bytes(value: Any) -> object:
    try:
        return b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError, AttributeError):
        return value


def _time(value: Any) -> object:
    try:
        return datetime.fromisoformat(value)
    except (ValueError, TypeError):
        return value
