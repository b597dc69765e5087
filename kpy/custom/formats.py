"""The formats of text that a server checks in custom resources; it takes all others as they are.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Final

from kpy.syntax.addresses import read_address, read_range
from kpy.syntax.formats import label_fault, subdomain_fault

__all__ = ["NEWEST", "format_of"]

Check = Callable[[object], bool]

#: A minor release that is newer than all.
NEWEST: Final = 10_000

_TIME: Final = r"(?a)(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})"
_DURATION: Final = r"(?a)[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)"
#: How people write amounts of time; one among other text is enough.
_AMOUNT: Final = r"(?a)\d+\s*([A-Za-zµ]+)"
_UNIT: Final = r"(?a)ns|nano.*|[uµ]s|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*"
_BASE64: Final = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"
_HEX: Final = "[0-9a-fA-F]"
_MAC: Final = "|".join(
    [rf"(?:{_HEX}{{2}}{mark}){{{size - 1}}}{_HEX}{{2}}" for mark in (":", "-", "") for size in (6, 8, 20)]
    + [rf"(?:{_HEX}{{4}}\.){{{size - 1}}}{_HEX}{{4}}" for size in (3, 4, 10)]
)
#: A letter, digit or symbol of a host name. A dash within the only label of a name is taken near its begin alone.
_SIGN: Final = r"(?:[a-zA-Z0-9$+<=>^`|~]|[^\x00-\x7f])"
_LABELS: Final = rf"(?:{_SIGN}(?:(?:{_SIGN}|-){{0,61}}{_SIGN})?\.)+"
_HOST: Final = rf"{_SIGN}-?{_SIGN}{{0,62}}|{_LABELS}(?:[a-zA-Z]|[^\x00-\x7f]){{2,63}}"
_URI: Final = r"(?s)\*|(?:[a-zA-Z][a-zA-Z0-9+.-]*:)(?://(?P<authority>[^/?]*))?(?P<rest>.*)|(?P<path>/.*)"
_AUTHORITY: Final = r"(?:[^@]*@)?(?:\[[^\]\s]*\]|[^\s\[\]:<>\"\\^`{|}]*)(?::\d*)?"
_BAD_ESCAPE: Final = rf"%(?!{_HEX}{{2}})"
_ATOM: Final = r"(?:[\w!#$%&'*+/=?^`{|}~-]|[^\x00-\x7f])+"
_MAIL: Final = rf'(?a)\s*(?:{_ATOM}(?:\.{_ATOM})*|"[^"]*")@(?:{_ATOM}(?:\.{_ATOM})*|\[[^\]]*\])\s*'
_CARD: Final = (
    r"(?a)4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|(?:2131|1800|35\d{3})\d{11}"
)
_ISBN10: Final = r"(?a)\d{9}[\dX]"
_ISBN13: Final = r"(?a)\d{13}"
_GREATEST_FLOAT: Final = 3.4028234663852886e38
_DATE: Final = r"(?a)\d{4}-\d\d-\d\d"
_COLOUR: Final = r"\s*(?:0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern, compiled when the first value asks for it: all of them take as long as kpy needs to start."""
    return re.compile(pattern)


def _of_text(is_sound: Callable[[str], object]) -> Callable[[object], bool]:
    """Return a check that other values than text pass."""
    return lambda value: not isinstance(value, str) or bool(is_sound(value))


def _of_pattern(pattern: str) -> Callable[[object], bool]:
    return _of_text(lambda text: _compiled(f"(?a){pattern}").fullmatch(text))


def _is_date(text: str) -> bool:
    if not _compiled(_DATE).fullmatch(text):
        return False
    try:
        date.fromisoformat(f"2000{text[4:]}" if text.startswith("0000") else text)
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    day, *rest = text.lower().split("t")
    match = _compiled(_TIME).fullmatch(rest[0]) if rest and _is_date(day) else None
    return match is not None and match[1] <= "23" and match[2] <= "59" and match[3] <= "59"


def _is_duration(text: str) -> bool:
    if _compiled(_DURATION).fullmatch(text):
        return True
    return any(_compiled(_UNIT).fullmatch(unit.lower()) for unit in _compiled(_AMOUNT).findall(text))


def _is_address(text: str, mark: str) -> bool:
    return mark in text and read_address(text) is not None


def _is_host(text: str) -> bool:
    if not _compiled(_HOST).fullmatch(text):
        return False
    return len(text.encode(errors="surrogatepass")) <= 255 and all(
        len(label.encode(errors="surrogatepass")) <= 63 for label in text.split(".")
    )


def _is_uri(text: str) -> bool:
    """Return whether a text is an absolute URI or an absolute path."""
    match = _compiled(_URI).fullmatch(text)
    if match is None or any(character < " " or character == "\x7f" for character in text):
        return False
    path = (match["path"] or match["rest"] or "").partition("?")[0]
    authority = match["authority"]
    if authority is None:
        return not (path.startswith("/") and _compiled(_BAD_ESCAPE).search(path))
    return bool(_compiled(_AUTHORITY).fullmatch(authority)) and not _compiled(_BAD_ESCAPE).search(authority + path)


