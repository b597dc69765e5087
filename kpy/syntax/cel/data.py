"""The values that expressions see of a custom resource: times for texts with a format, lists that are sets or maps."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Final

from kpy.syntax.cel.core import parse_duration, parse_timestamp
from kpy.syntax.cel.errors import EvaluationError
from kpy.syntax.cel.values import Bad, Duration, MapList, SetList, Timestamp

__all__ = ["to_value"]

Schema = Mapping[str, Any]

_AMOUNT: Final = re.compile(r"(\d+)\s*([A-Za-zµ]+)", re.ASCII)
_SECOND: Final = 1_000_000_000
#: How people write units of time.
_UNITS: Final = (
    (1, ("ns", "nano")),
    (1000, ("us", "µs", "micro")),
    (1_000_000, ("ms", "milli")),
    (_SECOND, ("s", "sec")),
    (60 * _SECOND, ("m", "min")),
    (3600 * _SECOND, ("h", "hr", "hour")),
    (24 * 3600 * _SECOND, ("d", "day")),
    (7 * 24 * 3600 * _SECOND, ("w", "wk", "week")),
)
_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def to_value(data: Any, schema: Any) -> Any:
    """Return what an expression sees of a value with this schema."""
    if not isinstance(schema, Mapping):
        return data
    kind = type(data)
    if kind is dict:
        return _object(data, schema)
    if kind is list:
        return _list(data, schema)
    if kind is str:
        form = schema.get("format")
        if form in _FORMATS and schema.get("type") == "string" and not schema.get("x-kubernetes-int-or-string"):
            return _from_text(data, form)
    elif kind is int and schema.get("type") == "number":
        return float(data)
    return data


def _object(data: dict[str, Any], schema: Schema) -> dict[str, Any]:
    properties, others = schema.get("properties"), schema.get("additionalProperties")
    found = data
    for key, value in data.items():
        inner = properties.get(key, others) if properties else others
        made = to_value(value, inner) if inner is not None else value
        if made is not value:
            found = dict(data) if found is data else found
            found[key] = made
    return found


def _list(data: list[Any], schema: Schema) -> list[Any]:
    items = schema.get("items")
    made = [to_value(each, items) for each in data]
    match schema.get("x-kubernetes-list-type"):
        case "set":
            return SetList(made)
        case "map":
            return MapList(made, tuple(schema.get("x-kubernetes-list-map-keys") or ()))
    return made if any(one is not other for one, other in zip(made, data, strict=True)) else data


def _from_text(text: str, form: str) -> Any:
    try:
        return _FORMATS[form](text)
    except (EvaluationError, binascii.Error, ValueError) as error:
        names = {
            "byte": "byte formatted string",
            "date": "date formatted string",
            "date-time": "date-time formatted string",
        }
        return Bad(f"Invalid {names.get(form, form)} {text}: {error}")


def _duration(text: str) -> Duration:
    try:
        return parse_duration(text)
    except EvaluationError:
        pass
    total, found = 0, False
    for amount, word in _AMOUNT.findall(text):
        for size, names in _UNITS:
            if any(word == name or (len(name) > 2 and word.startswith(name)) for name in names):
                total, found = total + int(amount) * size, True
                break
    if not found:
        raise EvaluationError(f'unable to parse "{text}" as duration')
    return Duration(total)


def _date(text: str) -> Timestamp:
    if not _DATE.fullmatch(text):
        raise EvaluationError(f'parsing time "{text}" as "2006-01-02"')
    return parse_timestamp(f"{text}T00:00:00Z")


def _date_time(text: str) -> Timestamp:
    if not text:
        return parse_timestamp("1970-01-01T00:00:00Z")
    return parse_timestamp(f"{text}Z".upper() if _LOCAL.fullmatch(text) else text.upper())


def _byte(text: str) -> bytes:
    return base64.b64decode(text.encode(errors="surrogatepass"), validate=True)


_FORMATS: Final = {"duration": _duration, "date": _date, "date-time": _date_time, "byte": _byte}
