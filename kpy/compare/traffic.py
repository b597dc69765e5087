"""What a change does to traffic: of Services, their addresses, Ingresses and network policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kpy.compare.judgements import Judgement
from kpy.compare.values import mapping_at, mappings_at, texts_at, value_at
from kpy.objects import Tree, metadata_of

__all__ = ["denied", "judge_traffic", "limited"]

_CLASS = "kubernetes.io/ingress.class"
#: What a type of Service has, and the next does not.
_REACH = ("ClusterIP", "NodePort", "LoadBalancer")


def judge_traffic(group: str, kind: str, old: Tree, new: Tree) -> Iterator[Judgement]:
    """Yield what cannot be reached any more."""
    match group, kind:
        case "", "Service":
            yield from map(_outage, _lost_by_service(old, new))
        case "", "Endpoints":
            if _addresses(old, "subsets") and not _addresses(new, "subsets"):
                yield _outage("no addresses are left")
        case "discovery.k8s.io", "EndpointSlice":
            if _addresses(old, "endpoints") and not _addresses(new, "endpoints"):
                yield _outage("no addresses are left")
        case (("networking.k8s.io" | "extensions"), "Ingress"):
            yield from map(_outage, _lost_by_ingress(old, new))
        case "networking.k8s.io", "NetworkPolicy":
            for direction in sorted(denied(new) - denied(old)):
                yield _outage(f"no {direction} is let through any more to or from the pods that it selects")


def denied(policy: Tree) -> set[str]:
    """Return in which directions a network policy lets nothing through: `ingress`, `egress`."""
    return {direction for direction in limited(policy) if not value_at(policy, "spec", direction)}


def limited(policy: Tree) -> set[str]:
    """Return the directions that a network policy is about: `ingress`, `egress`."""
    types = {each.lower() for each in texts_at(policy, "spec", "policyTypes")}
    return types or ({"ingress", "egress"} if value_at(policy, "spec", "egress") else {"ingress"})


def _outage(reason: str) -> Judgement:
    return Judgement("outage", (reason,))


def _lost_by_service(old: Tree, new: Tree) -> Iterator[str]:
    types = [str(value_at(tree, "spec", "type") or "ClusterIP") for tree in (old, new)]
    if "ExternalName" in types:
        if types[0] != types[1]:
            yield f"its address goes: the type was {types[0]}, and becomes {types[1]}"
        return
    if all(each in _REACH for each in types) and _REACH.index(types[1]) < _REACH.index(types[0]):
        lost = "its external address goes" if types[0] == "LoadBalancer" else "its ports on the nodes go"
        yield f"{lost}: the type was {types[0]}, and becomes {types[1]}"
    if mapping_at(old, "spec", "selector") and not mapping_at(new, "spec", "selector"):
        yield "it has no selector any more: its addresses stay as they are, and no new pod gets traffic"
    ports = [_ports(tree) for tree in (old, new)]
    if gone := [f"{port}/{protocol}" for port, protocol in ports[0] if (port, protocol) not in ports[1]]:
        yield f"{'port' if len(gone) == 1 else 'ports'} {', '.join(gone)} cannot be reached any more"
    if "ClusterIP" not in types:
        for key, before in ports[0].items():
            after = ports[1].get(key)
            if before and after and before != after:
                yield f"port {before} on the nodes cannot be reached any more: it becomes {after}"
    addresses = [set(texts_at(tree, "spec", "externalIPs")) for tree in (old, new)]
    if gone := sorted(addresses[0] - addresses[1]):
        yield f"it cannot be reached at {', '.join(gone)} any more"
    balanced = [value_at(tree, "spec", "loadBalancerIP") for tree in (old, new)]
    if balanced[0] and balanced[1] and balanced[0] != balanced[1]:
        yield f"it cannot be reached at {balanced[0]} any more"


def _ports(service: Tree) -> dict[tuple[object, object], object]:
    """Return the ports of a Service with their protocols, and where each is on the nodes."""
    return {
        (str(each.get("port")), str(each.get("protocol") or "TCP")): each.get("nodePort")
        for each in mappings_at(service, "spec", "ports")
    }


def _addresses(tree: Tree, field: str) -> bool:
    return any(each.get("addresses") for each in mappings_at(tree, field))


class _Route(NamedTuple):
    """What an Ingress takes from whom; the host is empty for all hosts."""

    host: str
    path: str
    is_exact: bool

    def __str__(self) -> str:
        return f"{self.host or '*'}{self.path}"

    def covers(self, other: _Route) -> bool:
        """Tell whether all that another route takes is taken by this one."""
        if self.host not in ("", other.host):
            return False
        if self.is_exact:
            return other.is_exact and self.path == other.path
        return (other.path.rstrip("/") + "/").startswith(self.path.rstrip("/") + "/")


def _lost_by_ingress(old: Tree, new: Tree) -> Iterator[str]:
    classes = [_class_of(tree) for tree in (old, new)]
    if classes[0] and classes[0] != classes[1]:
        now = f"becomes {classes[1]}" if classes[1] else "is not set any more"
        yield f"another controller, or none, serves it from now on: its class was {classes[0]}, and {now}"
    if value_at(new, "spec", "defaultBackend"):
        return
    routes = _routes(new)
    lost = [str(route) for route in _routes(old) if not any(other.covers(route) for other in routes)]
    if value_at(old, "spec", "defaultBackend"):
        lost.append("what no rule takes")
    if lost:
        more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
        yield f"not served any more: {', '.join(lost[:3])}{more}"


def _class_of(ingress: Tree) -> str:
    said = value_at(ingress, "spec", "ingressClassName")
    return str(said or mapping_at(metadata_of(ingress), "annotations").get(_CLASS) or "")


def _routes(ingress: Tree) -> list[_Route]:
    return [
        _Route(str(rule.get("host") or ""), str(path.get("path") or "/"), path.get("pathType") == "Exact")
        for rule in mappings_at(ingress, "spec", "rules")
        for path in mappings_at(rule, "http", "paths")
    ]
