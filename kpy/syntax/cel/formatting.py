"""What `"%d of %s".format([1, "two"])` gives."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from kpy.syntax.cel.core import FUNCTIONS, double_text
from kpy.syntax.cel.errors import CelError, EvaluationError
from kpy.syntax.cel.typed import Typed
from kpy.syntax.cel.types import is_dyn
from kpy.syntax.cel.values import Duration, Timestamp, TypeValue, Uint, type_name

__all__ = ["format_fault", "formatted"]

_CLAUSE: Final = re.compile(r"%(?:(%)|(?:\.(\d+))?(.)?)", re.DOTALL | re.ASCII)
#: The types that a clause takes.
_TAKES: Final = {
    "d": ("int", "uint"),
    "f": ("double", "string"),
    "e": ("double", "string"),
    "b": ("int", "uint", "bool"),
    "x": ("int", "uint", "string", "bytes"),
    "X": ("int", "uint", "string", "bytes"),
    "o": ("int", "uint"),
}
_SHOWN: Final = (
    "bool", "bytes", "double", "google.protobuf.Duration", "google.protobuf.Timestamp", "int", "list", "map",
    "null_type", "string", "type", "uint",
)  # fmt: skip
_NAMES: Final = {
    "s": "string", "d": "decimal", "f": "fixed-point", "e": "scientific", "b": "binary", "x": "hex", "X": "hex",
    "o": "octal",
}  # fmt: skip
_PLAIN: Final = (bool, int, Uint, float, str, bytes, Duration, Timestamp, TypeValue, type(None))


def formatted(text: str, args: Sequence[Any]) -> str:
    """Return a text with arguments in the places of its clauses."""
    count = 0

    def clause(match: re.Match[str]) -> str:
        nonlocal count
        if match[1]:
            return "%"
        verb = match[3]
        if verb not in _NAMES:
            raise EvaluationError(_unknown(verb))
        if count >= len(args):
            raise EvaluationError(f"index {count} out of range")
        value, count = args[count], count + 1
        try:
            return _written(verb, value, 6 if match[2] is None else int(match[2][:6]))
        except EvaluationError as error:
            raise EvaluationError(f"error during formatting: {error}") from None

    return _CLAUSE.sub(clause, text)


def _unknown(verb: str | None) -> str:
    if verb is None:
        return "could not parse formatting clause: unexpected end of string"
    return f'could not parse formatting clause: unrecognized formatting clause "{verb}"'


def _written(verb: str, value: Any, precision: int) -> str:
    if verb == "s":
        return _string(value)
    kind = type_name(value)
    if kind not in _TAKES[verb]:
        raise EvaluationError(
            f"{_NAMES[verb]} clause can only be used on {' and '.join(_TAKES[verb])}, was given {kind}"
        )
    if verb in "fe":
        return _number(verb, value, min(precision, 1000))
    if verb in "xX":
        return _hexadecimal(value, verb)
    return format(int(value), verb)


def _number(verb: str, value: Any, precision: int) -> str:
    if isinstance(value, str):
        if value not in ("NaN", "Infinity", "-Infinity"):
            name = "fixed-point" if verb == "f" else "scientific"
            raise EvaluationError(f"{name} clause can only be used on doubles, was given string")
        value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if verb == "f":
        return f"{value:,.{precision}f}"
    # A server takes the precision for a width here.
    mantissa, _, exponent = f"{value:.6e}".partition("e")
    raised = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
    return f"{mantissa}\u00d710{exponent.removeprefix('+').translate(raised)}"


def _hexadecimal(value: Any, verb: str) -> str:
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return value.hex().upper() if verb == "X" else value.hex()
    return format(int(value), verb)


def _string(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_quoted, value))}]"
    if isinstance(value, dict):
        pairs = sorted((_quoted(key), _quoted(each)) for key, each in value.items())
        return "{" + ", ".join(f"{key}:{each}" for key, each in pairs) + "}"
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return str(FUNCTIONS["bytes_to_string"](value))
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, float):
        return double_text(value)
    if isinstance(value, int | Duration | Timestamp | TypeValue):
        return str(value)
    raise EvaluationError(f"string clause can only be used on strings, bools, ..., was given {type_name(value)}")


def _quoted(value: Any) -> str:
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.6f}"
    text = _string(value)
    if isinstance(value, Duration | Timestamp):
        return f'{"duration" if isinstance(value, Duration) else "timestamp"}("{text}")'
    if isinstance(value, str | bytes):
        return ("b" if isinstance(value, bytes) else "") + _in_quotes(text)
    return f'"{text}"' if isinstance(value, float) and not math.isfinite(value) else text


def _in_quotes(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def format_fault(text: Typed, args: Typed) -> None:
    """Refuse a constant text that does not fit its arguments."""
    if text.kind != "literal" or args.kind != "list":
        return
    count = 0
    for match in _CLAUSE.finditer(str(text.value)):
        if match[1]:
            continue
        verb = match[3]
        if verb not in _NAMES:
            raise CelError(f"formats with {match[0]!r}, which is not a clause")
        if count >= len(args.parts):
            raise CelError(f"formats {len(args.parts)} values in more places")
        part, count = args.parts[count], count + 1
        taken = _TAKES.get(verb, _SHOWN)
        if not is_dyn(part.type) and part.type.kind != "param" and part.type.kind not in taken:
            raise CelError(f"formats a {part.type} with %{verb}, which takes {' or '.join(taken)}")
    if count < len(args.parts):
        raise CelError(f"formats {len(args.parts)} values in {count} places")


_Check = Callable[[Typed, Typed], None]
