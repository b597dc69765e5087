"""The functions of the language itself: sizes, types, conversions, times."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any, Final

from kpy.syntax.cel.errors import EvaluationError
from kpy.syntax.cel.operators import integer, unsigned
from kpy.syntax.cel.values import Duration, Timestamp, TypeValue, Uint, type_name

__all__ = ["FUNCTIONS", "parse_duration", "parse_timestamp"]

Value = Any
_SECOND: Final = 1_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS: Final = {
    "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": _SECOND, "m": 60 * _SECOND, "h": 3600 * _SECOND,
}  # fmt: skip
_PART: Final = re.compile(r"(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_INT: Final = re.compile(r"[+-]?\d+", re.ASCII)
_UINT: Final = re.compile(r"\d+", re.ASCII)
_DOUBLE: Final = re.compile(
    r"[+-]?(?:(?:\d+(?:_?\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)", re.ASCII | re.IGNORECASE
)
_HEX_DOUBLE: Final = re.compile(r"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?\d{1,3}", re.ASCII)
_TIMESTAMP: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII
)
_OFFSET: Final = re.compile(r"([+-]?)(\d{1,2}):(\d\d)", re.ASCII)


def parse_duration(text: str) -> Duration:
    """Return the length of time that text of Go stands for, such as `1h30m`."""
    error = EvaluationError(f'time: invalid duration "{text}"')
    body = text[1:] if text[:1] in ("+", "-") else text
    if body == "0":
        return Duration(0)
    ns, at = 0, 0
    while at < len(body):
        match = _PART.match(body, at)
        if match is None or not (match[1] or match[2]) or len(match[1]) > 30:
            raise error
        unit, fraction = _UNITS[match[3]], (match[2] or "")[:30]
        ns += int(match[1] or 0) * unit + (int(fraction) * unit // 10 ** len(fraction) if fraction else 0)
        at = match.end()
    ns = -ns if text[:1] == "-" else ns
    if not body or not -(1 << 63) <= ns < 1 << 63:
        raise error
    return Duration(ns)


def parse_timestamp(text: str) -> Timestamp:
    """Return the point in time that text of RFC 3339 stands for."""
    match = _TIMESTAMP.fullmatch(text)
    error = EvaluationError(f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"')
    if match is None:
        raise error
    try:
        year, month, day, hour, minute, second = map(int, match.groups()[:6])
        point = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise error from None
    fraction = int(((match[7] or "") + "000000000")[:9])
    offset = 0
    if match[8]:
        if int(match[9]) > 24 or int(match[10]) > 59:
            raise error
        offset = (int(match[9]) * 3600 + int(match[10]) * 60) * (-1 if match[8] == "-" else 1)
    whole = (point - _EPOCH) // timedelta(seconds=1)
    return Timestamp((whole - offset) * _SECOND + fraction, offset)


def _unconverted(kind: str) -> EvaluationError:
    return EvaluationError(f"type conversion error from 'string' to '{kind}'")


def _string_to_duration(text: str) -> Duration:
    try:
        return parse_duration(text)
    except EvaluationError:
        raise _unconverted("google.protobuf.Duration") from None


def _int_to_duration(_: int) -> Duration:
    raise EvaluationError("type conversion error from 'int' to 'google.protobuf.Duration'")


def _string_to_timestamp(text: str) -> Timestamp:
    try:
        return parse_timestamp(text)
    except EvaluationError:
        raise _unconverted("google.protobuf.Timestamp") from None


def _string_to_int(text: str) -> int:
    if not _INT.fullmatch(text) or len(text) > 40:
        raise _unconverted("int")
    if not -(1 << 63) <= int(text) < 1 << 63:
        raise _unconverted("int")
    return int(text)


def _string_to_uint(text: str) -> Uint:
    if not _UINT.fullmatch(text) or len(text) > 40:
        raise _unconverted("uint")
    if int(text) >= 1 << 64:
        raise _unconverted("uint")
    return Uint(int(text))


def _string_to_double(text: str) -> float:
    if _HEX_DOUBLE.fullmatch(text):
        return float.fromhex(text)
    if not _DOUBLE.fullmatch(text):
        raise _unconverted("double")
    found = float(text.replace("_", ""))
    if math.isinf(found) and "inf" not in text.lower():
        raise _unconverted("double")
    return found


def _string_to_bool(text: str) -> bool:
    if text in ("1", "t", "T", "TRUE", "true", "True"):
        return True
    if text in ("0", "f", "F", "FALSE", "false", "False"):
        return False
    raise _unconverted("bool")


def _double_to_int(value: float) -> int:
    if math.isnan(value) or not -(2.0**63) < value < 2.0**63:
        raise EvaluationError("integer overflow")
    return int(value)


def _double_to_uint(value: float) -> Uint:
    if math.isnan(value) or not 0 <= value < 2.0**64:
        raise EvaluationError("unsigned integer overflow")
    return Uint(int(value))


def double_text(value: float) -> str:
    """Return a number as Go writes it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    _, digits, power = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(power, int)
    exponent = len(digits) + power - 1
    if -4 <= exponent < 6:
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    text = "".join(map(str, digits))
    mantissa = f"{text[0]}.{text[1:]}" if len(text) > 1 else text
    return f"{'-' if value < 0 else ''}{mantissa}e{exponent:+03d}"


