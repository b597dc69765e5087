"""Numbers, and what may be a number or a percentage: checks that several topics share."""

from __future__ import annotations

import re

from kpy.checking.check import Check
from kpy.objects import Tree
from kpy.paths import Path
from kpy.units import is_percent

__all__ = ["amount", "amount_fault", "more_than_all", "report_negative"]

_WHOLE = re.compile(r"[+-]?[0-9]+", re.ASCII)


def report_negative(value: Tree, at: Path, check: Check, *fields: str) -> None:
    """Report each of the fields that holds a negative number."""
    for field in fields:
        number = value.get(field)
        if number is not None and number < 0:
            check.report(at + field, f"`{field}` is {number}, and must not be negative", fix="use 0 or more")


def amount_fault(value: int | str) -> str | None:
    """Check a number or percentage: the number is not negative, the text is digits and a percent sign."""
    if isinstance(value, str):
        return None if is_percent(value) else 'must be a number, or digits followed by "%"'
    return "must not be negative" if value < 0 else None


def amount(value: int | str) -> int:
    """Return the number in front of a percent sign, or the number itself; text that is neither counts as 0."""
    if not isinstance(value, str):
        return value
    text = value[:-1] if is_percent(value) else value
    return int(text) if _WHOLE.fullmatch(text) else 0


def more_than_all(value: int | str | None) -> bool:
    """Return whether a percentage is above 100 %."""
    return is_percent(value) and amount(str(value)) > 100
