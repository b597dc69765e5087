"""Containers and what is in them: variables, ports, resources, probes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpy.constructs.pod_containers import container_name
from kpy.importing.short.security import without_restriction
from kpy.importing.short.volumes import mounts_of
from kpy.importing.writer import Steps, Unwritable, Writer, kpy, list_of, mapping_of, positional
from kpy.model.plain import plan_of
from kpy.model.scalars import field_of
from kpy.python_source.expressions import Atom, Bracket, Item, Node, Text, literal

__all__ = ["container", "containers", "env", "env_from", "handler", "ports", "probe", "resources"]

_CORE = "kpy.api.core.v1"
_TIMINGS = {
    "initialDelaySeconds": "initial_delay_seconds",
    "periodSeconds": "period_seconds",
    "timeoutSeconds": "timeout_seconds",
    "successThreshold": "success_threshold",
    "failureThreshold": "failure_threshold",
    "terminationGracePeriodSeconds": "termination_grace_period_seconds",
}
_AMOUNTS = {"cpu": "cpu", "memory": "memory", "ephemeral-storage": "ephemeral_storage"}


def containers(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return the containers of a pod: an only one without a list."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return None
    is_full = writer.options.is_full
    is_only = len(value) == 1 and steps[-1] == "containers" and not is_full
    made = [container(writer, each, (*steps, at), is_only=is_only) for at, each in enumerate(value)]
    return made[0] if len(made) == 1 and not is_full else list_of(made, steps)


def container(writer: Writer, node: dict[str, Any], steps: Steps, *, is_only: bool = False) -> Node:
    """Return a container, without its name where it is that of its workload."""
    from kpy.constructs.containers import Container

    name = node.get("name")
    if not isinstance(name, str):
        raise Unwritable("a container has no name")
    items = []
    if not (is_only and writer.workload and name == container_name(writer.workload)):
        items.append(positional(Text(name), (*steps, "name")))
    bare = without_restriction(node) if writer.options.is_short and writer.options.secures else None
    node = node if bare is None else bare
    plan = plan_of(Container)
    names = {key: attribute for attribute, key in plan.pairs}
    for key, value in node.items():
        if key == "name" or value is None:
            continue
        field = field_of(plan.type, key)
        if key not in names or field is None:
            raise Unwritable(f"kpy knows no field `{key}` of a container")
        if key in ("volumeMounts", "volumeDevices"):
            items.append(mounts_of(writer, key, value, (*steps, key)))
        else:
            made = writer.keyword(plan.type, field, value, (*steps, key))
            items.append(Item(made, f"{names[key]}=", (*steps, key)))
    if bare is not None:
        items.append(Item(Text("restricted"), "security="))
    return kpy("Container", *items)


def env(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return variables as a mapping."""
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
        return None
    names = [each.get("name") for each in value]
    if len({*map(str, names)}) < len(names) or not all(isinstance(name, str) for name in names):
        return None
    made = [(each["name"], _variable(writer, each, (*steps, at)), (*steps, at)) for at, each in enumerate(value)]
    pairs = [(name, node, at) for name, node, at in made if node is not None]
    return mapping_of(pairs) if len(pairs) == len(value) else None


def _variable(writer: Writer, said: dict[str, Any], steps: Steps) -> Node | None:
    match said:
        case {"name": _, "value": str() as text, **rest} if not rest:
            return Text(text)
        case {"name": _, "valueFrom": dict() as source, **rest} if not rest:
            return _source(writer, source, (*steps, "valueFrom"))
    return None


def _source(writer: Writer, source: dict[str, Any], steps: Steps) -> Node | None:
    match source:
        case {"configMapKeyRef": dict() as ref, **rest} if not rest:
            return _key_of(writer, "ConfigMap", ref)
        case {"secretKeyRef": dict() as ref, **rest} if not rest:
            return _key_of(writer, "Secret", ref)
        case {"fieldRef": dict() as ref, **rest} if not rest:
            return writer.model("core/v1 ObjectFieldSelector", ref, (*steps, "fieldRef"))
        case {"resourceFieldRef": dict() as ref, **rest} if not rest:
            return writer.model("core/v1 ResourceFieldSelector", ref, (*steps, "resourceFieldRef"))
        case {"fileKeyRef": dict() as ref, **rest} if not rest:
            return writer.model("core/v1 FileKeySelector", ref, (*steps, "fileKeyRef"))
    return None


