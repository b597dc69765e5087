"""Defaults and values of Python as the plain data that a file of values has."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from math import isfinite
from pathlib import PurePath
from typing import Any, Final

__all__ = ["GREATEST", "NotPlainError", "to_plain", "words_of"]

#: Helm reads numbers as JavaScript does: greater ones would not be what was written.
GREATEST: Final = 2**53 - 1


class NotPlainError(ValueError):
    """A value that no file of values can have."""


def to_plain(value: object) -> Any:
    """Return a value as plain data, from which `kpy.loading.fitting` makes it again. Raises `NotPlainError`."""
    if isinstance(value, enum.Enum):
        return words_of(type(value))[list(type(value)).index(value)]
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(key): to_plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_plain(getattr(value, each.name)) for each in dataclasses.fields(value) if each.init}
    if isinstance(value, tuple) and (names := getattr(value, "_fields", None)):
        return {name: to_plain(item) for name, item in zip(names, value, strict=True)}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((to_plain(item) for item in value), key=repr)
    for name in ("to_dict", "model_dump"):
        if hasattr(value, name):
            return to_plain(getattr(value, name)())
    raise NotPlainError(f"{type(value).__name__} is no plain data")


def words_of(kind: type[enum.Enum]) -> list[Any]:
    """Return what stands for each member of an enumeration: the values where they are plain, else the names."""
    members = list(kind)
    is_plain = all(isinstance(each.value, str | int | float) for each in members)
    return [each.value if is_plain else each.name for each in members]


def _number(value: float) -> float:
    if isinstance(value, float) and not isfinite(value):
        raise NotPlainError(f"{value} is no number of YAML that Helm would hand on")
    if isinstance(value, int) and abs(value) > GREATEST:
        raise NotPlainError(f"Helm reads {value} as a number that is not exact; make it a text")
    return value


def _key(key: object) -> str:
    if isinstance(key, enum.Enum):
        return _key(key.value)
    if isinstance(key, str):
        return key
    if isinstance(key, int | float):
        return str(key).lower() if isinstance(key, bool) else str(key)
    raise NotPlainError(f"a {type(key).__name__} is no key of a table")
