"""Python values that stand for a JSON scalar: times, durations, quantities, members of enums."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from kpy.model.referable import Ref, Referable
from kpy.schema import NEWEST, RELEASES, Field, Type, api
from kpy.schema.references import is_custom
from kpy.source import Location

__all__ = ["NotJson", "field_of", "is_map", "plain_text", "plain_texts", "scalar", "type_of"]


class NotJson(Exception):
    """A value that has no JSON, with the path to it, innermost first."""

    def __init__(self, text: str, value: object = None) -> None:
        super().__init__(text)
        #: The value, where the text quotes it.
        self.value = value
        self.path: list[str] = []
        self.where: Location | None = None


@cache
def type_of(name: str) -> Type | None:
    """Return a type as the newest release that has it declares it."""
    return next((found for release in (NEWEST, *RELEASES[-2::-1]) if (found := api(release).type(name))), None)


@cache
def field_of(type_name: str, field: str) -> Field | None:
    """Return a field as the newest release that has it declares it."""
    if is_custom(type_name):
        return None
    for release in (NEWEST, *RELEASES[-2::-1]):
        found = api(release).type(type_name)
        if found is not None and field in found.fields:
            return found.fields[field]
    return None


def is_map(type_name: str, field: str) -> bool:
    """Return whether the field is a mapping of free keys to values that have a type, so that null says nothing."""
    found = field_of(type_name, field)
    return found is not None and found.container in ("map", "map-list")


def plain_text(value: Any) -> Any:
    """Return a text of another class, such as a member of a `StrEnum`, as that text; all else as it is."""
    return str.__str__(value) if isinstance(value, str) and type(value) is not str else value


def plain_texts(values: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return a copy of a mapping, such as labels, whose keys and values are plain texts where they are texts."""
    return {plain_text(key): plain_text(value) for key, value in values.items()}


def scalar(value: object, type_name: str, field: str) -> str | int | float | bool:
    """Return the JSON scalar of a Python value that stands in that field of that type."""
    plain = getattr(value, "__kpy_plain__", None)
    if plain is not None:
        found: str | int | float | bool = plain()
        return found
    match value:
        case Enum():
            return scalar(value.value, type_name, field)
        case str():
            return str.__str__(value)
        case bool():
            return value
        case int():
            return int(value)
        case float():
            return float(value)
        case datetime():
            return _time(value, type_name, field)
        case timedelta():
            return _seconds(value, field)
        case Decimal():
            return _decimal(value, type_name, field)
    raise NotJson(_refusal(value), value)


def _time(value: datetime, type_name: str, field: str) -> str:
    if value.tzinfo is None:
        raise NotJson(f"{value!r} does not know its timezone; give it one, such as `tzinfo=UTC`", value)
    found = field_of(type_name, field)
    micro = found is not None and found.shape == "micro-time"
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ" if micro else "%Y-%m-%dT%H:%M:%SZ")


def _seconds(value: timedelta, field: str) -> int:
    if "seconds" not in field.lower():
        raise NotJson(f"{value!r} can only stand for a number of seconds; write the value as the API has it", value)
    seconds = value.total_seconds()
    if seconds != int(seconds):
        raise NotJson(f"{value!r} is not a number of whole seconds", value)
    return int(seconds)


def _decimal(value: Decimal, type_name: str, field: str) -> str | float:
    if not value.is_finite():
        raise NotJson(f"{value!r} is not a finite number", value)
    found = field_of(type_name, field)
    return float(value) if found is not None and found.shape == "number" else format(value, "f")


def _refusal(value: object) -> str:
    if isinstance(value, Ref):
        return "a reference stands where a struct names an object; in a mapping write its keys, with the object as name"
    if isinstance(value, Referable):
        return f"{type(value).__name__} {value.name!r} cannot stand here: the field does not name an object"
    if isinstance(value, type):
        return f"{value.__name__} is a class: write `{value.__name__}(...)`"
    if isinstance(value, bytes):
        return f"{value!r} is bytes, which JSON has not; give text, `base64.b64encode(value).decode()` for base64"
    if isinstance(value, date):
        return f"{value!r} is a date without a time; give a `datetime` with a timezone"
    if isinstance(value, (set, frozenset)):
        return f"{value!r} is a set, which has no order; give a list"
    return f"{value!r} is not a value that JSON has (text, number, bool, list, mapping or a model)"
