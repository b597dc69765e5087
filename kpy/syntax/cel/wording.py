"""How types and functions are called in messages."""

from __future__ import annotations

from collections.abc import Sequence

from kpy.syntax.cel.types import ERROR, NULL, Type

__all__ = ["described", "listed", "spoken"]


def described(kind: Type) -> str:
    """Return a type with its article."""
    if kind is NULL:
        return "null"
    if kind is ERROR:
        return "an error"
    return f"{'an' if kind.name[0] in 'aeiou' and not kind.name.startswith('u') else 'a'} {kind}"


def listed(kinds: Sequence[Type]) -> str:
    """Return types with their articles."""
    if not kinds:
        return "nothing"
    words = [described(kind) for kind in kinds]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def spoken(name: str, is_method: bool) -> str:
    """Return how a function or operator is called."""
    if not name[0].isalpha():
        return {"[]": "an index", "[?]": "an index"}.get(name, f"'{name}'")
    return {"negate": "'-'", "in": "'in'"}.get(name, f"{'.' if is_method else ''}{name}()")
