"""Quantities, durations and percentages, read and written the way Kubernetes does.

    Quantity("1.5Gi")                        "1536Mi" when written
    Quantity("250m") * 3                     Quantity('750m')
    parse_duration("1h30m")                  timedelta(seconds=5400)
    whole_seconds(timedelta(hours=1))        3600
    parse_int_or_percent("25%").of(10)       2

What reads a quantity here is what reads one in a cluster: the same texts are refused, and the others have the same
value to the nano, see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_UP, Context, Decimal
from functools import lru_cache, total_ordering
from math import isfinite
from typing import Final, Literal

from kpy.errors import UnitError

__all__ = [
    "Percent",
    "Quantity",
    "QuantityFormat",
    "format_duration",
    "is_duration",
    "is_percent",
    "is_quantity",
    "is_whole",
    "near_quantities",
    "parse_duration",
    "parse_int_or_percent",
    "quantity_value",
    "whole_seconds",
]

QuantityFormat = Literal["decimal", "binary", "exponent"]

_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY: Final = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_SUFFIX_OF_DECIMAL: Final = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_SUFFIX_OF_BINARY: Final = ["", *_BINARY]

_QUANTITY: Final = re.compile(r"([+-]?)([0-9]*)(\.[0-9]*)?(?:([numkMGTPE]|[KMGTPE]i)?|[eE]([+-]?[0-9]+))", re.ASCII)
#: Patterns for the rarer cases stay texts: `re` compiles and keeps them on first use.
_NEARLY: Final = r"([+-]?[0-9]+(?:[.,][0-9]+)?)\s*([A-Za-z]*)"
#: What Go trims around a quantity in JSON, where control characters are escaped and so stay.
_SPACE: Final = " \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"

_NANO: Final = Decimal("1E-9")
_MOST_BINARY: Final = Decimal(2**63 - 1)
_EXACT: Final = Context(prec=MAX_PREC, rounding=ROUND_UP, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])
#: For what may not come out even, and for 1e1000000 + 1, where rounding beats running out of memory.
_BOUNDED: Final = Context(prec=5000, rounding=ROUND_UP, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])

_NANOSECONDS: Final = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,  # the micro sign
    "\u03bcs": 1_000,  # the Greek letter
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_DURATION: Final = r"([+-]?)(0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|\u03bcs|ms|s|m|h))+)"
_COMPONENT: Final = r"([0-9]*)\.?([0-9]*)([a-zµ\u03bc]+)"

_EXPECTED: Final = (
    "expected a number with at most one suffix, of n u m k M G T P E, Ki Mi Gi Ti Pi Ei, or an exponent such as e3"
)


@total_ordering
class Quantity:
    """An exact amount of a resource, such as `250m` of CPU or `1.5Gi` of memory.

    Made from a Kubernetes quantity, or a number. Immutable and hashable. Two quantities are equal when their values
    are, whatever their suffixes: `Quantity("1") == Quantity("1000m") == 1`. Anything finer than a nano is rounded up,
    away from zero, as a cluster does. `str()` gives the canonical text: no fraction, and the largest suffix that fits.
    """

    __slots__ = ("_format", "_value")
    _value: Decimal
    _format: QuantityFormat

    def __init__(self, value: Quantity | str | int | float | Decimal) -> None:
        if isinstance(value, Quantity):
            self._value, self._format = value._value, value._format
        else:
            self._value, self._format = _read(value)

    @property
    def value(self) -> Decimal:
        """The exact value, in units (CPUs, bytes, pieces)."""
        return self._value

    @property
    def format(self) -> QuantityFormat:
        """The family of suffixes it was written with, kept when it is written again."""
        return self._format

    def ceil(self, scale: int = 0) -> int:
        """Return the value in units of 10 to the power of `scale` (-3 for thousandths), rounded up away from zero."""
        return int(_EXACT.scaleb(self._value, -scale).to_integral_value(ROUND_UP))

    def __kpy_plain__(self) -> str:
        """Return the canonical text, as trees have it."""
        return str(self)

    def __str__(self) -> str:
        """Return the canonical text, such as `1536Mi` for what was read from `1.5Gi`."""
        value = self._value
        if not value:
            return "0"
        if self._format == "binary" and value.copy_abs() >= 1024 and value == value.to_integral_value():
            return _binary_text(int(value))
        return _decimal_text(value, exponent_form=self._format == "exponent")

    def __repr__(self) -> str:
        return f"Quantity({str(self)!r})"

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __int__(self) -> int:
        return self.ceil()

    def __float__(self) -> float:
        return float(self._value)

    def __eq__(self, other: object) -> bool:
        value = _operand(other)
        return NotImplemented if value is None else self._value == value

    def __lt__(self, other: Quantity | int | Decimal) -> bool:
        value = _operand(other)
        return NotImplemented if value is None else self._value < value

    def __neg__(self) -> Quantity:
        return self._with(self._value.copy_negate())

    def __abs__(self) -> Quantity:
        return self._with(self._value.copy_abs())

    def __add__(self, other: Quantity | int | Decimal) -> Quantity:
        value = _operand(other)
        if value is None:
            return NotImplemented
        kept = other if not self and isinstance(other, Quantity) else self
        return kept._with(_BOUNDED.add(self._value, value))

    __radd__ = __add__

    def __sub__(self, other: Quantity | int | Decimal) -> Quantity:
        return NotImplemented if _operand(other) is None else self + -other

    def __rsub__(self, other: int | Decimal) -> Quantity:
        return -self + other

    def __mul__(self, factor: int | Decimal) -> Quantity:
        if not isinstance(factor, (int, Decimal)):
            return NotImplemented
        return self._with(_EXACT.multiply(self._value, factor))

    __rmul__ = __mul__

    def __truediv__(self, divisor: int | Decimal) -> Quantity:
        if not isinstance(divisor, (int, Decimal)):
            return NotImplemented
        if not divisor:
            raise UnitError(f"{self} / {divisor}: a quantity cannot be divided by zero")
        return self._with(_BOUNDED.divide(self._value, Decimal(divisor)))

    def _with(self, value: Decimal) -> Quantity:
        """Return another quantity with the same format."""
        made = object.__new__(Quantity)
        made._value, made._format = _round_to_nano(value), self._format
        return made


class Percent(str):
    """A share such as `25%`: text to Kubernetes, a number to Python.

    Kubernetes writes percentages as whole numbers from zero up.
    """

    __slots__ = ()

    def __new__(cls, share: int | str) -> Percent:
        """Make a percentage of a number (`Percent(25)`) or its text (`Percent("25%")`)."""
        text = f"{share}%" if isinstance(share, int) and not isinstance(share, bool) else share
        if not is_percent(text):
            raise UnitError(
                f'{share!r} is not a percentage: expected a whole number from 0 up; write `Percent(25)` or "25%"'
            )
        return super().__new__(cls, text)

    @property
    def share(self) -> int:
        """The number before the percent sign."""
        return int(self[:-1])

    def of(self, total: int, *, round_up: bool = False) -> int:
        """Return that share of a total as a whole number, rounded down unless told otherwise."""
        return -(-self.share * total // 100) if round_up else self.share * total // 100

    def __repr__(self) -> str:
        return f"Percent({self.share})"


def is_quantity(value: object) -> bool:
    """Return whether a cluster reads this JSON value (text or a number) as a quantity."""
    if isinstance(value, str):
        return _value_of(value) is not None
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    except OverflowError:  # JSON has no number above the largest float
        return False


def quantity_value(value: str | int | float | Decimal) -> Decimal:
    """Return the exact value of a quantity in units, as a cluster reads it."""
    if type(value) is str:
        found = _value_of(value)
        if found is not None:
            return found[0]
    return _read(value)[0]


def is_whole(value: Decimal) -> bool:
    """Return whether a number has no fraction; `value % 1` cannot tell for very large ones."""
    return value == value.to_integral_value()


def near_quantities(text: str) -> tuple[str, ...]:
    """Return the quantities that a text which is none may have meant: `1kb` gives `1k` and `1Ki`."""
    match = re.fullmatch(_NEARLY, text.strip())
    if match is None:
        return ()
    number, letters = match[1].replace(",", "."), match[2].lower()
    for ending in ("bytes", "byte", "b"):
        if letters.endswith(ending):
            letters = letters.removesuffix(ending)
            break
    if letters.endswith("i"):
        suffixes = [letters[:-1].upper() + "i"]
    elif letters in ("", "n", "u"):
        suffixes = [letters]
    else:
        suffixes = ["k" if letters == "k" else letters.upper(), letters.upper() + "i"]
    return tuple(number + suffix for suffix in suffixes if _value_of(number + suffix) is not None)


def is_duration(text: str) -> bool:
    """Return whether Go reads a text as a duration: `1h30m`, `1.5s`, `100ms`, `0`."""
    return _nanoseconds(text) is not None


def parse_duration(text: str) -> timedelta:
    """Return a Go duration such as `1h30m` as a timedelta."""
    nanoseconds = _nanoseconds(text)
    if nanoseconds is None:
        raise UnitError(
            f'{text!r} is not a duration: expected numbers with units, of ns us ms s m h; write "90s" or "1h30m"'
        )
    if nanoseconds % 1000:
        raise UnitError(f"{text!r} is finer than a microsecond, which Python cannot hold: write whole microseconds")
    return timedelta(microseconds=nanoseconds // 1000)


def format_duration(duration: timedelta) -> str:
    """Return a timedelta as Go writes it: `1h30m0s`, `1.5s`, `100ms`, `0s`."""
    micros = duration // timedelta(microseconds=1)
    sign, micros = ("-", -micros) if micros < 0 else ("", micros)
    if micros == 0:
        return "0s"
    if micros < 1000:
        return f"{sign}{micros}µs"
    if micros < 1_000_000:
        return f"{sign}{_fraction(micros, 1000)}ms"
    minutes, micros = divmod(micros, 60_000_000)
    hours, minutes = divmod(minutes, 60)
    seconds = _fraction(micros, 1_000_000) + "s"
    if hours:
        return f"{sign}{hours}h{minutes}m{seconds}"
    return f"{sign}{minutes}m{seconds}" if minutes else sign + seconds


def whole_seconds(duration: timedelta | int) -> int:
    """Return a duration as the whole seconds that most API fields want; a number is taken for seconds."""
    if isinstance(duration, timedelta):
        seconds, rest = divmod(duration, timedelta(seconds=1))
        if rest:
            raise UnitError(f"{duration!r} is not a whole number of seconds: the API has no finer unit here; round it")
        return seconds
    if not isinstance(duration, int) or isinstance(duration, bool):
        raise UnitError(f"{duration!r} is not a duration: expected a timedelta, or a whole number of seconds")
    return duration


def is_percent(value: object) -> bool:
    """Return whether a value is a percentage such as `25%`, as API validation has it."""
    return isinstance(value, str) and value[-1:] == "%" and value[:-1].isascii() and value[:-1].isdigit()


def parse_int_or_percent(value: int | str) -> int | Percent:
    """Return a number as it is, and text such as `25%` as a `Percent`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if is_percent(value):
        return Percent(value)
    bare = isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]+", value, re.ASCII)
    fix = f'write {int(value)} without quotes, or "{value}%"' if bare else 'write 2 or "25%"'
    raise UnitError(f"{value!r} is neither a whole number nor a percentage: {fix}")


