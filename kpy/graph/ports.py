"""Ports of network policies: sets of numbers, the names of a workload's containers made numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from kpy.schema.templates import containers_of

__all__ = ["ALL", "Ports", "Span", "common", "names_of", "ports_to_text", "spans"]

Tree = Mapping[str, Any]
_LAST: Final = 65535
_TCP: Final = "TCP"


class Span(NamedTuple):
    """Ports of one protocol, from one to another; a name that nothing explains has the numbers zero."""

    protocol: str
    first: int
    last: int
    name: str = ""


#: Some ports, or all of them with every protocol.
Ports = tuple[Span, ...]
ALL: Final[Ports] = (Span("", 0, _LAST),)

#: Names of ports with their protocols to numbers.
Names = Mapping[tuple[str, str], int]


def names_of(spec: dict[str, Any] | None) -> dict[tuple[str, str], int]:
    """Return the named ports of a pod's containers."""
    names: dict[tuple[str, str], int] = {}
    for container in containers_of(spec or {}):
        for port in _mappings(container.get("ports")):
            number, name = port.get("containerPort"), port.get("name")
            if isinstance(number, int) and isinstance(name, str):
                names.setdefault((name, str(port.get("protocol") or _TCP)), number)
    return names


def spans(rule: Tree, names: Names) -> Ports:
    """Return the ports that a rule lets through to pods with these names of ports."""
    given = list(_mappings(rule.get("ports")))
    return tuple(_span(port, names) for port in given) if given else ALL


def _span(port: Tree, names: Names) -> Span:
    protocol = str(port.get("protocol") or _TCP)
    number, last = port.get("port"), port.get("endPort")
    if number is None:
        return Span(protocol, 0, _LAST)
    if isinstance(number, int):
        return Span(protocol, number, last if isinstance(last, int) else number)
    name = str(number)
    found = names.get((name, protocol))
    return Span(protocol, 0, 0, name) if found is None else Span(protocol, found, found)


def common(some: Ports, others: Ports) -> Ports:
    """Return the ports that are in both."""
    found: dict[Span, None] = {}
    for one in some:
        for other in others:
            if one.name != other.name and "" not in (one.name, other.name):
                continue
            if one.protocol != other.protocol and "" not in (one.protocol, other.protocol):
                continue
            name = one.name or other.name
            first, last = max(one.first, other.first), min(one.last, other.last)
            if first <= last:
                found[Span(one.protocol or other.protocol, first, last, name)] = None
    return tuple(found)


def ports_to_text(ports: Iterable[Ports], names: Names) -> str:
    """Return ports as a person calls them; empty for all of them."""
    known = {(protocol, number): name for (name, protocol), number in reversed(list(names.items()))}
    texts: dict[str, None] = {}
    for span in sorted(span for each in ports for span in each):
        if span[:3] == ALL[0][:3]:
            return ""
        texts[_to_text(span, known)] = None
    return ", ".join(texts)


def _to_text(span: Span, known: Mapping[tuple[str, int], str]) -> str:
    protocol, first, last, name = span
    if name or (first == last and (name := known.get((protocol, first), ""))):
        return name
    if (first, last) == (0, _LAST):
        return f"all {protocol}"
    text = str(first) if first == last else f"{first}-{last}"
    return text if protocol == _TCP else f"{text}/{protocol}"


def _mappings(value: object) -> Sequence[Tree]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