def _is_mail(text: str) -> bool:
    """Return whether a text may be an address; those with a name before, or with a comment, are not looked into."""
    return "@" in text if "<" in text or "(" in text else bool(_compiled(_MAIL).fullmatch(text))


def _within(bits: int) -> Callable[[object], bool]:
    """Return a check of the width of an integer."""
    limit = 1 << (bits - 1)
    return lambda value: not isinstance(value, int) or -limit <= value < limit


def _is_card(text: str) -> bool:
    """Return whether a text has the number of a credit card, whatever else is between its digits."""
    digits = re.sub(r"[^0-9]+", "", text)
    if not _compiled(_CARD).fullmatch(digits):
        return False
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return not sum(each - 9 if each > 9 else each for each in doubled) % 10


def _is_isbn10(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    if not _compiled(_ISBN10).fullmatch(digits):
        return False
    return not sum((at + 1) * (10 if digit == "X" else int(digit)) for at, digit in enumerate(digits)) % 11


def _is_isbn13(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    return (
        bool(_compiled(_ISBN13).fullmatch(digits))
        and not sum(int(each) * (1 + at % 2 * 2) for at, each in enumerate(digits)) % 10
    )


def _is_float(value: object) -> bool:
    """Return whether a number is one of 32 bits."""
    return not isinstance(value, int | float) or abs(value) <= _GREATEST_FLOAT


def format_of(schema: Mapping[str, object], minor: int) -> Check | None:
    """Return what tells whether a value has the format of a schema, or nothing where a release knows none."""
    kind, name = schema.get("type") or "string", schema.get("format")
    if not isinstance(name, str) or not name:
        return None
    if kind != "string":
        return _NUMBERS.get(f"{kind} {name}")
    name = name.replace("-", "")
    return _NAMES.get(name) if name in _NAMES and minor >= _NAMES_SINCE else _TEXTS.get(name)


#: By type and format.
_NUMBERS: Final[Mapping[str, Check]] = {
    "integer int32": _within(32),
    "integer int64": _within(64),
    "number float": _is_float,
}
#: The release that brought the formats of Kubernetes' own names, and these.
_NAMES_SINCE: Final = 34
_NAMES: Final[Mapping[str, Check]] = {
    "k8sshortname": _of_text(lambda text: label_fault(text) is None),
    "k8slongname": _of_text(lambda text: subdomain_fault(text) is None),
}
#: The name of a format of text, without dashes.
_TEXTS: Final[Mapping[str, Check]] = {
    "isbn": _of_text(lambda text: _is_isbn10(text) or _is_isbn13(text)),
    "isbn10": _of_text(_is_isbn10),
    "isbn13": _of_text(_is_isbn13),
    "creditcard": _of_text(_is_card),
    "date": _of_text(_is_date),
    "datetime": _of_text(_is_time),
    "duration": _of_text(_is_duration),
    "byte": _of_text(lambda text: _compiled(_BASE64).fullmatch(text)),
    "uuid": _of_pattern(rf"{_HEX}{{8}}-?(?:{_HEX}{{4}}-?){{3}}{_HEX}{{12}}"),
    "uuid3": _of_pattern(rf"{_HEX}{{8}}-?{_HEX}{{4}}-?3{_HEX}{{3}}-?{_HEX}{{4}}-?{_HEX}{{12}}"),
    "uuid4": _of_pattern(rf"{_HEX}{{8}}-?{_HEX}{{4}}-?4{_HEX}{{3}}-?[89abAB]{_HEX}{{3}}-?{_HEX}{{12}}"),
    "uuid5": _of_pattern(rf"{_HEX}{{8}}-?{_HEX}{{4}}-?5{_HEX}{{3}}-?[89abAB]{_HEX}{{3}}-?{_HEX}{{12}}"),
    "mac": _of_pattern(_MAC),
    "hostname": _of_text(_is_host),
    "ipv4": _of_text(lambda text: _is_address(text, ".")),
    "ipv6": _of_text(lambda text: _is_address(text, ":")),
    "cidr": _of_text(read_range),
    "email": _of_text(_is_mail),
    "uri": _of_text(_is_uri),
    "hexcolor": _of_pattern(rf"#?(?:{_HEX}{{3}}|{_HEX}{{6}})"),
    "rgbcolor": _of_pattern(rf"rgb\({_COLOUR},{_COLOUR},{_COLOUR}\)"),
    "ssn": _of_pattern(r"\d{3}[- ]\d{2}[- ]\d{4}"),
    "bsonobjectid": _of_pattern(rf"{_HEX}{{24}}"),
}