@lru_cache(maxsize=8192)
def _value_of(text: str) -> tuple[Decimal, QuantityFormat] | None:
    """Return value and format of a quantity, or nothing when a cluster would not read it."""
    trimmed = text.strip(_SPACE)
    match = _QUANTITY.fullmatch(trimmed)
    if match is None or not trimmed:
        return None
    sign, whole, fraction, suffix, exponent = match.groups("")
    number = sign + whole + fraction
    places = _DECIMAL.get(suffix, 0)
    if exponent:
        places = int(exponent) if len(exponent) < 100 else 2**63
        if not -(2**63) <= places < 2**63:
            return None
        places = (places + 2**31) % 2**32 - 2**31  # Go keeps 32 bits of it
    if not whole and len(fraction) < 2:  # without a digit, `m` or `-`, it is a zero to Go, but for the rare ones
        if places < -9 or suffix in ("Pi", "Ei"):
            return None
        number = "0"
    if suffix in _BINARY:
        return _binary_value(number, suffix)
    return _round_to_nano(Decimal(f"{number}E{places}")), "exponent" if exponent else "decimal"


def _binary_value(number: str, suffix: str) -> tuple[Decimal, QuantityFormat]:
    """Return value and format of a number with a suffix such as `Ki`: at most what an int64 holds."""
    value = _round_to_nano(_EXACT.multiply(Decimal(number), Decimal(2 ** _BINARY[suffix])))
    if value.copy_abs() > _MOST_BINARY:
        value = _MOST_BINARY.copy_sign(value)
    return value, "decimal" if 0 < value.copy_abs() < 1 else "binary"


