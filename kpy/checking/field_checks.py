"""What checks the values of fields: scalars of every sort, lists, maps and closed sets.

The checks expect tidy trees: no nulls, text keys, plain lists and dicts. The first time that one meets something else
it raises `UntidyError`, and the caller walks a tidied copy (see `kpy.checking.tidy`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kpy.checking.check import Check
from kpy.checking.decode import (
    integer_fault,
    is_bytes_list,
    micro_time_fault,
    number_text,
    quantity_fault,
    time_fault,
)
from kpy.checking.decoded import Checker
from kpy.checking.faults import (
    BAD_QUANTITY,
    BAD_TIME,
    NUMBER_OUT_OF_RANGE,
    report_fault,
    report_not_base64,
    report_unsupported,
    report_wrong_type,
)
from kpy.checking.rule import Rule
from kpy.paths import Path
from kpy.schema import Field
from kpy.schema.departures import JUDGED_BY_RULES

__all__ = ["INT32", "Checker", "StructChecker", "UntidyError", "checker_of", "refuse", "tidy_first"]

#: Returns the check of a struct, by the name of its type.
StructChecker = Callable[[str], Checker]

INT32: Final = range(-(2**31), 2**31)
_INT64: Final = range(-(2**63), 2**63)


class UntidyError(Exception):
    """The tree has nulls, keys that are not text, or other things that a tidied copy would not have."""


def checker_of(owner: str, field: Field, struct: StructChecker) -> tuple[type | None, Checker]:
    """Return the class that is enough for a value of a field, if there is one, and what checks all others."""
    values = None if field.name in JUDGED_BY_RULES.get(owner, ()) else field.enum
    exact, checker = _element(field, values, struct)
    of_element = None if exact is int else exact
    match field.container:
        case "list":
            return None, _list_of(of_element, checker)
        case "map":
            return None, _map_of(of_element, checker)
        case "map-list":
            return None, _map_of(None, _list_of(exact, checker))
    return exact, checker


def _element(field: Field, values: frozenset[str] | None, struct: StructChecker) -> tuple[type | None, Checker]:
    if field.type is not None:
        return None, struct(field.type)
    match field.shape:
        case "string":
            return (str, _text) if values is None else (None, _closed(values))
        case "boolean":
            return bool, _boolean
        case "integer":
            return int, _integer(field.bits)
        case "number":
            return float, _number
        case "int-or-string":
            return str, _int_or_string
        case "quantity":
            return None, _quantity
        case "time":
            return None, _time
        case "micro-time":
            return None, _micro_time
        case "bytes":
            return None, _bytes
        case "schema-or-list":
            return None, _schema_or(struct, "list")
        case "schema-or-boolean":
            return None, _schema_or(struct, "boolean")
        case "schema-or-strings":
            return None, _schema_or(struct, "strings")
    return None, _anything


def _list_of(exact: type | None, checker: Checker) -> Checker:
    def check_list(value: Any, at: Path, check: Check) -> bool:
        if value.__class__ is not list:
            return refuse(check, at, value, "a list")
        sound = True
        for index, item in enumerate(value):
            if item.__class__ is not exact and not checker(item, Path(at, index), check):
                sound = False
        return sound

    return check_list


def _map_of(exact: type | None, checker: Checker) -> Checker:
    def check_map(value: Any, at: Path, check: Check) -> bool:
        if value.__class__ is not dict:
            return refuse(check, at, value, "a mapping")
        sound = True
        for key, item in value.items():
            if key.__class__ is not str:
                tidy_first(check)
            if item.__class__ is not exact and not checker(item, at.key(key), check):
                sound = False
        return sound

    return check_map


def _closed(values: frozenset[str]) -> Checker:
    def check_closed(value: Any, at: Path, check: Check) -> bool:
        if value.__class__ is str and value in values:
            return True
        if not _text(value, at, check):
            return False
        if value:  # an empty text is an absent one: a default, or a fault for the type's own rules
            report_unsupported(check, at, value, values)
        return True

    return check_closed


def _integer(bits: int) -> Checker:
    limits = INT32 if bits == 32 else _INT64

    def check_integer(value: Any, at: Path, check: Check) -> bool:
        if value.__class__ is not int:
            return refuse(check, at, value, "an integer")
        if value in limits:
            return True
        fault = integer_fault(value, bits)
        report_fault(check, NUMBER_OUT_OF_RANGE, at, f"`{at.field}` is {number_text(value)}; it {fault}")
        return False

    return check_integer


def _text(value: Any, at: Path, check: Check) -> bool:
    return value.__class__ is str or refuse(check, at, value, "text")


def _boolean(value: Any, at: Path, check: Check) -> bool:
    return value.__class__ is bool or refuse(check, at, value, "true or false")


def _number(value: Any, at: Path, check: Check) -> bool:
    return value.__class__ is int or value.__class__ is float or refuse(check, at, value, "a number")


def _int_or_string(value: Any, at: Path, check: Check) -> bool:
    if value.__class__ is int and value in INT32:
        return True
    if value.__class__ is int:
        fault = integer_fault(value, 32)
        report_fault(check, NUMBER_OUT_OF_RANGE, at, f"`{at.field}` is {number_text(value)}; it {fault}")
        return False
    return value.__class__ is str or refuse(check, at, value, "an integer or text")


def _quantity(value: Any, at: Path, check: Check) -> bool:
    fault = quantity_fault(value)
    if fault is None:
        return True
    if not isinstance(value, str):
        return refuse(check, at, value, "a quantity")
    report_fault(check, BAD_QUANTITY, at, f'"{value}" {fault}')
    return False


def _time(value: Any, at: Path, check: Check) -> bool:
    return _written(value, at, check, time_fault, BAD_TIME)


def _micro_time(value: Any, at: Path, check: Check) -> bool:
    return _written(value, at, check, micro_time_fault, BAD_TIME)


def _bytes(value: Any, at: Path, check: Check) -> bool:
    if is_bytes_list(value):
        return True
    if value.__class__ is not str:
        return refuse(check, at, value, "text")
    return not report_not_base64(check, at, value)


def _written(value: Any, at: Path, check: Check, fault_of: Callable[[str], str | None], rule: Rule) -> bool:
    """Check a text of a certain form."""
    if value.__class__ is not str:
        return refuse(check, at, value, "text")
    fault = fault_of(value)
    if fault is None:
        return True
    shown = value if len(value) <= 60 else value[:57] + "..."
    report_fault(check, rule, at, f'"{shown}" {fault}')
    return False


def _schema_or(struct: StructChecker, other: str) -> Checker:
    """Return the check of a place in a CRD that takes a schema or something simpler.

    A server reads these places on its own: it drops unknown fields there, and texts and numbers instead of a schema.
    """
    schema = struct("apiextensions/v1 JSONSchemaProps")
    schemas = _list_of(None, schema)
    texts = _list_of(str, _text)

    def check_schema_or(value: Any, at: Path, check: Check) -> bool:
        if value.__class__ is bool and other == "boolean":
            return True
        before, check.drops_unknown = check.drops_unknown, True
        try:
            if value.__class__ is list and other in ("list", "strings"):
                return (schemas if other == "list" else texts)(value, at, check)
            if value.__class__ is not dict and other in ("list", "strings"):
                tidy_first(check)
                report_wrong_type(check, at, value, "a schema", severity="warning")
                return True
            return schema(value, at, check)
        finally:
            check.drops_unknown = before

    return check_schema_or


def _anything(value: Any, at: Path, check: Check) -> bool:
    return True


def tidy_first(check: Check) -> None:
    """Raise `UntidyError`, unless the tree has been tidied."""
    if not check.tidy:
        raise UntidyError


def refuse(check: Check, at: Path, value: Any, expected: str) -> bool:
    """Report a wrong type, unless the tree has not been tidied: then that comes first."""
    tidy_first(check)
    report_wrong_type(check, at, value, expected)
    return False
