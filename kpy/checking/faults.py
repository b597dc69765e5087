"""The rules that the walk itself applies to every type, and how it reports them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from kpy.checking.check import Check
from kpy.checking.decode import bytes_fault, describe
from kpy.checking.hints import field_hint, near_word, when
from kpy.checking.rule import Rule, declare
from kpy.diagnostics import Severity
from kpy.paths import Path
from kpy.redaction.fields import is_secret
from kpy.schema import Type, releases_with_field
from kpy.units import is_duration, parse_duration

__all__ = [
    "BAD_BASE64",
    "BAD_QUANTITY",
    "BAD_TIME",
    "FIELD_NOT_IN_RELEASE",
    "KEY_NOT_TEXT",
    "NESTED_TOO_DEEPLY",
    "NUMBER_OUT_OF_RANGE",
    "UNKNOWN_FIELD",
    "UNSUPPORTED_VALUE",
    "WRONG_TYPE",
    "report_fault",
    "report_keys",
    "report_not_base64",
    "report_unknown_field",
    "report_unsupported",
    "report_wrong_type",
]

_STRICT = "https://kubernetes.io/docs/reference/using-api/api-concepts/#setting-the-field-validation-level"
_API = "https://kubernetes.io/docs/reference/kubernetes-api/"
_QUANTITY = "https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/"
_CHANGES = "https://kubernetes.io/docs/reference/using-api/deprecation-policy/"

WRONG_TYPE = declare(
    "wrong-type",
    "Refuse a value that is not of the field's type, such as a number where the API wants text.",
    source=_API,
)
NUMBER_OUT_OF_RANGE = declare(
    "number-out-of-range", "Refuse an integer that does not fit into the 32 or 64 bits of its field.", source=_API
)
BAD_QUANTITY = declare(
    "bad-quantity", "Refuse an amount that is not a number with one of the suffixes of the API.", source=_QUANTITY
)
BAD_TIME = declare("bad-time", "Refuse a time that is not written as RFC 3339 has it.", source=_API)
BAD_BASE64 = declare(
    "bad-base64",
    "Refuse bytes that are not base64 in the standard alphabet, padded.",
    source="https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data",
)
UNKNOWN_FIELD = declare(
    "unknown-field", "Refuse a field that the API does not have; names are case-sensitive.", source=_STRICT
)
FIELD_NOT_IN_RELEASE = declare(
    "field-not-in-release", "Refuse a field that another release has, but not the one checked for.", source=_CHANGES
)
UNSUPPORTED_VALUE = declare(
    "unsupported-value",
    "Refuse a text outside the closed set of values that its field takes.",
    source=_API,
    family="api",
)
KEY_NOT_TEXT = declare(
    "key-not-text",
    "Refuse a key in Python data that is not text, such as a number: readers of YAML differ on what it means.",
    source="https://yaml.org/spec/1.2.2/#json-schema",
)
NESTED_TOO_DEEPLY = declare(
    "nested-too-deeply", "Refuse a document that contains itself or is nested without end.", source=_API
)


#: The texts that are of the expected type when their quotes go.
_UNQUOTED = {
    "an integer": re.compile(r"-?(0|[1-9][0-9]*)"),
    "a number": re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?"),
    "true or false": re.compile(r"true|false"),
}
_NEVER = re.compile(r"(?!)")


def report_wrong_type(check: Check, at: Path, value: object, expected: str, severity: Severity | None = None) -> None:
    """Report a value of a wrong type; `expected` is a noun with its article."""
    fix = ""
    if isinstance(value, str) and _UNQUOTED.get(expected, _NEVER).fullmatch(value):
        fix = "write it without quotes"
    elif expected == "text" and is_secret(check.root) and isinstance(value, int | float):
        fix = "put it in quotes"
    elif expected == "text" and isinstance(value, int | float):
        fix = f'quote it: "{check.written(at, value) or describe(value).rpartition(" ")[2]}"'
    elif expected == "a list" and not isinstance(value, list):
        fix = "write it as a list, even of one element"
    elif expected == "an integer" and "seconds" in at.field.lower():
        fix = _seconds(value)
    report_fault(check, WRONG_TYPE, at, f"`{at.end}` must be {expected}, not {describe(value)}", fix, severity)


def _seconds(value: object) -> str:
    """Return how a duration is written where the API counts seconds."""
    if not isinstance(value, str) or not is_duration(value):
        return "it counts seconds: write a whole number of them"
    seconds = parse_duration(value).total_seconds()
    return f"it counts seconds: write {seconds:.0f}" if seconds == int(seconds) else ""


def report_unsupported(check: Check, at: Path, value: str, values: Iterable[str]) -> None:
    """Report a text outside of a closed set."""
    allowed = sorted(value for value in values if value)
    near = near_word(value, allowed)
    listed = ", ".join(f'"{value}"' for value in allowed)
    message = f'`{at.field}` is "{value}"; it must be ' + (f"one of {listed}" if len(allowed) > 1 else listed)
    report_fault(check, UNSUPPORTED_VALUE, at, message, f'write "{near}"' if near else "")


def report_not_base64(check: Check, at: Path, value: str) -> bool:
    """Report a text that is not base64, and return whether it is none; often it is a secret, and is not quoted."""
    fault = bytes_fault(value)
    if fault is None:
        return False
    plain = "encode it, or write plain text to `stringData`: in Python, `Secret.from_literals` or `string_data=`"
    fix = plain if is_secret(check.root) else "encode it: `base64 -w0 FILE`"
    report_fault(check, BAD_BASE64, at, f"`{at}` {fault}", fix)
    return True


def report_unknown_field(check: Check, at: Path, owner: Type, name: Any) -> None:
    """Report a field that the type does not have, with the nearest one that it has, or the releases that have it."""
    what = owner.short_name
    severity: Severity | None = "warning" if check.drops_unknown else None
    if severity is None:
        check.misplaced.add(name)
    if mask := releases_with_field(owner.name, name):
        message = f"{what} has no field `{name}` in Kubernetes {check.release}: {when(mask, check.release)}"
        report_fault(check, FIELD_NOT_IN_RELEASE, at, message, "", severity)
        return
    hint = field_hint(check, at, owner, str(name))
    report_fault(check, UNKNOWN_FIELD, at, f"{what} has no field `{name}`", hint, severity)


def report_keys(check: Check, value: object, at: Path) -> None:
    """Report the keys within a value that are not text."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                text = describe(key) if key is None or isinstance(key, bool) else str(key)
                message = f"a key must be text, not {describe(key)}"
                report_fault(check, KEY_NOT_TEXT, at.key(text), message, f'write "{text}"')
            report_keys(check, item, at + key if isinstance(key, str) else at.key(str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            report_keys(check, item, at + index)


def report_fault(
    check: Check, rule: Rule, at: Path, message: str, fix: str = "", severity: Severity | None = None
) -> None:
    """Report a fault that the walk found, under this rule."""
    check.rule = rule
    check.report(at, message, fix=fix, severity=severity)