def _read(value: object) -> tuple[Decimal, QuantityFormat]:
    """Return value and format of anything that a quantity can be made from, or say why there is none."""
    match value:
        case bool():
            pass
        case str():
            found = _value_of(value)
            if found is not None:
                return found
        case int():
            return Decimal(value), "decimal"
        case float() if isfinite(value):
            return _round_to_nano(Decimal(repr(value))), "decimal"
        case Decimal() if value.is_finite():
            return _round_to_nano(value), "decimal"
    near = " or ".join(f'"{text}"' for text in near_quantities(value)) if isinstance(value, str) else ""
    fix = f"did you mean {near}?" if near else 'write "250m", "1.5" or "512Mi"'
    raise UnitError(f"{value!r} is not a quantity: {_EXPECTED}; {fix}")


def _operand(value: object) -> Decimal | None:
    """Return the value of the other side of an operator, or nothing when it has none."""
    if isinstance(value, Quantity):
        return value.value
    return _read(value)[0] if isinstance(value, (int, Decimal)) else None


def _round_to_nano(value: Decimal) -> Decimal:
    """Return a value without anything finer than a nano: who asks for a little gets a little."""
    exponent = value.as_tuple().exponent
    return _EXACT.quantize(value, _NANO) if isinstance(exponent, int) and exponent < -9 else value


