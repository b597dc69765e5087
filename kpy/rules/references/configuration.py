"""What containers are told: by commands, arguments, variables, probes, hooks, annotations and mounted configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from kpy.checking.object_set import Member, Objects
from kpy.paths import Path

__all__ = ["mentions"]

_Container = Mapping[str, Any]
_HANDLERS: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS: Final = ("postStart", "preStop")
_WAYS: Final = ("httpGet", "tcpSocket", "grpc")
#: How much of a ConfigMap is searched.
_LONGEST: Final = 1 << 20


def mentions(
    objects: Objects,
    member: Member,
    containers: Iterable[tuple[_Container, Path]],
    spec: Mapping[str, Any],
    annotations: Mapping[str, str],
    number: int,
) -> bool:
    """Return whether the pods of a workload are told a number, so that it may be a port that nobody declares."""
    pattern = re.compile(rf"(?<!\d){number}(?!\d)")
    actions = [action for container, _ in containers for action in _actions(container)]
    if any((action.get(way) or {}).get("port") == number for action in actions for way in _WAYS):
        return True
    told = (text for container, _ in containers for text in _told(container))
    executed = (str(word) for action in actions for word in (action.get("exec") or {}).get("command") or ())
    noted = (f"{key} {value}" for key, value in annotations.items())
    if any(pattern.search(text) for texts in (told, executed, noted) for text in texts):
        return True
    key = "configuration", id(member)
    if key not in objects.kept:
        objects.kept[key] = [text[:_LONGEST] for text in _configuration(objects, member, containers, spec)]
    return any(pattern.search(text) for text in objects.kept[key])


def _told(container: _Container) -> Iterator[str]:
    for field in ("command", "args"):
        for text in container.get(field) or ():
            yield str(text)
    for variable in container.get("env") or ():
        yield str(variable.get("value") or "")


def _actions(container: _Container) -> Iterator[Mapping[str, Any]]:
    for name in _HANDLERS:
        yield container.get(name) or {}
    for name in _HOOKS:
        yield (container.get("lifecycle") or {}).get(name) or {}


def _configuration(
    objects: Objects, member: Member, containers: Iterable[tuple[_Container, Path]], spec: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the texts of the ConfigMaps and Secrets that the pods have as volumes and variables."""
    for kind, name in {*_volumes(spec), *_variables(containers)}:
        for holder in objects.find("", kind, name, member.namespace) if name else ():
            for field in ("data", "stringData") if kind == "Secret" else ("data",):
                for value in (holder.tree.get(field) or {}).values():
                    yield _decoded(value) if (kind, field) == ("Secret", "data") else str(value)


def _decoded(value: object) -> str:
    from base64 import b64decode

    try:
        return b64decode(str(value)).decode("utf-8", "replace")
    except ValueError:
        return ""


def _volumes(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for volume in spec.get("volumes") or ():
        yield "ConfigMap", (volume.get("configMap") or {}).get("name") or ""
        yield "Secret", (volume.get("secret") or {}).get("secretName") or ""
        for source in (volume.get("projected") or {}).get("sources") or ():
            yield "ConfigMap", (source.get("configMap") or {}).get("name") or ""
            yield "Secret", (source.get("secret") or {}).get("name") or ""


def _variables(containers: Iterable[tuple[_Container, Path]]) -> Iterator[tuple[str, str]]:
    for container, _ in containers:
        for source in container.get("envFrom") or ():
            yield "ConfigMap", (source.get("configMapRef") or {}).get("name") or ""
            yield "Secret", (source.get("secretRef") or {}).get("name") or ""
        for variable in container.get("env") or ():
            origin = variable.get("valueFrom") or {}
            yield "ConfigMap", (origin.get("configMapKeyRef") or {}).get("name") or ""
            yield "Secret", (origin.get("secretKeyRef") or {}).get("name") or ""
