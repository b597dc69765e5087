"""The formats of text that a server checks in custom resources; it takes all others as they are.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from kpy.syntax.addresses import read_address, read_range

__all__ = ["FORMATS"]

_TIME: Final = re.compile(r"(\d{2}):(\d{2}):(\d{2})(?:.\d+)?(?:z|[+-]\d{2}:\d{2})", re.ASCII)
_DURATION: Final = re.compile(r"[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
#: How people write amounts of time; one among other text is enough.
_AMOUNT: Final = re.compile(r"\d+\s*([A-Za-zµ]+)", re.ASCII)
_UNIT: Final = re.compile(
    r"ns|nano.*|[uµ]s|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*", re.ASCII
)
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})")
_HEX: Final = "[0-9a-fA-F]"
_MAC: Final = "|".join(
    [rf"(?:{_HEX}{{2}}{mark}){{{size - 1}}}{_HEX}{{2}}" for mark in (":", "-", "") for size in (6, 8, 20)]
    + [rf"(?:{_HEX}{{4}}\.){{{size - 1}}}{_HEX}{{4}}" for size in (3, 4, 10)]
)
#: A letter, digit or symbol of a host name. A dash within the only label of a name is taken near its begin alone.
_SIGN: Final = r"(?:[a-zA-Z0-9$+<=>^`|~]|[^\x00-\x7f])"
_HOST: Final = re.compile(
    rf"{_SIGN}-?{_SIGN}{{0,62}}|(?:{_SIGN}(?:(?:{_SIGN}|-){{0,61}}{_SIGN})?\.)+(?:[a-zA-Z]|[^\x00-\x7f]){{2,63}}"
)
_URI: Final = re.compile(
    r"\*|(?:[a-zA-Z][a-zA-Z0-9+.-]*:)(?://(?P<authority>[^/?]*))?(?P<rest>.*)|(?P<path>/.*)", re.DOTALL
)
_AUTHORITY: Final = re.compile(r"(?:[^@]*@)?(?:\[[^\]\s]*\]|[^\s\[\]:<>\"\\^`{|}]*)(?::\d*)?")
_BAD_ESCAPE: Final = re.compile(rf"%(?!{_HEX}{{2}})")
_ATOM: Final = r"(?:[\w!#$%&'*+/=?^`{|}~-]|[^\x00-\x7f])+"
_MAIL: Final = re.compile(rf'\s*(?:{_ATOM}(?:\.{_ATOM})*|"[^"]*")@(?:{_ATOM}(?:\.{_ATOM})*|\[[^\]]*\])\s*', re.ASCII)
_COLOUR: Final = r"\s*(?:0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*"


def _of_text(is_sound: Callable[[str], object]) -> Callable[[object], bool]:
    """Return a check that other values than text pass."""
    return lambda value: not isinstance(value, str) or bool(is_sound(value))


def _of_pattern(pattern: str) -> Callable[[object], bool]:
    return _of_text(re.compile(pattern, re.ASCII).fullmatch)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2006-01-02")


def _is_time(text: str) -> bool:
    day, *rest = text.lower().split("t")
    match = _TIME.fullmatch(rest[0]) if rest and _is_date(day) else None
    return match is not None and match[1] <= "23" and match[2] <= "59" and match[3] <= "59"


def _is_duration(text: str) -> bool:
    if _DURATION.fullmatch(text):
        return True
    return any(_UNIT.fullmatch(unit.lower()) for unit in _AMOUNT.findall(text))


def _is_address(text: str, mark: str) -> bool:
    return mark in text and read_address(text) is not None


def _is_host(text: str) -> bool:
    if not _HOST.fullmatch(text):
        return False
    return len(text.encode(errors="surrogatepass")) <= 255 and all(
        len(label.encode(errors="surrogatepass")) <= 63 for label in text.split(".")
    )


def _is_uri(text: str) -> bool:
    """Return whether a text is an absolute URI or an absolute path."""
    match = _URI.fullmatch(text)
    if match is None or any(character < " " or character == "\x7f" for character in text):
        return False
    path = (match["path"] or match["rest"] or "").partition("?")[0]
    authority = match["authority"]
    if authority is None:
        return not (path.startswith("/") and _BAD_ESCAPE.search(path))
    return bool(_AUTHORITY.fullmatch(authority)) and not _BAD_ESCAPE.search(authority + path)


def _is_mail(text: str) -> bool:
    """Return whether a text may be an address; those with a name before, or with a comment, are not looked into."""
    return "@" in text if "<" in text or "(" in text else bool(_MAIL.fullmatch(text))


def _within(bits: int) -> Callable[[object], bool]:
    """Return a check of the width of an integer."""
    limit = 1 << (bits - 1)
    return lambda value: not isinstance(value, int) or -limit <= value < limit


#: The name of a format, without dashes, to whether a value has it.
FORMATS: Final[Mapping[str, Callable[[object], bool]]] = {
    "date": _of_text(_is_date),
    "datetime": _of_text(_is_time),
    "duration": _of_text(_is_duration),
    "byte": _of_text(_BASE64.fullmatch),
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
    "int32": _within(32),
    "int64": _within(64),
}