def _binary_text(amount: int) -> str:
    """Write a whole number with the largest binary suffix that leaves it whole."""
    power = 0
    while amount % 1024 == 0 and power < len(_BINARY):
        amount //= 1024
        power += 1
    return f"{amount}{_SUFFIX_OF_BINARY[power]}"


def _decimal_text(value: Decimal, *, exponent_form: bool) -> str:
    """Write a number without a fraction, with the largest power of a thousand that allows it."""
    negative, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    all_digits = "".join(map(str, digits))
    kept = all_digits.rstrip("0")
    exponent += len(all_digits) - len(kept)
    number = "-" * negative + kept + "0" * (exponent % 3)
    exponent -= exponent % 3
    if exponent_form or exponent > 18:  # there is no suffix above E
        return f"{number}e{exponent}" if exponent else number
    return number + _SUFFIX_OF_DECIMAL[exponent]


def _nanoseconds(text: str) -> int | None:
    """Return a Go duration in nanoseconds, or nothing when Go would not read it."""
    match = re.fullmatch(_DURATION, text)
    if match is None:
        return None
    total = 0
    for whole, fraction, unit in re.findall(_COMPONENT, match[2]):
        nanos = _NANOSECONDS[unit]
        digits = fraction[: 19 if int(fraction[:19] or 0) <= 2**63 else 18]
        total += int(whole[-19:] or 0) * nanos if len(whole.lstrip("0")) < 20 else 2**64
        total += int(int(digits or 0) * (nanos / 10 ** len(digits)))  # in floating point, as Go does
    most = 2**63 if match[1] == "-" else 2**63 - 1
    if total > most:
        return None
    return -total if match[1] == "-" else total


def _fraction(amount: int, unit: int) -> str:
    """Write amount / unit without trailing zeros."""
    whole, rest = divmod(amount, unit)
    digits = str(unit + rest)[1:].rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)
