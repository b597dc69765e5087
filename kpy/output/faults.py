"""Say where a tree is not JSON.

Writers keep no track of where they are: only when one stops is the tree searched for what stopped it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Final, NamedTuple

from kpy.errors import EmitError
from kpy.objects import name_of, title
from kpy.output.key_order import FREE, KeyOrder, MapOrder
from kpy.output.scalars import MOST_BITS, lone_surrogate
from kpy.paths import ROOT, Path

__all__ = ["explain"]

#: How to make JSON of what people have in hand.
_CONVERSIONS: Final[tuple[tuple[type | tuple[type, ...], str], ...]] = (
    (bytes, "decode it: `value.decode()`, or `base64.b64encode(value).decode()` where the field wants base64"),
    ((tuple, set, frozenset), "make a list of it: `[*value]`"),
    (Mapping, "make a dict of it: `{**value}`"),
    (date, "make text of it: `value.isoformat()`"),
    (Decimal, "make text of it, `str(value)`, or a number, `int(value)`"),
)


class _Fault(NamedTuple):
    at: Path
    wrong: str
    fix: str


def explain(tree: object, order: KeyOrder, error: Exception) -> EmitError:
    """Return the error for a tree that could not be written: the object, the place in it, what is wrong and a fix."""
    fault = _find_fault(tree, order)
    if fault is None and isinstance(error, RecursionError):
        fault = _Fault(ROOT, "it is nested too deeply to be written, or contains itself", "write it with fewer levels")
    assert fault is not None, error
    field = str(fault.at)
    place = f"{_name(tree)}, field {field}" if field else _name(tree)
    return EmitError(f"{place}: {fault.wrong}; {fault.fix}")


def _name(tree: object) -> str:
    """Return how people call an object: `Deployment "api"`."""
    if not isinstance(tree, Mapping):
        return "a document"
    return title(tree) if name_of(tree) else f"{tree.get('kind', 'an object')} without a name"


def _find_fault(tree: object, order: KeyOrder) -> _Fault | None:
    """Return the first fault; without recursion, since too much of it may be the fault."""
    if not isinstance(tree, dict):
        return _Fault(ROOT, f"{tree!r} is not an object", "pass a dict with apiVersion and kind")
    seen: set[int] = set()
    stack: list[tuple[Path, object, KeyOrder]] = [(ROOT, tree, order)]
    while stack:
        at, value, order = stack.pop()
        if not isinstance(value, (dict, list)):
            fault = _fault_of_value(at, value)
        elif id(value) in seen:
            continue
        elif isinstance(value, list):
            seen.add(id(value))
            stack.extend((at + index, value[index], order) for index in reversed(range(len(value))))
            continue
        else:
            seen.add(id(value))
            fault = next(filter(None, (_fault_of_key(at, key) for key in value)), None)
            stack.extend(reversed([(_step(at, key, order), value[key], order.within(key)) for key in value]))
        if fault is not None:
            return fault
    return None


def _step(at: Path, key: object, order: KeyOrder) -> Path:
    """Return the path of a value, as an API server writes it where the schema knows the mapping."""
    text = str(key)
    is_field = text.isidentifier() and (order is FREE or not isinstance(order, MapOrder))
    return at + text if is_field else at.key(text)


def _fault_of_key(at: Path, key: object) -> _Fault | None:
    if isinstance(key, str):
        return _fault_of_text(at, f"the key {key!r}", key)
    text = json.dumps(key) if key is None or isinstance(key, bool) else str(key)
    return _Fault(at, f"the key {key!r} is of type {type(key).__name__}, and keys are text", f'write "{text}"')


def _fault_of_value(at: Path, value: object) -> _Fault | None:
    match value:
        case None | bool():
            return None
        case str():
            return _fault_of_text(at, "the text", value)
        case float():
            wrong = f"{value!r} is a number that neither JSON nor Kubernetes has"
            return None if isfinite(value) else _Fault(at, wrong, "give a finite number, or text")
        case int():
            return _fault_of_integer(at, value)
    fix = next((fix for known, fix in _CONVERSIONS if isinstance(value, known)), "make plain JSON of it first")
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return _Fault(at, f"{shown} is of type {type(value).__name__}, which JSON does not have", fix)


def _fault_of_text(at: Path, what: str, text: str) -> _Fault | None:
    half = lone_surrogate(text)
    if half is None:
        return None
    wrong = f"{what} has half a character, U+{ord(half):04X}, which no file can hold"
    return _Fault(at, wrong, "read it with its right encoding, or keep bytes as base64")


def _fault_of_integer(at: Path, number: int) -> _Fault | None:
    bits = number.bit_length()
    if bits > MOST_BITS:
        return _Fault(at, f"a whole number of {bits} bits is more than readers take", "give a smaller number, or text")
    return None
