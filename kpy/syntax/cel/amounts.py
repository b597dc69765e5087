"""Quantities and versions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import total_ordering
from typing import Any, Final

from kpy.errors import UnitError
from kpy.syntax.cel.errors import EvaluationError
from kpy.syntax.cel.values import Opaque
from kpy.units import Quantity as Amount

__all__ = ["FUNCTIONS"]

Value = Any
_DIGITS: Final = re.compile(r"[0-9]*")
_PRE_RELEASE: Final = re.compile(r"[0-9A-Za-z-]+", re.ASCII)
_QUANTITY: Final = re.compile(r"[+-]?([0-9]*)(?:\.([0-9]*))?((?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?)")
_BINARY: Final = ("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_MOST: Final = 1 << 64


class Quantity(Opaque):
    """An amount, such as `1.5Gi`."""

    __slots__ = ("amount", "scale")
    type_name = "kubernetes.Quantity"

    def __init__(self, amount: Amount, scale: int | None) -> None:
        self.amount = amount
        #: The power of ten that a server counts it in, where it counts in integers of 64 bits.
        self.scale = scale

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self.amount == other.amount

    def __hash__(self) -> int:
        return hash(self.amount)


def _quantity(text: str) -> Quantity:
    match = _QUANTITY.fullmatch(text)
    try:
        if match is not None:
            return Quantity(Amount(text), _scale(*match.groups()))
    except UnitError:
        pass
    pattern = "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    raise EvaluationError(f"quantities must match the regular expression {pattern}")


def _scale(digits: str, fraction: str | None, suffix: str) -> int | None:
    """Return the power of ten in which a server counts an amount, or nothing where it counts in decimals."""
    digits, fraction = digits.lstrip("0") or "0", fraction or ""
    if suffix in _BINARY:
        exponent = 10 * (1 + _BINARY.index(suffix))
        return 0 if not fraction and 14 - len(digits) - exponent * 3 // 10 >= 0 else None
    power = int(suffix[1:]) if suffix[1:] else _DECIMAL[suffix]
    scale = power - len(fraction)
    return scale if len(digits) + len(fraction) <= 18 and scale >= -9 else None


def _is(make: Callable[..., Value]) -> Callable[..., bool]:
    def ask(*args: Value) -> bool:
        try:
            make(*args)
        except EvaluationError:
            return False
        return True

    return ask


def _sign(value: Value) -> int:
    return int(value > 0) - int(value < 0)


def _compare(one: Quantity, other: Quantity) -> int:
    return _sign(one.amount.value - other.amount.value)


def _is_integer(value: Quantity) -> bool:
    return value.scale is not None and value.scale >= 0 and _fits(value.amount.value)


def _fits(value: Value) -> bool:
    return bool(-(1 << 63) <= value < 1 << 63)


def _plus(one: Quantity, other: Quantity, sign: int = 1) -> Quantity:
    made = one.amount + other.amount if sign > 0 else one.amount - other.amount
    if not other.amount or not one.amount:
        return Quantity(made, one.scale if one.amount or not other.amount else other.scale)
    if one.scale is None or other.scale is None:
        return Quantity(made, None)
    scale = min(one.scale, other.scale)
    counts = (each.amount.value.scaleb(-scale) for each in (one, other, Quantity(made, scale)))
    return Quantity(made, scale if all(map(_fits, counts)) else None)


def _whole(value: int) -> Quantity:
    return Quantity(Amount(value), 0)


def _integer(value: Quantity) -> int:
    if not _is_integer(value):
        raise EvaluationError("cannot convert value to integer")
    return int(value.amount.value)


@total_ordering
class Semver(Opaque):
    """A version by the rules of semantic versions."""

    __slots__ = ("numbers", "pre_release")
    type_name = "kubernetes.Semver"

    def __init__(self, numbers: tuple[int, ...], pre_release: tuple[str, ...]) -> None:
        self.numbers = numbers
        self.pre_release = pre_release

    def _order(self) -> tuple[Value, ...]:
        parts = tuple((0, int(each), "") if each.isdigit() else (1, 0, each) for each in self.pre_release)
        return self.numbers, not parts, parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Semver) and self._order() == other._order()

    def __lt__(self, other: Semver) -> bool:
        return self._order() < other._order()

    def __hash__(self) -> int:
        return hash(self._order())


def _semver(text: str, normalize: bool = False) -> Semver:
    text = _normal(text) if normalize else text
    if not text:
        raise EvaluationError("Version string empty")
    parts = text.split(".", 2)
    if len(parts) != 3:
        raise EvaluationError("No Major.Minor.Patch elements found")
    patch, plus, build = parts[2].partition("+")
    patch, minus, pre_release = patch.partition("-")
    names = ("major", "minor", "patch")
    numbers = tuple(_number(name, each) for name, each in zip(names, (parts[0], parts[1], patch), strict=True))
    identifiers = tuple(pre_release.split(".")) if minus else ()
    for each in identifiers:
        _check_identifier("prerelease", "Prerelease", each)
        if each.isdigit() and len(each) > 1 and each[0] == "0":
            raise EvaluationError(f'Numeric PreRelease version must not contain leading zeroes "{each}"')
    for each in build.split(".") if plus else ():
        _check_identifier("build meta data", "Build meta data", each)
    return Semver(numbers, identifiers)


def _number(name: str, text: str) -> int:
    if not _DIGITS.fullmatch(text):
        raise EvaluationError(f'Invalid character(s) found in {name} number "{text}"')
    if len(text) > 1 and text[0] == "0":
        raise EvaluationError(f'{name.capitalize()} number must not contain leading zeroes "{text}"')
    if not text or len(text) > 20 or int(text) >= _MOST:
        raise EvaluationError(f'strconv.ParseUint: parsing "{text}": value out of range')
    return int(text)


def _check_identifier(name: str, title: str, text: str) -> None:
    if not text:
        raise EvaluationError(f"{title} is empty")
    if not _PRE_RELEASE.fullmatch(text):
        raise EvaluationError(f'Invalid character(s) found in {name} "{text}"')


def _normal(text: str) -> str:
    parts = text.removeprefix("v").split(".", 2)
    for at, part in enumerate(parts):
        if len(part) > 1:
            short = part.lstrip("0")
            parts[at] = short if short[:1] and short[0] in "0123456789" else "0" + short
    if len(parts) < 3:
        if "+" in parts[-1] or "-" in parts[-1]:
            raise EvaluationError("short version cannot contain PreRelease/Build meta data")
        parts += ["0"] * (3 - len(parts))
    return ".".join(parts)


FUNCTIONS: Final[dict[str, Callable[..., Value]]] = {
    "string_to_quantity": _quantity,
    "is_quantity": _is(_quantity),
    "quantity_sign": lambda value: _sign(value.amount.value),
    "quantity_is_greater_than": lambda one, other: _compare(one, other) > 0,
    "quantity_is_less_than": lambda one, other: _compare(one, other) < 0,
    "quantity_compare_to": _compare,
    "quantity_float": lambda value: float(value.amount.value),
    "quantity_int": _integer,
    "quantity_is_integer": _is_integer,
    "quantity_add": _plus,
    "quantity_add_int": lambda one, other: _plus(one, _whole(other)),
    "quantity_sub": lambda one, other: _plus(one, other, -1),
    "quantity_sub_int": lambda one, other: _plus(one, _whole(other), -1),
    "string_to_semver": _semver,
    "string_bool_to_semver": _semver,
    "is_semver": _is(_semver),
    "is_semver_bool": _is(_semver),
    "semver_is_greater_than": lambda one, other: one > other,
    "semver_is_less_than": lambda one, other: one < other,
    "semver_compare_to": lambda one, other: int(one > other) - int(one < other),
    "semver_major": lambda value: value.numbers[0],
    "semver_minor": lambda value: value.numbers[1],
    "semver_patch": lambda value: value.numbers[2],
}