def _bytes_to_string(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise EvaluationError("invalid UTF-8 in bytes, cannot convert to string") from None


def _zone(name: str) -> tzinfo:
    match = _OFFSET.fullmatch(name)
    if match:
        minutes = int(match[2]) * 60 + int(match[3])
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))
    from zoneinfo import ZoneInfo

    if name in ("", "UTC"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise EvaluationError(f"unknown time zone {name}") from None


def _local(value: Timestamp, zone: str) -> datetime:
    point = _EPOCH + timedelta(seconds=value.ns // _SECOND)
    if zone == "UTC":
        return point
    try:
        return point.astimezone(_zone(zone))
    except OverflowError:
        raise EvaluationError("timestamp overflow") from None


def _clock(part: Callable[[datetime], int]) -> Callable[..., int]:
    def run(value: Timestamp, zone: str = "UTC") -> int:
        return part(_local(value, zone))

    return run


def _milliseconds(value: Timestamp, zone: str = "UTC") -> int:
    _local(value, zone)
    return value.ns % _SECOND // 1_000_000


def _whole(ns: int, unit: int) -> int:
    """Return how many units are in a length of time, without the rest."""
    return -(-ns // unit) if ns < 0 else ns // unit


_CLOCKS: Final[dict[str, Callable[..., int]]] = {
    "year": _clock(lambda point: point.year),
    "month": _clock(lambda point: point.month - 1),
    "day_of_year": _clock(lambda point: point.timetuple().tm_yday - 1),
    "day_of_month": _clock(lambda point: point.day - 1),
    "date": _clock(lambda point: point.day),
    "day_of_week": _clock(lambda point: point.isoweekday() % 7),
    "hours": _clock(lambda point: point.hour),
    "minutes": _clock(lambda point: point.minute),
    "seconds": _clock(lambda point: point.second),
    "milliseconds": _milliseconds,
}


def _same(value: Value) -> Value:
    return value


FUNCTIONS: Final[dict[str, Callable[..., Value]]] = {
    **{f"size_{kind}": len for kind in ("byte", "list", "map(", "stri")},
    "type": lambda value: TypeValue(type_name(value)),
    "to_dyn": _same,
    **{
        f"{kind}_to_{kind}": _same
        for kind in ("bool", "bytes", "double", "duration", "int", "string", "timestamp", "uint")
    },
    "string_to_bool": _string_to_bool,
    "string_to_bytes": lambda value: value.encode("utf-8", "surrogatepass"),
    "int_to_double": float,
    "uint_to_double": float,
    "string_to_double": _string_to_double,
    "int_to_duration": _int_to_duration,
    "string_to_duration": _string_to_duration,
    "double_to_int": _double_to_int,
    "duration_to_int": lambda value: value.ns,
    "string_to_int": _string_to_int,
    "timestamp_to_int": lambda value: value.ns // _SECOND,
    "uint_to_int": lambda value: integer(int(value)),
    "bool_to_string": lambda value: "true" if value else "false",
    "bytes_to_string": _bytes_to_string,
    "double_to_string": double_text,
    "duration_to_string": str,
    "int_to_string": str,
    "timestamp_to_string": str,
    "uint_to_string": str,
    "int_to_timestamp": lambda value: Timestamp(value * _SECOND),
    "string_to_timestamp": _string_to_timestamp,
    "double_to_uint": _double_to_uint,
    "int_to_uint": lambda value: unsigned(value),
    "string_to_uint": _string_to_uint,
    **{f"timestamp_{name}": clock for name, clock in _CLOCKS.items()},
    **{f"timestamp_{name}_tz": clock for name, clock in _CLOCKS.items()},
    "duration_hours": lambda value: _whole(value.ns, 3600 * _SECOND),
    "duration_minutes": lambda value: _whole(value.ns, 60 * _SECOND),
    "duration_seconds": lambda value: _whole(value.ns, _SECOND),
    "duration_milliseconds": lambda value: _whole(value.ns, 1_000_000),
    "contains_string": lambda text, part: part in text,
    "ends_with_string": lambda text, part: text.endswith(part),
    "starts_with_string": lambda text, part: text.startswith(part),
}
