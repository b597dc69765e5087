"""What a plain YAML scalar means to kubectl, which reads YAML 1.1 with Go's rules and turns it into JSON.

`yes` is a truth value, `0o17` and `017` are 15, `1_000` is 1000, `12:30:45` and `2024-01-01` are text, and a whole
number stays whole however it is written (`3.0` is 3), because JSON knows one kind of number only.
"""

from __future__ import annotations

import re

__all__ = ["convert", "is_number", "resolve", "to_key"]

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS.update((word, True) for word in ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"))
_WORDS.update((word, False) for word in ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"))

_NUMBERS = {"int": "whole numbers", "float": "numbers"}
_BEYOND_JSON = frozenset(sign + name for name in (".inf", ".Inf", ".INF") for sign in ("", "+", "-")) | {
    ".nan",
    ".NaN",
    ".NAN",
}

_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([0-9]+))")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
#: What Go reads as a time; what a day of a month may be is not looked at.
_TIME = (
    r"\d{4}-\d{1,2}-\d{1,2}"
    r"(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?"
)
_WHOLE_BELOW = 1e21  # from here on JSON writers of Go use an exponent


def resolve(text: str) -> Scalar:
    """Return what an untagged plain scalar means. Raises `ValueError` for infinities and NaN, which JSON lacks."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "0123456789+-.":
        return _number(text)
    return text


def is_number(text: str) -> bool:
    """Return whether a text that is read as text would be a number, were it smaller."""
    return text[:1] in "-0123456789" and _FLOAT.fullmatch(text) is not None


def convert(text: str, tag: str) -> Scalar:
    """Return what a scalar with an explicit tag means. Raises `ValueError` when the text does not fit the tag."""
    match tag.removeprefix("tag:yaml.org,2002:"):
        case "null":
            if text not in _WORDS or _WORDS[text] is not None:
                raise ValueError("the value does not fit its tag: `!!null` is for null")
            return None
        case "timestamp":
            if not re.fullmatch(_TIME, text):
                raise ValueError("the value does not fit its tag: `!!timestamp` is for dates and times")
        case "bool":
            value = resolve(text)
            if not isinstance(value, bool):
                raise ValueError("the value does not fit its tag: `!!bool` is for true and false")
            return value
        case "int" | "float" as kind:
            value = resolve(text)
            fits = isinstance(value, int | float) and not isinstance(value, bool)
            if not fits or (kind == "int" and not _is_integer(text)):
                raise ValueError(f"the value does not fit its tag: `!!{kind}` is for {_NUMBERS[kind]}")
            return value
        case "binary":
            from base64 import b64decode

            try:
                return b64decode(text.replace("\n", "").replace("\r", ""), validate=True).decode("utf-8", "replace")
            except ValueError:
                raise ValueError("the value does not fit its tag: `!!binary` is for text in base64") from None
    return text


def _is_integer(text: str) -> bool:
    """Return whether a number is written as an integer, of 64 bits at the most."""
    plain = text.replace("_", "")
    return _INTEGER.fullmatch(plain) is not None and -(1 << 63) <= float(resolve(plain) or 0) < 1 << 64


def to_key(value: object) -> str:
    """Return a scalar as the key of a JSON object. Raises `ValueError` for null and for collections."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case None:
            raise ValueError("a key is null")
    raise ValueError(f"a key is a {'mapping' if isinstance(value, dict) else 'list'}")


def _number(text: str) -> Scalar:
    if text in _BEYOND_JSON:
        raise ValueError(f"JSON has no number `{text}`")
    plain = text if text[0] == "." else text.replace("_", "")
    if match := _INTEGER.fullmatch(plain):
        sign, hexadecimal, binary, octal, decimal = match.groups()
        digits, base = (
            (hexadecimal, 16) if hexadecimal else (binary, 2) if binary else (octal, 8) if octal else (decimal, 10)
        )
        if base != 10 or digits == "0" or not digits.startswith("0"):
            value = int(sign + digits, base) if len(digits) <= 64 else 1 << 64
            if -(1 << 63) <= value < 1 << 64 and not (sign and value >= 1 << 63):
                return value
    if not _FLOAT.fullmatch(plain):
        return text
    number = float(plain)
    if number in (float("inf"), float("-inf")):
        return text
    return int(number) if number.is_integer() and -_WHOLE_BELOW < number < _WHOLE_BELOW else number
