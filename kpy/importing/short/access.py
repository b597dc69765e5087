"""Roles and who gets them."""

from __future__ import annotations

from typing import Any

from kpy.constructs.api_resources import rules_for
from kpy.errors import KpyError
from kpy.importing.kinds import construct_of_plural
from kpy.importing.writer import Steps, Unwritable, Writer, kpy, list_of, positional
from kpy.python_source.expressions import Bracket, Node, Statement, Text, Variable, literal

__all__ = ["allowed", "role_ref", "subjects"]

_GROUP = "rbac.authorization.k8s.io"


def allowed(writer: Writer, rules: Any) -> tuple[int, list[Statement], bool]:
    """Return what a role allows, call by call, behind the rules that are more than a call can say.

    That is the number of these first rules, the calls, and whether one of the first could have been a call.
    """
    if not isinstance(rules, list) or not rules:
        return 0, [], False
    said = [_rule(writer, rule) for rule in rules]
    made = [each and each._replace(steps=("rules", at)) for at, each in enumerate(said)]
    first = max((at + 1 for at, each in enumerate(made) if each is None), default=0)
    return first, [each for each in made[first:] if each is not None], any(made[:first])


def _rule(writer: Writer, rule: Any) -> Statement | None:
    role = writer.subject.variable
    match rule:
        case {"verbs": [*verbs], "nonResourceURLs": [*urls], **rest} if not rest and _texts(verbs) and _texts(urls):
            if writer.subject.kind != "ClusterRole":
                return None
            items = positional(_one_or_more(verbs)), positional(_one_or_more(urls))
            return Statement(Bracket(role._replace(rest=".allow_urls"), "()", items))
        case {"verbs": [*verbs], "apiGroups": [str() as group], "resources": [*resources], **rest} if (
            _texts(verbs) and _texts(resources) and rest.keys() <= {"resourceNames"}
        ):
            names = rest.get("resourceNames")
            targets = _resources(group, resources) if names is None else _objects(writer, group, resources, names)
            if targets is None:
                return None
            items = positional(_one_or_more(verbs)), positional(targets)
            return Statement(Bracket(role._replace(rest=".allow"), "()", items))
    return None


def _resources(group: str, resources: list[str]) -> Node | None:
    """Return resources by the names that are looked up to just this group."""
    names = []
    for resource in resources:
        plural, slash, subresource = resource.partition("/")
        for name in (resource, f"{plural}.{group}{slash}{subresource}"):
            try:
                (rule,) = rules_for("get", name)
            except KpyError:
                continue
            if rule.api_groups == [group] and rule.resources == [resource]:
                names.append(name)
                break
        else:
            return None
    return _one_or_more(names)


def _objects(writer: Writer, group: str, resources: list[str], names: Any) -> Node | None:
    """Return objects of one kind that has a construct."""
    kind = construct_of_plural(group, resources[0]) if len(resources) == 1 else None
    if kind is None or not _texts(names):
        return None
    found = [writer.named(kind, name, group=group) for name in names]
    return found[0] if len(found) == 1 else list_of(found)


def subjects(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return who gets a role."""
    if not isinstance(value, list):
        return None
    made = [_subject(writer, each, (*steps, at)) for at, each in enumerate(value)]
    found = [each for each in made if each is not None]
    return list_of(found, steps) if len(found) == len(made) else None


def _subject(writer: Writer, said: Any, steps: Steps) -> Node | None:
    match said:
        case {"kind": "User" | "Group" as kind, "name": str() as name, **rest} if rest == {"apiGroup": _GROUP}:
            return kpy(kind, positional(Text(name)))
        case {"kind": "ServiceAccount", "name": str() as name, **rest} if rest.keys() <= {"namespace"}:
            namespace = rest.get("namespace") or ""
            if not isinstance(namespace, str):
                return None
            return _account(writer, name, namespace)
    return None


def _account(writer: Writer, name: str, namespace: str) -> Variable:
    """Return the account: of the import, where its namespace is written beside it, or made elsewhere."""
    found = writer.scope.find(writer.subject, "ServiceAccount", "", name, namespace) if writer.options.refers else None
    if found is not None and found.is_construct and found.namespace == namespace:
        return writer.refer(found)
    return writer.existing_object("ServiceAccount", name, namespace)


def role_ref(writer: Writer, value: Any, steps: Steps) -> Node | None:
    """Return the role that is given."""
    match value:
        case {"kind": "Role" | "ClusterRole" as kind, "name": str() as name, **rest} if rest == {"apiGroup": _GROUP}:
            return writer.named(kind, name, group=_GROUP)
    return None


def _one_or_more(texts: list[str]) -> Node:
    if not texts:
        raise Unwritable("a rule of a role has an empty list")
    return Text(texts[0]) if len(texts) == 1 else literal(texts)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
