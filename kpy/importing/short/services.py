"""Services and Ingresses."""

from __future__ import annotations

from typing import Any

from kpy.importing.writer import Steps, Writer, list_of, mapping_of, positional
from kpy.python_source.expressions import Atom, Bracket, Item, Node, Text, Variable, literal

__all__ = ["backend", "exposed", "ingress_routes", "service_ports", "tls"]


def service_ports(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return the ports of a Service."""
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
        return None
    names = [each.get("name") for each in value]
    if all(isinstance(name, str) for name in names) and len({*names}) == len(names):
        return mapping_of(
            (each["name"], _port(writer, _without(each, "name"), (*steps, at)), (*steps, at))
            for at, each in enumerate(value)
        )
    made = [_port(writer, each, (*steps, at)) for at, each in enumerate(value)]
    if len(made) == 1 and isinstance(made[0], Atom | Text):
        return made[0]
    return list_of(made, steps)


def _port(writer: Writer, said: dict[str, Any], steps: Steps) -> Node:
    match said:
        case {"port": int() as port, **rest} if _is_short(rest):
            target, protocol = rest.get("targetPort"), rest.get("protocol")
            if writer.options.exposure == "derived":
                target = None
            behind = ("" if target is None else f":{target}") + ("" if protocol is None else f"/{protocol}")
            return Text(f"{port}{behind}") if behind else literal(port)
    return writer.model("core/v1 ServicePort", said, steps)


def _is_short(rest: dict[str, Any]) -> bool:
    target = rest.get("targetPort")
    is_target = target is None or (isinstance(target, int) and not isinstance(target, bool))
    is_name = isinstance(target, str) and target.replace("-", "").replace("_", "").isalnum() and target.isascii()
    return (
        rest.keys() <= {"targetPort", "protocol"}
        and (is_target or (is_name and not str(target).isdecimal()))
        and rest.get("protocol") in (None, "TCP", "UDP", "SCTP")
    )


def exposed(writer: Writer, items: list[Item], tree: dict[str, Any]) -> Node | None:
    """Return a Service as what exposes its workload, from the keywords that it would have."""
    by_name = {item.head: item for item in items}
    workload = by_name["selector="].value if "selector=" in by_name else None
    if not isinstance(workload, Variable):
        return None
    target = next(subject for subject in writer.needs.values() if subject.variable == workload)
    name, *rest = items
    kept = [] if target.name == writer.subject.name else [name]
    ports = tree["spec"].get("ports")
    for item in rest:
        if item.head == "selector=":
            continue
        if item.head == "ports=":
            if writer.options.exposure == "all":
                continue
            if writer.options.exposure == "one":
                if not (isinstance(ports, list) and len(ports) == 1):
                    return None
                kept.append(Item(literal(ports[0].get("port")), "port=", item.steps))
                continue
        kept.append(item)
    return Bracket(workload._replace(rest=".expose"), "()", tuple(kept))


def ingress_routes(writer: Writer, spec: dict[str, Any], steps: Steps) -> list[Item] | None:
    """Return hosts and routes of an Ingress; nothing where its rules are more than that."""
    rules = spec.get("rules")
    if not isinstance(rules, list) or not rules or not all(isinstance(rule, dict) for rule in rules):
        return None
    table: list[tuple[Any, list[Any]]] = []
    for rule in rules:
        match rule:
            case {"http": {"paths": [*paths], **more}, **rest} if paths and not more and rest.keys() <= {"host"}:
                table.append((rest.get("host"), paths))
            case _:
                return None
    hosts = [host for host, _ in table]
    if len({*map(str, hosts)}) < len(hosts) or not all(
        host is None or (isinstance(host, str) and host) for host in hosts
    ):
        return None
    types = [path.get("pathType") if isinstance(path, dict) else None for _, paths in table for path in paths]
    common = max(sorted({str(each) for each in types}), key=types.count)
    if common not in ("Exact", "ImplementationSpecific", "Prefix"):
        return None
    is_same = all(paths == table[0][1] for _, paths in table)
    pairs = []
    for number, (host, paths) in enumerate(table[:1] if is_same else table):
        for at, path in enumerate(paths):
            prefix = "" if is_same or host is None else host
            made = _route(writer, path, common, prefix, (*steps, "rules", number, "http", "paths", at))
            if made is None or (not is_same and host is None):
                return None
            pairs.append(made)
    if len({key for key, _, _ in pairs}) < len(pairs):
        return None
    items = []
    if is_same and hosts != [None]:
        one = Text(hosts[0]) if len(hosts) == 1 else literal(hosts)
        items.append(Item(one, "host=", (*steps, "rules", 0, "host")))
    items.append(Item(mapping_of(pairs), "routes=", (*steps, "rules")))
    if common != "Prefix":
        items.append(Item(Text(common), "path_type="))
    return items


def _route(writer: Writer, path: Any, common: str, host: str, steps: Steps) -> tuple[str, Node, Steps] | None:
    match path:
        case {"path": str() as text, "pathType": str() as path_type, "backend": dict() as said, **rest} if (
            text.startswith("/") and not rest
        ):
            target = backend(writer, said, (*steps, "backend"))
            if target is None:
                return None
            if path_type != common:
                target = Bracket(None, "()", (positional(target), positional(Text(path_type))))
            return f"{host}{text}", target, steps
    return None


def backend(writer: Writer, said: Any, steps: Steps) -> Node | None:
    """Return where a route leads: a Service with one port, or one port of it."""
    match said:
        case {"service": {"name": str() as name, "port": dict() as port, **more}, **rest} if not (more or rest):
            by = port.get("name") or port.get("number")
            if len(port) != 1 or by is None or isinstance(by, bool) or not isinstance(by, int | str):
                return None
            target = writer.named("Service", name)
            found = writer.needs.get(target.key) if isinstance(target.key, int) else None
            ports = found.tree["spec"].get("ports") if found is not None else None
            if isinstance(ports, list) and len(ports) == 1 and (ports[0].get("name") or ports[0].get("port")) == by:
                return target
            return Bracket(target, "[]", (positional(literal(by)),))
    return None


def tls(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return certificates: hosts to Secrets, or the Secret for all hosts."""
    if not isinstance(value, list) or not value:
        return None
    pairs = []
    for at, each in enumerate(value):
        match each:
            case {"hosts": [*hosts], "secretName": str() as name, **rest} if hosts and name and not rest:
                if not all(isinstance(host, str) for host in hosts):
                    return None
                pairs += [(host, _secret(writer, name), (*steps, at)) for host in hosts]
            case _:
                return None
    if len({host for host, _, _ in pairs}) < len(pairs):
        return None
    hosts = writer.subject.tree.get("spec", {}).get("rules")
    named = [rule.get("host") for rule in hosts if isinstance(rule, dict)] if isinstance(hosts, list) else []
    if len(value) == 1 and [host for host in dict.fromkeys(named) if host] == [host for host, _, _ in pairs]:
        return pairs[0][1]
    return mapping_of(pairs)


def _secret(writer: Writer, name: str) -> Node:
    found = writer.scope.find(writer.subject, "Secret", "", name) if writer.options.refers else None
    return Text(name) if found is None else writer.refer(found)


def _without(node: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name != key}
