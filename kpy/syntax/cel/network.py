"""IP addresses, networks and URLs."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, ip_address, ip_interface
from typing import Any, Final
from urllib.parse import unquote_plus

from kpy.syntax.cel.errors import EvaluationError
from kpy.syntax.cel.values import Opaque

__all__ = ["FUNCTIONS", "request_uri_fault"]

Value = Any
_SCHEME: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):", re.ASCII)
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9a-fA-F]{2})")
_HOST: Final = re.compile(r"(?:\[[0-9a-fA-F:.%\w~-]*\]|(?:[^\x00-\x20\[\]\\^`{|}:#/?@\x7f])*)(?::[0-9]*)?")
_ESCAPED_ASCII: Final = re.compile(r"%[0-7]")
_USER: Final = re.compile(r"[A-Za-z0-9._:~!$&'()*+,;=%@-]*")
_IPV4: Final = re.compile(r"(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})", re.ASCII)
_PREFIX: Final = re.compile(r"0|[1-9]\d{0,2}", re.ASCII)
#: What a path may hold without an escape.
_PLAIN_PATH: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~$&+,/:;=@!'()*[]%")


class Ip(Opaque):
    """An address."""

    __slots__ = ("address",)
    type_name = "net.IP"

    def __init__(self, address: IPv4Address | IPv6Address) -> None:
        self.address = address

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ip) and self.address == other.address

    def __hash__(self) -> int:
        return hash(self.address)

    def __str__(self) -> str:
        return str(self.address)

    def size(self) -> int:
        """Return how many bytes an address has."""
        return self.address.max_prefixlen // 8


class Cidr(Opaque):
    """A network, and the address that it was written with."""

    __slots__ = ("interface",)
    type_name = "net.CIDR"

    def __init__(self, interface: IPv4Interface | IPv6Interface) -> None:
        self.interface = interface

    @property
    def length(self) -> int:
        """The length of the prefix."""
        return self.interface.network.prefixlen

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cidr) and self.interface == other.interface

    def __hash__(self) -> int:
        return hash(self.interface)

    def __str__(self) -> str:
        return str(self.interface)

    def size(self) -> int:
        """Return how many bytes the prefix has."""
        return -(-self.length // 8)


def _address(text: str) -> Ip:
    if "%" in text:
        raise EvaluationError(f'IP address "{text}" with zone value is not allowed')
    try:
        if ":" not in text and not _IPV4.fullmatch(text):
            raise ValueError
        found = ip_address(text)
    except ValueError:
        said = f'IP Address "{text}" parse error during conversion from string'
        raise EvaluationError(f'{said}: ParseAddr("{text}"): {_address_fault(text)}') from None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        raise EvaluationError(f'IPv4-mapped IPv6 address "{text}" is not allowed')
    return Ip(found)


def _address_fault(text: str) -> str:
    """Return what Go says of an address that is none."""
    if ":" in text or "." not in text:
        return "unable to parse IP"
    octets = text.split(".")
    for octet in octets:
        if odd := next((each for each in octet if each not in "0123456789"), ""):
            return f'unexpected character (at "{text[text.index(odd) :]}")'
        if len(octet) > 1 and octet[0] == "0":
            return "IPv4 field has octet with leading zero"
        if octet and (len(octet) > 3 or int(octet) > 255):
            return "IPv4 field has value >255"
    if "" in octets:
        return "IPv4 field must have at least one digit"
    return "IPv4 address too short" if len(octets) < 4 else "IPv4 address too long"


def _network(text: str) -> Cidr:
    said = "network address parse error during conversion from string"
    address, slash, length = text.rpartition("/")
    try:
        if not slash or not _PREFIX.fullmatch(length) or "%" in address:
            raise ValueError
        if ":" not in address and not _IPV4.fullmatch(address):
            raise ValueError
        found = ip_interface(text)
    except ValueError:
        raise EvaluationError(f'{said}: {said}: netip.ParsePrefix("{text}"): {_unlike(address, length)}') from None
    if isinstance(found, IPv6Interface) and found.ip.ipv4_mapped:
        raise EvaluationError(f'{said}: IPv4-mapped IPv6 address "{found.ip}" is not allowed')
    return Cidr(found)


def _unlike(address: str, length: str) -> str:
    """Return why this is no network, in the words of Go."""
    if not address:
        return "no '/'"
    if not _PREFIX.fullmatch(length):
        return f'bad bits after slash: "{length}"'
    return "prefix length out of range" if int(length) > (128 if ":" in address else 32) else "unable to parse"


def _is(make: Callable[[str], Value]) -> Callable[[str], bool]:
    def ask(text: str) -> bool:
        try:
            make(text)
        except EvaluationError:
            return False
        return True

    return ask


def _is_canonical(text: str) -> bool:
    return str(_address(text)) == text


def _contains_address(network: Cidr, address: Ip) -> bool:
    return address.address in network.interface.network


def _contains_network(network: Cidr, other: Cidr) -> bool:
    one, two = network.interface.network, other.interface.network
    if one.version != two.version:
        return False
    return one.prefixlen <= two.prefixlen and two.network_address in one


def _looked_for(text: str) -> Ip:
    """Return what is looked for in a network; a server has nothing to say of text that is no address."""
    try:
        return _address(text)
    except EvaluationError:
        raise EvaluationError("no such overload") from None


def _masked(network: Cidr) -> Cidr:
    return Cidr(ip_interface(str(network.interface.network)))


def _is_global_unicast(value: Ip) -> bool:
    address = value.address
    if isinstance(address, IPv4Address) and (int(address) == 0xFFFFFFFF or int(address) == 0):
        return False
    return not (address.is_unspecified or address.is_loopback or address.is_multicast or _is_link_local(value))


def _is_link_local(value: Ip) -> bool:
    return value.address.is_link_local


def _is_link_local_multicast(value: Ip) -> bool:
    number = int(value.address)
    if value.address.version == 4:
        return number >> 8 == 0xE00000
    return number >> 112 & 0xFF0F == 0xFF02


class Url(Opaque):
    """A URL."""

    __slots__ = ("fragment", "host", "path", "query", "scheme", "text")
    type_name = "kubernetes.URL"

    def __init__(self, text: str) -> None:
        self.text = text
        rest, _, self.fragment = text.partition("#")
        match = _SCHEME.match(rest)
        self.scheme = match[1].lower() if match else ""
        rest = rest[match.end() :] if match else rest
        rest, _, self.query = rest.partition("?")
        self.host = ""
        if rest.startswith("//"):
            self.host, slash, rest = rest[2:].partition("/")
            rest = slash + rest
            self.host = self.host.rpartition("@")[2]
        self.path = rest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Url) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def request_uri_fault(text: str) -> str | None:
    """Return what is wrong with a URI as Go reads it for a request: it is absolute, or a path from the root."""
    said = f'parse "{text}"'
    if not text:
        return f"{said}: empty url"
    if any(each < " " or each == "\x7f" for each in text):
        return f"{said}: net/url: invalid control character in URL"
    if text == "*":
        return None
    match = _SCHEME.match(text)
    rest = text[match.end() :] if match else text
    if not match and (text[0] == ":" or (not text.startswith("/"))):
        return f"{said}: missing protocol scheme" if text[0] == ":" else f"{said}: invalid URI for request"
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        return None if match and rest else f"{said}: invalid URI for request" if not match else None
    if match and not rest.startswith("//"):
        return _escape_fault(said, rest)
    if rest.startswith("//") and (match or not rest.startswith("///")):
        authority, _, path = rest[2:].partition("/")
        return _authority_fault(said, authority) or _escape_fault(said, path)
    return _escape_fault(said, rest)


def _escape_fault(said: str, path: str) -> str | None:
    match = _BAD_ESCAPE.search(path)
    return f'{said}: invalid URL escape "{path[match.start() : match.start() + 3]}"' if match else None


def _authority_fault(said: str, authority: str) -> str | None:
    user, at, host = authority.rpartition("@")
    if at and not _USER.fullmatch(user):
        return f"{said}: net/url: invalid userinfo"
    if not _HOST.fullmatch(host):
        colon = host.rpartition(":")
        if colon[1] and not host.endswith("]") and not colon[2].isdigit():
            return f'{said}: invalid port ":{colon[2]}" after host'
        return f'{said}: invalid character " " in host name'
    if match := _ESCAPED_ASCII.search(host):
        return f'{said}: invalid URL escape "{host[match.start() : match.start() + 3]}"'
    return _escape_fault(said, host)


def _url(text: str) -> Url:
    if fault := request_uri_fault(text):
        raise EvaluationError(f"URL parse error during conversion from string: {fault}")
    return Url(text)


def _hostname(value: Url) -> str:
    host = value.host
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _port(value: Url) -> str:
    port = value.host.rpartition("]")[2] if value.host.startswith("[") else value.host
    return port.partition(":")[2]


def _escaped_path(value: Url) -> str:
    found = []
    for each in value.path:
        found.append(
            each if each in _PLAIN_PATH else "".join(f"%{byte:02X}" for byte in each.encode(errors="surrogatepass"))
        )
    return "".join(found)


def _query(value: Url) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in value.query.split("&"):
        if not pair or ";" in pair or _BAD_ESCAPE.search(pair):
            continue
        key, _, text = pair.partition("=")
        found.setdefault(unquote_plus(key), []).append(unquote_plus(text))
    return found


FUNCTIONS: Final[dict[str, Callable[..., Value]]] = {
    "string_to_url": _url,
    "is_url": _is(_url),
    "url_scheme": lambda value: value.scheme,
    "url_host": lambda value: value.host,
    "url_hostname": _hostname,
    "url_port": _port,
    "url_escaped_path": _escaped_path,
    "url_query": _query,
    "string_to_ip": _address,
    "is_ip": _is(_address),
    "ip_is_canonical": _is_canonical,
    "ip_family": lambda value: value.address.version,
    "ip_is_unspecified": lambda value: value.address.is_unspecified,
    "ip_is_loopback": lambda value: value.address.is_loopback,
    "ip_is_link_local_multicast": _is_link_local_multicast,
    "ip_is_link_local_unicast": _is_link_local,
    "ip_is_global_unicast": _is_global_unicast,
    "ip_to_string": str,
    "string_to_cidr": _network,
    "is_cidr": _is(_network),
    "cidr_contains_ip": _contains_address,
    "cidr_contains_ip_string": lambda network, text: _contains_address(network, _looked_for(text)),
    "cidr_contains_cidr": _contains_network,
    "cidr_contains_cidr_string": lambda network, text: _contains_network(network, _network(text)),
    "cidr_ip": lambda value: Ip(value.interface.ip),
    "cidr_prefix_length": lambda value: value.length,
    "cidr_masked": _masked,
    "cidr_to_string": str,
}
