"""Values as messages show them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reprlib import Repr

__all__ = ["shown"]


def shown(value: object) -> str:
    """Return a value for a message, bounded in length and without an address in memory."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if callable(value) and hasattr(value, "__name__"):
        return f"the function `{value.__name__}`"
    try:
        text = _short().repr(value)
    except Exception:  # the code of a stranger, which a message does not need
        return f"a {type(value).__name__}"
    return f"a value of the type {type(value).__name__}" if " at 0x" in text else text


@cache
def _short() -> Repr:
    from reprlib import Repr

    short = Repr()
    short.maxlevel, short.maxlist, short.maxtuple, short.maxdict = 3, 4, 4, 4
    short.maxstring, short.maxother = 60, 80
    return short
