"""One text to a value of a type: text, numbers, truth values, choices, paths, optional values and lists."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["UnfitError", "collection_of", "convert", "is_list", "parts_of", "rank_of"]

_TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_NOTHING = ("", "none", "null")


class UnfitError(ValueError):
    """A text that does not fit a type; the message says what was expected."""


def is_list(annotation: Any) -> bool:
    """Return whether an annotation takes several values, such as `list[int]` or `Sequence[str] | None`."""
    return any(collection_of(part) is not None for part in parts_of(annotation))


def convert(text: str, annotation: Any) -> object:
    """Return what a text means for an annotation. Raises `UnfitError`."""
    parts = parts_of(annotation)
    if type(None) in parts and str not in parts and text.lower() in _NOTHING:
        return None
    parts = sorted((part for part in parts if part is not type(None)), key=rank_of)
    for part in parts[:-1]:
        try:
            return _convert(text, part)
        except UnfitError:
            continue
    return _convert(text, parts[-1])


def _convert(text: str, annotation: Any) -> object:
    if (collection := collection_of(annotation)) is not None:
        element = typing.get_args(annotation)[:1] or (str,)
        return collection(convert(item.strip(), element[0]) for item in text.split(",") if item.strip())
    if typing.get_origin(annotation) is typing.Literal:
        return _choice(text, {_text(value): value for value in typing.get_args(annotation)})
    if annotation is bool:
        return _choice(text.lower(), _TRUTH, "true or false")
    if annotation in (int, float):
        return _number(text, annotation)
    if annotation in (str, object, Any):
        return text
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        members = annotation.__members__
        return _choice(text, {**members, **{_text(member.value): member for member in members.values()}})
    if isinstance(annotation, type) and issubclass(Path, annotation):
        return Path(text)
    raise UnfitError(f"a text cannot become {_name(annotation)}: give the parameter a default, or a simpler type")


def parts_of(annotation: Any) -> list[Any]:
    """Return the members of a union, or the type itself, with `Annotated` and `NewType` taken off."""
    while True:
        if typing.get_origin(annotation) is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        else:
            break
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [part for member in typing.get_args(annotation) for part in parts_of(member)]
    return [annotation]


def rank_of(annotation: Any) -> int:
    """Return when a member of a union is tried: numbers first, text last."""
    return {int: 0, float: 1, str: 3}.get(annotation, 2)


def collection_of(annotation: Any) -> Any:
    """Return what makes a collection of this type; nothing when it is none."""
    origin = typing.get_origin(annotation) or annotation
    if origin in (list, tuple, set, frozenset):
        return origin
    if isinstance(origin, type) and origin.__module__ == "collections.abc" and issubclass(list, origin):
        return list
    return None


def _choice(text: str, choices: Mapping[str, object], wanted: str = "") -> object:
    if text in choices:
        return choices[text]
    raise UnfitError(f"it is not {wanted or 'one of ' + ', '.join(choices)}")


def _number(text: str, kind: Any) -> object:
    try:
        return kind(text)
    except ValueError:
        raise UnfitError("expected a whole number" if kind is int else "expected a number") from None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _name(annotation: Any) -> str:
    name = annotation.__name__ if isinstance(annotation, type) and not typing.get_args(annotation) else str(annotation)
    return f"`{name}`"
