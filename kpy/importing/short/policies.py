"""Network policies: what they allow, call by call."""

from __future__ import annotations

from typing import Any

from kpy.importing.short.selectors import selector_of_pods
from kpy.importing.writer import Steps, Writer, list_of, positional
from kpy.python_source.expressions import Bracket, Item, Node, Statement, Text, literal

__all__ = ["traffic"]

_NAME = "kubernetes.io/metadata.name"


def traffic(writer: Writer, spec: dict[str, Any], steps: Steps) -> list[Statement] | None:
    """Return what a policy allows and denies; nothing where a rule is more than a call can say."""
    calls: list[Statement] = []
    for direction, verb, peers in (("ingress", "allow_from", "from"), ("egress", "allow_to", "to")):
        rules = spec.get(direction)
        if rules is None:
            continue
        if not isinstance(rules, list):
            return None
        for at, rule in enumerate(rules):
            made = _rule(writer, rule, verb, peers, (*steps, direction, at))
            if made is None:
                return None
            calls.append(made._replace(steps=(*steps, direction, at)))
    types = spec.get("policyTypes")
    denied = [name for name in ("Ingress", "Egress") if isinstance(types, list) and name in types]
    denied = [name for name in denied if not spec.get(name.lower())]
    if len(denied) == 2:
        calls.append(_call(writer, "deny_all", ()))
    else:
        calls += [_call(writer, f"deny_{name.lower()}", ()) for name in denied]
    return calls


def _rule(writer: Writer, rule: Any, verb: str, key: str, steps: Steps) -> Statement | None:
    if not isinstance(rule, dict) or not rule.keys() <= {key, "ports"}:
        return None
    ports: list[Item] = []
    if rule.get("ports") is not None:
        made = _ports(writer, rule["ports"])
        if made is None:
            return None
        ports = [Item(made, "ports=", (*steps, "ports"))]
    peers = rule.get(key)
    if peers is None:
        return _call(writer, verb, ports)
    if not isinstance(peers, list) or not peers or not all(isinstance(peer, dict) for peer in peers):
        return None
    dns = {
        "namespaceSelector": {"matchLabels": {_NAME: "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    if verb == "allow_to" and rule == {key: [dns], "ports": [_dns_port("UDP"), _dns_port("TCP")]}:
        return _call(writer, "allow_dns", ())
    return _to_peers(writer, verb, peers, ports, (*steps, key))


def _to_peers(
    writer: Writer, verb: str, peers: list[dict[str, Any]], ports: list[Item], steps: Steps
) -> Statement | None:
    names = [_namespace(peer) for peer in peers]
    if all(name is not None for name in names):
        return _call(writer, f"{verb}_namespace", [*(positional(Text(str(name))) for name in names), *ports])
    match peers:
        case [{"ipBlock": {"cidr": str() as cidr, **more}, **rest}] if not rest and more.keys() <= {"except"}:
            excluded = [Item(literal(more["except"]), "except_=")] if more.get("except") is not None else []
            return _call(writer, f"{verb}_cidr", [positional(Text(cidr)), *excluded, *ports])
        case [{"namespaceSelector": dict() as only, **rest}] if not rest:
            made = selector_of_pods(writer, only, steps)
            return None if made is None else _call(writer, verb, [Item(made, "namespace="), *ports])
    if not all("podSelector" in peer and peer.keys() <= {"podSelector", "namespaceSelector"} for peer in peers):
        return None
    spaces = [peer.get("namespaceSelector") for peer in peers]
    if any(space != spaces[0] for space in spaces):
        return None
    items = []
    for at, peer in enumerate(peers):
        made = selector_of_pods(writer, peer["podSelector"], (*steps, at, "podSelector"))
        if made is None:
            return None
        items.append(positional(made, (*steps, at)))
    if spaces[0] is not None:
        made = selector_of_pods(writer, spaces[0], (*steps, 0, "namespaceSelector"))
        if made is None:
            return None
        items.append(Item(made, "namespace="))
    return _call(writer, verb, [*items, *ports])


def _namespace(peer: dict[str, Any]) -> str | None:
    match peer:
        case {"namespaceSelector": {"matchLabels": dict() as labels, **more}, **rest} if not (more or rest):
            name = labels.get(_NAME) if len(labels) == 1 else None
            return name if isinstance(name, str) and name else None
    return None


def _ports(writer: Writer, said: Any) -> Node | None:
    if not isinstance(said, list):
        return None
    made = [_port(each) for each in said]
    found = [each for each in made if each is not None]
    return list_of(found) if len(found) == len(made) else None


def _port(said: Any) -> Node | None:
    match said:
        case {"protocol": "TCP" | "UDP" | "SCTP" as protocol, **rest} if not rest:
            return Text(protocol)
        case {"protocol": "TCP" | "UDP" | "SCTP" as protocol, "port": int() | str() as port, **rest}:
            if isinstance(port, bool) or not rest.keys() <= {"endPort"}:
                return None
            if isinstance(port, str) and (not port.replace("-", "").isalnum() or port.isdecimal()):
                return None
            last = rest.get("endPort")
            text = f"{port}" if last is None else f"{port}-{last}"
            if protocol == "TCP":
                return literal(port) if last is None else Text(text)
            return Text(f"{text}/{protocol}")
    return None


def _dns_port(protocol: str) -> dict[str, Any]:
    return {"protocol": protocol, "port": 53}


def _call(writer: Writer, verb: str, items: list[Item] | tuple[()]) -> Statement:
    return Statement(Bracket(writer.subject.variable._replace(rest=f".{verb}"), "()", tuple(items)))