def _key_of(writer: Writer, kind: str, ref: dict[str, Any]) -> Node | None:
    match ref:
        case {"name": str() as name, "key": str() as key, **rest} if name and rest.keys() <= {"optional"}:
            optional = rest.get("optional")
            target = writer.named(kind, name)
            if optional is None:
                return Bracket(target, "[]", (positional(Text(key)),))
            return Bracket(
                target._replace(rest=".value"),
                "()",
                (positional(Text(key)), Item(literal(optional), "optional=")),
            )
    return None


def env_from(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return whole ConfigMaps and Secrets as variables."""
    if not isinstance(value, list):
        return None
    made = [_whole(writer, each) for each in value]
    found = [each for each in made if each is not None]
    return list_of(found, steps) if len(found) == len(made) else None


def _whole(writer: Writer, said: Any) -> Node | None:
    for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
        ref = said.get(key) if isinstance(said, dict) else None
        if not isinstance(ref, dict) or not said.keys() <= {key, "prefix"} or not ref.keys() <= {"name", "optional"}:
            continue
        given = {"prefix": said.get("prefix"), "optional": ref.get("optional")}
        items = [Item(literal(each), f"{name}=") for name, each in given.items() if each is not None]
        target = writer.named(kind, ref.get("name"))
        return Bracket(target._replace(rest=".env"), "()", tuple(items)) if items else target
    return None


def ports(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return the ports of a container."""
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) for each in value):
        return None
    names = [each.get("name") for each in value]
    if all(isinstance(name, str) for name in names) and len({*names}) == len(names):
        rests = [{key: inner for key, inner in each.items() if key != "name"} for each in value]
        made = [_port(writer, each, (*steps, at)) for at, each in enumerate(rests)]
        return mapping_of((name, port, (*steps, at)) for at, (name, port) in enumerate(zip(names, made, strict=True)))
    if any(name is not None for name in names):
        return list_of([_port(writer, each, (*steps, at)) for at, each in enumerate(value)], steps)
    made = [_port(writer, each, (*steps, at)) for at, each in enumerate(value)]
    return made[0] if len(made) == 1 and isinstance(made[0], Atom | Text) else list_of(made, steps)


def _port(writer: Writer, said: dict[str, Any], steps: Steps) -> Node:
    match said:
        case {"containerPort": int() as number, **rest} if not rest:
            return literal(number)
        case {"containerPort": int() as number, "protocol": "TCP" | "UDP" | "SCTP" as protocol, **rest} if not rest:
            return Text(f"{number}/{protocol}")
    return writer.model("core/v1 ContainerPort", said, steps)


