"""Names that programs are told: what a program knows by name it may well make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from kpy.checking.object_set import Member, Objects
from kpy.objects import title
from kpy.rules.references.creators import plural_of
from kpy.rules.references.selected_pods import Template, pods_of

__all__ = ["are_told", "told_of"]

_RBAC: Final = "rbac.authorization.k8s.io"
#: Names of objects among other text.
_NAME: Final = re.compile(r"[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?")
#: The kinds of which programs make objects by a name that they are told.
_MADE: Final = (("", "Secret"), ("", "ConfigMap"))


def are_told(objects: Objects, group: str, kind: str, name: str, namespace: str) -> bool:
    """Return whether a program beside an object is told its name, and nothing else, by an option or a variable."""
    if (group, kind) not in _MADE:
        return False
    namespaces = _values(objects).get(name, ())
    return bool(namespaces) and (not namespace or namespace in namespaces or "" in namespaces)


def told_of(objects: Objects, group: str, kind: str, name: str, namespace: str) -> str:
    """Return who is told a name in whatever way, for messages; empty where nobody is."""
    for role in _named_in_roles(objects).get(name, ()):
        if _is_about(objects, role, group, kind, name) and role.namespace in ("", namespace):
            return f"{title(role.tree)} is about it by its name"
    if (group, kind) not in _MADE:
        return ""
    for template in _words(objects).get(name, ()):
        if not namespace or template.member.namespace in ("", namespace):
            return f"{title(template.member.tree)} is told its name"
    return ""


def _values(objects: Objects) -> dict[str, set[str]]:
    """Return the namespaces of the programs that are told a value, by the value."""
    key = "values that programs are told"
    if key not in objects.kept:
        values: dict[str, set[str]] = {}
        for template in pods_of(objects).templates:
            for text, is_argument in _texts(template):
                if "=" in text or not is_argument:
                    value = text.rpartition("=")[2] if is_argument else text
                    values.setdefault(value, set()).add(template.member.namespace)
        objects.kept[key] = values
    namespaces_by_value: dict[str, set[str]] = objects.kept[key]
    return namespaces_by_value


def _words(objects: Objects) -> dict[str, list[Template]]:
    """Return who is told a name, by the name."""
    key = "words that programs are told"
    if key not in objects.kept:
        words: dict[str, list[Template]] = {}
        for template in pods_of(objects).templates:
            texts = [text for text, _ in _texts(template)]
            for word in {*texts, *(word for text in texts for word in _NAME.findall(text) if _is_distinct(word))}:
                words.setdefault(word, []).append(template)
        objects.kept[key] = words
    words_by_name: dict[str, list[Template]] = objects.kept[key]
    return words_by_name


def _is_distinct(word: str) -> bool:
    """Return whether a word within a text is hardly anything but a name."""
    return "-" in word or "." in word


def _texts(template: Template) -> Iterator[tuple[str, bool]]:
    """Yield the arguments and the values of variables of all containers, and which of both it is."""
    for field in ("containers", "initContainers"):
        for container in template.spec.get(field) or ():
            for argument in (*(container.get("command") or ()), *(container.get("args") or ())):
                yield str(argument), True
            for variable in container.get("env") or ():
                yield str(variable.get("value") or ""), False


def _named_in_roles(objects: Objects) -> dict[str, list[Member]]:
    key = "names in roles"
    if key not in objects.kept:
        named: dict[str, list[Member]] = {}
        for role in objects.of(_RBAC, "Role", "ClusterRole"):
            for rule in role.tree.get("rules") or ():
                for name in rule.get("resourceNames") or ():
                    named.setdefault(name, []).append(role)
        objects.kept[key] = named
    roles: dict[str, list[Member]] = objects.kept[key]
    return roles


def _is_about(objects: Objects, role: Member, group: str, kind: str, name: str) -> bool:
    plural = plural_of(objects, group, kind)
    rules: list[Any] = role.tree.get("rules") or []
    return any(
        name in (rule.get("resourceNames") or ())
        and not {plural, "*"}.isdisjoint(rule.get("resources") or ())
        and not {group, "*"}.isdisjoint(rule.get("apiGroups") or ())
        for rule in rules
    )
