"""The formats that text can be asked to have."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from kpy.syntax.cel.core import parse_timestamp
from kpy.syntax.cel.errors import EvaluationError
from kpy.syntax.cel.network import request_uri_fault
from kpy.syntax.cel.values import NONE, Opaque, Optional
from kpy.syntax.formats import (
    label_fault,
    label_value_fault,
    qualified_name_fault,
    rfc1035_label_fault,
    subdomain_fault,
)

__all__ = ["FUNCTIONS"]

Value = Any
Check = Callable[[str], str | None]
_UUID: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_TIME: Final = re.compile(r"(\d\d):(\d\d):(\d\d)(?:.\d+)?(?:z|[+-]\d\d:\d\d)", re.ASCII)
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Format(Opaque):
    """A format by its name."""

    __slots__ = ("check", "name", "pattern_size")
    type_name = "kubernetes.NamedFormat"

    def __init__(self, name: str, check: Check, pattern_size: int) -> None:
        self.name = name
        self.check = check
        self.pattern_size = pattern_size

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Format) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


def _prefix(check: Check) -> Check:
    """Return a check of the begin of names, to which something is added."""
    return lambda text: check(f"{text[:-2]}a" if text.endswith("-") and len(text) > 1 else text)


def _uuid(text: str) -> str | None:
    return None if _UUID.fullmatch(text) else "does not match the UUID format"


def _byte(text: str) -> str | None:
    return None if _BASE64.fullmatch(text) else "invalid base64"


def _date(text: str) -> str | None:
    try:
        if _DATE.fullmatch(text):
            parse_timestamp(f"{text}T00:00:00Z")
            return None
    except EvaluationError:
        pass
    return "invalid date"


def _datetime(text: str) -> str | None:
    parts = text.lower().split("t")
    if len(parts) > 1 and _date(parts[0]) is None and (match := _TIME.fullmatch(parts[1])):
        hours, minutes, seconds = match.groups()
        if hours <= "23" and minutes <= "59" and seconds <= "59":
            return None
    return "invalid datetime"


_CHECKS: Final[dict[str, tuple[Check, int]]] = {
    "dns1123Label": (label_fault, 30),
    "dns1123Subdomain": (subdomain_fault, 60),
    "dns1035Label": (rfc1035_label_fault, 30),
    "qualifiedName": (qualified_name_fault, 60),
    "dns1123LabelPrefix": (_prefix(label_fault), 30),
    "dns1123SubdomainPrefix": (_prefix(subdomain_fault), 60),
    "dns1035LabelPrefix": (_prefix(rfc1035_label_fault), 30),
    "labelValue": (label_value_fault, 40),
    "uri": (request_uri_fault, 1103),
    "uuid": (_uuid, 70),
    "byte": (_byte, 84),
    "date": (_date, 71),
    "datetime": (_datetime, 71),
}


def _format(name: str) -> Format:
    check, size = _CHECKS[name]
    return Format(name, check, size)


def _named(name: str) -> Optional:
    return Optional(_format(name)) if name in _CHECKS else NONE


def _validate(value: Format, text: str) -> Optional:
    fault = value.check(text)
    return NONE if fault is None else Optional([fault])


def _maker(name: str) -> Callable[[], Format]:
    return lambda: _format(name)


FUNCTIONS: Final[dict[str, Callable[..., Value]]] = {
    "format_validate": _validate,
    "format_named": _named,
    **{f"format_{name}": _maker(name) for name in _CHECKS},
}