def resources(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return requests and limits, resource by resource."""
    if not isinstance(value, dict) or not value.keys() <= {"requests", "limits", "claims"}:
        return None
    requests, limits = ({} if value.get(side) is None else value[side] for side in ("requests", "limits"))
    if not isinstance(requests, dict) or not isinstance(limits, dict):
        return None
    items, extended = [], []
    for name in dict.fromkeys((*requests, *limits)):
        amount = _amount(requests.get(name), limits.get(name))
        if amount is None:
            return None
        side = "requests" if name in requests else "limits"
        if name in _AMOUNTS:
            items.append(Item(amount, f"{_AMOUNTS[name]}=", (*steps, side, name)))
        else:
            extended.append((str(name), amount, (*steps, side, name)))
    items.sort(key=lambda item: [f"{name}=" for name in _AMOUNTS.values()].index(item.head))
    if extended:
        items.append(Item(mapping_of(extended), "extended="))
    if value.get("claims") is not None:
        field = field_of("core/v1 ResourceRequirements", "claims")
        assert field is not None
        made = writer.value("core/v1 ResourceRequirements", field, value["claims"], (*steps, "claims"))
        items.append(Item(made, "claims=", (*steps, "claims")))
    return kpy("Resources", *items)


def _amount(request: Any, limit: Any) -> Node | None:
    said = [each for each in (request, limit) if each is not None]
    if not said or not all(isinstance(each, int | str) and not isinstance(each, bool) for each in said):
        return None
    if request == limit and type(request) is type(limit):
        return literal(request)
    return Bracket(None, "()", (positional(literal(request)), positional(literal(limit))))


def probe(writer: Writer, node: dict[str, Any], steps: Steps) -> Node | None:
    """Return a probe by what it asks."""
    handlers = [key for key in ("httpGet", "tcpSocket", "exec", "grpc") if isinstance(node.get(key), dict)]
    if len(handlers) != 1 or not node.keys() <= {*handlers, *_TIMINGS}:
        return None
    way = node[handlers[0]]
    match handlers[0], way:
        case "httpGet", dict():
            name, items = "http", _http(way, steps)
        case "tcpSocket", {"port": port, **rest} if rest.keys() <= {"host"}:
            name, items = "tcp", [positional(_port_of(port)), *_given(rest, "host")]
        case "exec", {"command": [*words], **rest} if not rest and words:
            name, items = "exec", _words(words)
        case "grpc", {"port": int() as port, **rest} if rest.keys() <= {"service"}:
            name, items = "grpc", [positional(literal(port)), *_given(rest, "service")]
        case _:
            return None
    if items is None:
        return None
    for key, value in node.items():
        if key in _TIMINGS and value is not None:
            if not isinstance(value, int):
                return None
            items.append(Item(literal(value), f"{_TIMINGS[key]}=", (*steps, key)))
    return kpy("Probe", *items, rest=f".{name}")


def handler(writer: Writer, node: dict[str, Any], steps: Steps) -> Node | None:
    """Return what runs when a container starts or stops."""
    match node:
        case {"exec": {"command": [*words], **more}, **rest} if words and not more and not rest:
            return kpy("Handler", *_words(words), rest=".exec")
        case {"httpGet": dict() as way, **rest} if not rest:
            items = _http(way, steps)
            return None if items is None else kpy("Handler", *items, rest=".http")
        case {"sleep": {"seconds": int() as seconds, **more}, **rest} if not more and not rest:
            return kpy("Handler", positional(literal(seconds)), rest=".sleep")
    return None


def _http(way: dict[str, Any], steps: Steps) -> list[Item] | None:
    if not isinstance(way.get("path"), str) or "port" not in way:
        return None
    if not way.keys() <= {"path", "port", "host", "scheme", "httpHeaders"}:
        return None
    if way.get("scheme") not in (None, "HTTP", "HTTPS"):
        return None
    items = [positional(Text(way["path"])), Item(_port_of(way["port"]), "port=")]
    headers = way.get("httpHeaders")
    if headers is not None:
        pairs = [(each.get("name"), each.get("value")) for each in headers if isinstance(each, dict)]
        texts = [(name, value) for name, value in pairs if isinstance(name, str) and isinstance(value, str)]
        if len({name for name, _ in texts}) < len(headers):
            return None
        items.append(Item(mapping_of((name, Text(value), None) for name, value in texts), "headers="))
    return [*items, *_given(way, "host", "scheme")]


def _given(node: Mapping[Any, Any], *names: str) -> list[Item]:
    for name in names:
        if node.get(name) is not None and not isinstance(node[name], str):
            raise Unwritable(f"`{name}` is no text")
    return [Item(Text(node[name]), f"{name}=") for name in names if node.get(name) is not None]


def _port_of(port: Any) -> Node:
    if isinstance(port, bool) or not isinstance(port, int | str):
        raise Unwritable("the port is neither a number nor a name")
    return literal(port)


def _words(words: list[Any]) -> list[Item]:
    """Return the words of a command: one by one, or as a list where they are many."""
    if not all(isinstance(word, str) for word in words):
        raise Unwritable("a word of a command is no text")
    return [positional(Text(word)) for word in words]
